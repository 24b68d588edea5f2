package store

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/diff"
	"syncer/snapshot"
)

// judged is what of an entry can be lost or can move, for the guard, in the words of
// diff.
func judged(entry *catalog.Entry) *diff.Entry {
	all := &diff.Entry{Key: entry.Key, Status: entry.Status, Lifecycle: entry.Lifecycle, Attributes: stated(entry.Attributes)}
	if entry.Name != "" {
		all.Fields = append(all.Fields, diff.Field{Name: string(diff.Name), Text: entry.Name})
	}
	for _, size := range []struct {
		name  diff.Part
		value *decimal.Decimal
	}{{diff.VCPU, entry.VCPU}, {diff.MemoryMiB, entry.MemoryMiB}, {diff.DiskGiB, entry.DiskGiB}, {diff.GPUCount, entry.GPUCount}} {
		if size.value != nil && size.value.IsPositive() {
			all.Fields = append(all.Fields, diff.Field{Name: string(size.name), Text: catalog.DecimalText(*size.value)})
		}
	}
	for _, zone := range entry.ZoneStatuses {
		all.Zones = append(all.Zones, diff.Field{Name: catalog.StoredText(zone.Zone), Text: catalog.StoredText(zone.Status)})
	}
	all.Prices, all.Announced = judgedPrices(entry.Prices), judgedPrices(entry.Announced)
	return all
}

// judgedPrices are all but those of kind fee, which fall day by day, by themselves.
func judgedPrices(prices []catalog.Price) []diff.Price {
	var all []diff.Price
	for i := range prices {
		price := &prices[i]
		if price.Kind == catalog.PriceFee {
			continue
		}
		id := price.Identity()
		all = append(all, diff.Price{
			PriceID: diff.PriceID{
				SKUPriceID: id.SKUPriceID, Kind: string(id.Kind), Variant: id.Variant, Unit: id.Unit, Currency: id.Currency,
				RegionID: id.RegionID, TierMinimum: id.TierMinimum,
			},
			Amount: price.ListUnitPrice, Tax: price.TaxAmount, Total: price.PriceWithTax, Basis: string(price.TaxBasis),
		})
	}
	return all
}

// spoken is an entry of a snapshot, which may not speak for all of it.
func spoken(shown *snapshot.Snapshot, entry *catalog.Entry) *diff.Entry {
	all, silent := judged(entry), shown.Silent(entry.Key)
	all.FieldsUnread, all.PricesUnread = silent.Has(catalog.FieldsPart), silent.Has(catalog.PricesPart)
	return all
}

// stated are the names of attributes that have a value.
func stated(attributes catalog.Attributes) []string {
	var members map[string]json.RawMessage
	if len(attributes) == 0 || json.Unmarshal(attributes, &members) != nil {
		return nil // none that could be lost
	}
	names := make([]string, 0, len(members))
	for name, value := range members {
		switch string(value) {
		case "null", `""`, "[]", "{}":
		default:
			names = append(names, name)
		}
	}
	return names
}
