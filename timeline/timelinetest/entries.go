package timelinetest

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
)

// Entries draws valid contents of an entry of a kind, without key: every tracked
// field, each of few values and often none, so that contents differ in any one
// field and are often alike. Price identities get the key by which an entry
// stands in its world.
func Entries(kind catalog.EntryKind) *rapid.Generator[catalog.Entry] {
	return rapid.Custom(func(t *rapid.T) catalog.Entry {
		var entry catalog.Entry
		if kind == catalog.Contracts {
			entry.Contract = &catalog.Contract{}
		}
		for _, field := range catalog.Fields() {
			if field.In(kind) {
				draw(t, field.Name, field.At(&entry))
			}
		}
		return entry
	})
}

// draw sets what a line of a table of fields points at. The words of optional
// texts are those of zones too, so that a zone may say what its entry says.
func draw(t *rapid.T, name string, at any) {
	moments := []time.Time{time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 7, 1, 0, 0, 0, 1000, time.UTC)}
	if name == "effective_to" { // prices of worlds are in force
		moments = []time.Time{time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2127, 1, 1, 0, 0, 0, 1000, time.UTC)}
	}
	switch value := at.(type) {
	case *string:
		*value = rapid.SampledFrom([]string{"small", "large"}).Draw(t, name)
	case **string:
		*value = rapid.SampledFrom([]*string{new("sale"), new("soldout"), nil}).Draw(t, name)
	case *decimal.Decimal:
		*value = rapid.SampledFrom(amounts()).Draw(t, name)
	case **decimal.Decimal:
		some := amounts()
		*value = rapid.SampledFrom([]*decimal.Decimal{nil, nil, &some[0], &some[1], &some[2]}).Draw(t, name)
	case **time.Time:
		*value = rapid.SampledFrom([]*time.Time{nil, &moments[0], &moments[1]}).Draw(t, name)
	case *catalog.Attributes:
		*value = must(catalog.NewAttributes(rapid.SampledFrom([]map[string]any{nil, {"os": "linux"}, {"os": "linux", "cores": 2}}).Draw(t, name)))
	case *[]catalog.ZoneStatus:
		*value = drawZones(t)
	case *[]catalog.Price:
		*value = drawPrices(t)
	default:
		panic(fmt.Sprintf("field %s points at a %T, which no world draws", name, at))
	}
}

// drawZones names up to two zones.
func drawZones(t *rapid.T) []catalog.ZoneStatus {
	var zones []catalog.ZoneStatus
	for _, zone := range []string{"az1", "az2"} {
		if word := rapid.SampledFrom([]string{"", "sale", "soldout"}).Draw(t, zone); word != "" {
			zones = append(zones, catalog.ZoneStatus{Zone: zone, Status: word})
		}
	}
	return zones
}

// drawPrices states up to two prices, which differ in what an identity may lack.
func drawPrices(t *rapid.T) []catalog.Price {
	var prices []catalog.Price
	for _, price := range []catalog.Price{
		{Kind: catalog.PriceList, Variant: "full", Unit: "month", Currency: "KRW"},
		{Kind: catalog.PriceList, Variant: "hour", Unit: "hour", Currency: "USD", RegionID: new("KR"), TierMinimum: &amounts()[0]},
	} {
		if !rapid.Bool().Draw(t, price.Variant) {
			continue
		}
		for _, field := range catalog.PriceFields() {
			switch {
			case field.Identity:
			case field.Name == "tax_basis": // of its own three words
				price.TaxBasis = rapid.SampledFrom([]catalog.TaxBasis{catalog.TaxExcluded, catalog.TaxIncluded, catalog.TaxUnknown}).Draw(t, field.Name)
			default:
				draw(t, field.Name, field.At(&price))
			}
		}
		prices = append(prices, price)
	}
	return prices
}
