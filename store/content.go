package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// content is what a version shows, apart from when: the row's columns, the
// prices of the same span, and what they say of the status.
type content struct {
	columns columns
	status  timeline.Status
	prices  map[int64]catalog.Digest // price id to amount
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
	shown := columns{
		name: catalog.StoredText(entry.Name), status: stored(entry.Status), lifecycle: stored(entry.Lifecycle),
		region: stored(entry.RegionID), attributes: attributes, zones: zoneText,
		vcpu: entry.VCPU, memory: entry.MemoryMiB, disk: entry.DiskGiB, gpu: entry.GPUCount, digest: digest,
	}
	shown.contract(entry.Contract)
	return content{columns: shown, status: timeline.Status{Status: shown.status, Lifecycle: shown.lifecycle, Zones: zones}}, nil
}

func (c *columns) contract(contract *catalog.Contract) {
	if contract == nil {
		return
	}
	c.contractRef, c.contractType = stored(&contract.ContractID), stored(&contract.ContractType)
	c.periodStart, c.periodEnd = contract.PeriodStart, contract.PeriodEnd
}

// contentOfRow reads the same back from a stored version.
func contentOfRow(row version) (content, error) {
	zones, err := zonesOfRow(row)
	if err != nil {
		return content{}, err
	}
	shown := content{columns: row.columns}
	shown.status = timeline.Status{Status: row.columns.status, Lifecycle: row.columns.lifecycle, Zones: zones}
	return shown, nil
}

func zonesOfRow(row version) (zones map[string]string, err error) {
	if err = json.Unmarshal(row.columns.zones, &zones); err == nil && zones == nil {
		err = errors.New("want an object")
	}
	if err != nil {
		return nil, fmt.Errorf("zone_statuses: %w", err)
	}
	return zones, nil
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
	amount := sqlcgen.PriceHistoryCopyParams{
		ListUnitPrice: row.ListUnitPrice, TaxAmount: row.TaxAmount, PriceWithTax: row.PriceWithTax,
		TaxBasis: row.TaxBasis, EffectiveFrom: row.EffectiveFrom, EffectiveTo: row.EffectiveTo,
	}
	return amount, digestOfAmount(amount)
}

// digestOfAmount is the digest of what amountOf returns.
func digestOfAmount(row sqlcgen.PriceHistoryCopyParams) catalog.Digest {
	price := catalog.Price{
		ListUnitPrice: row.ListUnitPrice, TaxAmount: row.TaxAmount, PriceWithTax: row.PriceWithTax,
		TaxBasis: catalog.TaxBasis(row.TaxBasis), EffectiveFrom: row.EffectiveFrom, EffectiveTo: row.EffectiveTo,
	}
	return price.AmountDigest()
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
