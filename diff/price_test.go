package diff_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"syncer/diff"
)

func TestRedenominatedIsThePriceThatChangedItsUnitAlone(t *testing.T) {
	t.Parallel()
	of := func(variant, unit, currency, tier string) diff.PriceID {
		return diff.PriceID{SKUPriceID: "a", Kind: "list", Variant: variant, Unit: unit, Currency: currency, TierMinimum: tier}
	}
	won, dollars := of("full", "month", "KRW", ""), of("full", "month", "USD", "")
	for name, test := range map[string]struct {
		before, now []diff.PriceID
		want        int
		lost        bool
	}{
		"one currency of two ends":   {[]diff.PriceID{won, dollars}, []diff.PriceID{won}, 0, true},
		"a currency for another":     {[]diff.PriceID{won}, []diff.PriceID{dollars}, 1, false},
		"a unit for another":         {[]diff.PriceID{won}, []diff.PriceID{of("full", "hour", "KRW", "")}, 1, false},
		"a boundary of tiers moves":  {[]diff.PriceID{of("", "GB", "KRW", "0"), of("", "GB", "KRW", "10240")}, []diff.PriceID{of("", "GB", "KRW", "0"), of("", "GB", "KRW", "20480")}, 0, true},
		"a variant for another":      {[]diff.PriceID{won}, []diff.PriceID{of("partial", "month", "KRW", "")}, 0, true},
		"two prices, one new unit":   {[]diff.PriceID{won, of("full", "day", "KRW", "")}, []diff.PriceID{of("full", "hour", "KRW", "")}, 1, true},
		"nothing is gone, one joins": {[]diff.PriceID{won}, []diff.PriceID{won, dollars}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := diff.Entry{Key: "k"}, diff.Entry{Key: "k"}
			for _, id := range test.before {
				before.Prices = append(before.Prices, diff.Price{PriceID: id, Amount: decimal.New(1, 0)})
			}
			for _, id := range test.now {
				after.Prices = append(after.Prices, diff.Price{PriceID: id, Amount: decimal.New(1, 0)})
			}
			var found diff.Comparison
			found.Changed(&before, &after)
			redenominated := 0
			for _, share := range found.Shares(diff.Counts{}) {
				if share.Class == diff.Unit {
					redenominated = share.Moved
				}
			}
			if redenominated != test.want || (len(found.Unpriced) == 1) != test.lost {
				t.Errorf("%d redenominated, lost %v; want %d, %v", redenominated, found.Unpriced, test.want, test.lost)
			}
		})
	}
}

// TestTaxFollowsItsAmount: tax that is another part of its amount moved, rounding
// did not.
func TestTaxFollowsItsAmount(t *testing.T) {
	t.Parallel()
	number := func(text string) *decimal.Decimal {
		if text == "" {
			return nil
		}
		return new(decimal.RequireFromString(text))
	}
	type price struct{ amount, tax, total string }
	for name, test := range map[string]struct {
		before, after price
		moved         bool
	}{
		"the same":                    {price{"5600", "560", "6160"}, price{"5600", "560", "6160"}, false},
		"written otherwise":           {price{"5600", "560", "6160"}, price{"5600.0", "560.00", "6160"}, false},
		"all rise alike":              {price{"5600", "560", "6160"}, price{"6160", "616", "6776"}, false},
		"rounded to the won":          {price{"7", "1", "8"}, price{"13", "1", "14"}, false},
		"tax alone":                   {price{"5600", "560", "6160"}, price{"5600", "561", "6160"}, true},
		"tax and total of a thousand": {price{"5600", "560", "6160"}, price{"5600", "560000", "6160000"}, true},
		"another rate":                {price{"5600", "560", "6160"}, price{"6000", "720", "6720"}, true},
		"the total alone":             {price{"5600", "", "6160"}, price{"5600", "", "5600"}, true},
		"no tax any more":             {price{"5600", "560", "6160"}, price{"5600", "", ""}, true},
		"tax for the first time":      {price{"5600", "", ""}, price{"5600", "560", "6160"}, false},
		"free, and no tax":            {price{"5600", "560", "6160"}, price{"0", "0", "0"}, false},
		"free no more":                {price{"0", "0", "0"}, price{"5600", "560", "6160"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := func(p price) *diff.Entry {
				return &diff.Entry{Key: "k", Prices: []diff.Price{{Amount: *number(p.amount), Tax: number(p.tax), Total: number(p.total)}}}
			}
			var found diff.Comparison
			found.Changed(of(test.before), of(test.after))
			moved := false
			for _, share := range found.Shares(diff.Counts{}) {
				moved = moved || share.Class == diff.Tax
			}
			if moved != test.moved {
				t.Errorf("tax moved: %v, want %v", moved, test.moved)
			}
		})
	}
}
