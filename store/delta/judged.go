package delta

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/diff"
	"syncer/store/history"
	"syncer/timeline"
)

// entry is one entry of a snapshot in the words of diff, and its prices in those of
// timeline, where the list doubts any.
type entry struct {
	*diff.Entry
	offer timeline.Offer
}

// entryOf reads an entry of a snapshot that was taken at a moment.
func (a *Ahead) entryOf(read *catalog.Entry, at time.Time) entry {
	all := entry{Entry: judged(read, at)}
	if a.list.Doubt.Snapshots > 0 {
		all.offer = timeline.Offer{Prices: offers(read.Prices), Announced: offers(read.Announced)}
	}
	return all
}

func offers(prices []catalog.Price) []timeline.Price {
	var all []timeline.Price
	for i := range prices {
		all = append(all, history.Judged(&prices[i]))
	}
	return all
}

// judged is what of an entry can be lost or can move, for the guard, in the words of
// diff.
func judged(entry *catalog.Entry, at time.Time) *diff.Entry {
	all := &diff.Entry{Key: entry.Key, At: at, Status: entry.Status, Lifecycle: entry.Lifecycle, Attributes: stated(entry.Attributes)}
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
			Amount: price.ListUnitPrice, Tax: price.TaxAmount, Total: price.PriceWithTax, Basis: string(price.TaxBasis), Ends: price.Ends(),
		})
	}
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
