package store

import (
	"testing"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

func TestRedenominatedIsThePriceThatChangedItsUnitAlone(t *testing.T) {
	t.Parallel()
	of := func(variant, unit, currency, tier string) catalog.PriceIdentity {
		return catalog.PriceIdentity{SKUPriceID: "a", Kind: catalog.PriceList, Variant: variant, Unit: unit, Currency: currency, TierMinimum: tier}
	}
	won, dollars := of("full", "month", "KRW", ""), of("full", "month", "USD", "")
	for name, test := range map[string]struct {
		before, now []catalog.PriceIdentity
		want        int
		lost        bool
	}{
		"one currency of two ends":   {[]catalog.PriceIdentity{won, dollars}, []catalog.PriceIdentity{won}, 0, true},
		"a currency for another":     {[]catalog.PriceIdentity{won}, []catalog.PriceIdentity{dollars}, 1, false},
		"a unit for another":         {[]catalog.PriceIdentity{won}, []catalog.PriceIdentity{of("full", "hour", "KRW", "")}, 1, false},
		"a boundary of tiers moves":  {[]catalog.PriceIdentity{of("", "GB", "KRW", "0"), of("", "GB", "KRW", "10240")}, []catalog.PriceIdentity{of("", "GB", "KRW", "0"), of("", "GB", "KRW", "20480")}, 0, true},
		"a variant for another":      {[]catalog.PriceIdentity{won}, []catalog.PriceIdentity{of("partial", "month", "KRW", "")}, 0, true},
		"two prices, one new unit":   {[]catalog.PriceIdentity{won, of("full", "day", "KRW", "")}, []catalog.PriceIdentity{of("full", "hour", "KRW", "")}, 1, true},
		"nothing is gone, one joins": {[]catalog.PriceIdentity{won}, []catalog.PriceIdentity{won, dollars}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := make(map[catalog.PriceIdentity]decimal.Decimal)
			for _, id := range test.before {
				before[id] = decimal.New(1, 0)
			}
			entry := catalog.Entry{Key: "k"}
			for _, id := range test.now {
				entry.Prices = append(entry.Prices, priced(t, id))
			}
			var delta Delta
			delta.comparePrices(&entry, before)
			if delta.Redenominated != test.want || (len(delta.Unpriced) == 1) != test.lost {
				t.Errorf("%d redenominated, lost %v; want %d, %v", delta.Redenominated, delta.Unpriced, test.want, test.lost)
			}
		})
	}
}

func priced(t *testing.T, id catalog.PriceIdentity) catalog.Price {
	t.Helper()
	price := catalog.Price{
		SKUPriceID: id.SKUPriceID, Kind: id.Kind, Variant: id.Variant, Unit: id.Unit, Currency: id.Currency, ListUnitPrice: decimal.New(1, 0),
	}
	if id.TierMinimum != "" {
		tier := decimal.RequireFromString(id.TierMinimum)
		price.TierMinimum = &tier
	}
	return price
}
