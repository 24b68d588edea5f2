package timelinetest

import (
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
)

// Entries draws valid contents of a product, without key: a status, a
// lifecycle, zones and prices, each of few values and often none. Price
// identities get the key by which an entry stands in its world.
func Entries() *rapid.Generator[catalog.Entry] {
	return rapid.Custom(func(t *rapid.T) catalog.Entry {
		return catalog.Entry{
			Name:         rapid.SampledFrom([]string{"small", "large"}).Draw(t, "name"),
			Status:       rapid.SampledFrom([]*string{new("sale"), new("soldout"), nil}).Draw(t, "status"),
			Lifecycle:    rapid.SampledFrom([]*string{nil, new("GA"), new("EOL")}).Draw(t, "lifecycle"),
			Attributes:   must(catalog.NewAttributes(nil)),
			ZoneStatuses: drawZones(t),
			Prices:       drawPrices(t),
		}
	})
}

// drawZones names up to two zones; "sale" is also a word of the entry, so
// that a zone may say what its entry says.
func drawZones(t *rapid.T) []catalog.ZoneStatus {
	var zones []catalog.ZoneStatus
	for _, zone := range []string{"az1", "az2"} {
		if word := rapid.SampledFrom([]string{"", "sale", "soldout"}).Draw(t, zone); word != "" {
			zones = append(zones, catalog.ZoneStatus{Zone: zone, Status: word})
		}
	}
	return zones
}

// drawPrices states up to two prices, which differ in what a price may lack.
func drawPrices(t *rapid.T) []catalog.Price {
	var prices []catalog.Price
	for _, price := range []catalog.Price{
		{Kind: catalog.PriceList, Variant: "full", Unit: "month", Currency: "KRW", TaxBasis: catalog.TaxExcluded},
		{Kind: catalog.PriceList, Variant: "hour", Unit: "hour", Currency: "USD", TaxBasis: catalog.TaxUnknown,
			RegionID: new("KR"), TierMinimum: &amounts()[0]},
	} {
		if !rapid.Bool().Draw(t, price.Variant) {
			continue
		}
		price.ListUnitPrice = rapid.SampledFrom(amounts()).Draw(t, "amount")
		price.TaxAmount = rapid.SampledFrom([]*decimal.Decimal{nil, nil, &price.ListUnitPrice}).Draw(t, "tax")
		prices = append(prices, price)
	}
	return prices
}
