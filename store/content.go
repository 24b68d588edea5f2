package store

import (
	"encoding/json"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// content is what a version shows, apart from when: the row's columns, the
// prices of the same span, and what they say of the status.
type content struct {
	row    sqlcgen.ProductVersionCopyParams
	status timeline.Status
	prices map[int64]catalog.Digest // price id to amount
}

// contentOf turns an entry, whose digest is known, into the columns of its
// versions.
func contentOf(entry *catalog.Entry, digest catalog.Digest) (content, error) {
	zones := make(map[string]string, len(entry.ZoneStatuses))
	for _, zone := range entry.ZoneStatuses {
		zones[catalog.StoredText(zone.Zone)] = catalog.StoredText(zone.Status)
	}
	zoneText, err := json.Marshal(zones)
	if err != nil {
		return content{}, fmt.Errorf("entry %q: zones: %w", entry.Key, err)
	}
	attributes := entry.Attributes
	if attributes == nil {
		attributes = catalog.Attributes("{}")
	}
	row := sqlcgen.ProductVersionCopyParams{
		Name: catalog.StoredText(entry.Name), Status: stored(entry.Status), Lifecycle: stored(entry.Lifecycle),
		RegionID: stored(entry.RegionID), Attributes: json.RawMessage(attributes), ZoneStatuses: zoneText,
		Vcpu: entry.VCPU, MemoryMib: entry.MemoryMiB, DiskGib: entry.DiskGiB, GpuCount: entry.GPUCount,
		Digest: digest[:],
	}
	return content{row: row, status: timeline.Status{Status: row.Status, Lifecycle: row.Lifecycle, Zones: zones}}, nil
}

// contentOfRow reads the same back from a stored version.
func contentOfRow(row sqlcgen.ProductVersion) (content, error) {
	var zones map[string]string
	if err := json.Unmarshal(row.ZoneStatuses, &zones); err != nil {
		return content{}, fmt.Errorf("product %d: zone_statuses: %w", row.ProductID, err)
	}
	columns := sqlcgen.ProductVersionCopyParams{
		ProductID: row.ProductID, Name: row.Name, Status: row.Status, Lifecycle: row.Lifecycle, RegionID: row.RegionID,
		Attributes: row.Attributes, ZoneStatuses: row.ZoneStatuses, Vcpu: row.Vcpu, MemoryMib: row.MemoryMib,
		DiskGib: row.DiskGib, GpuCount: row.GpuCount, Digest: row.Digest,
	}
	return content{row: columns, status: timeline.Status{Status: row.Status, Lifecycle: row.Lifecycle, Zones: zones}}, nil
}

// amountOf turns a price into the columns of its history.
func amountOf(price *catalog.Price) sqlcgen.PriceHistoryCopyParams {
	return sqlcgen.PriceHistoryCopyParams{
		ListUnitPrice: price.ListUnitPrice, TaxAmount: price.TaxAmount, PriceWithTax: price.PriceWithTax,
		TaxBasis: string(price.TaxBasis), EffectiveFrom: price.EffectiveFrom, EffectiveTo: price.EffectiveTo,
	}
}

// amountOfRow reads the same back, with its digest.
func amountOfRow(row sqlcgen.PriceHistory) (sqlcgen.PriceHistoryCopyParams, catalog.Digest) {
	price := catalog.Price{
		ListUnitPrice: row.ListUnitPrice, TaxAmount: row.TaxAmount, PriceWithTax: row.PriceWithTax,
		TaxBasis: catalog.TaxBasis(row.TaxBasis), EffectiveFrom: row.EffectiveFrom, EffectiveTo: row.EffectiveTo,
	}
	return amountOf(&price), price.AmountDigest()
}

// identityOfRow is the identity of a stored price.
func identityOfRow(row sqlcgen.Price) catalog.PriceIdentity {
	price := catalog.Price{
		SKUPriceID: row.SkuPriceID, Kind: catalog.PriceKind(row.PriceKind), Variant: row.PriceVariant,
		Unit: row.PricingUnit, Currency: row.PricingCurrency, RegionID: row.RegionID, TierMinimum: row.QuantityTierMinimum,
	}
	return price.Identity()
}

// identityOf is the identity of a price as it is stored.
func identityOf(price *catalog.Price) catalog.PriceIdentity {
	id := price.Identity()
	id.SKUPriceID, id.Variant = catalog.StoredText(id.SKUPriceID), catalog.StoredText(id.Variant)
	id.Unit, id.RegionID = catalog.StoredText(id.Unit), catalog.StoredText(id.RegionID)
	return id
}

func stored(text *string) *string {
	if text == nil {
		return nil
	}
	clean := catalog.StoredText(*text)
	return &clean
}

// moment is a nullable column as timeline wants it: zero for null, in UTC.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
