package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// TestAt dates prices by days of January, 0 for no date, and looks at some days.
func TestAt(t *testing.T) {
	t.Parallel()
	day := func(n float64) *time.Time {
		if n == 0 {
			return nil
		}
		return new(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration((n - 1) * 24 * float64(time.Hour))))
	}
	type term struct{ amount, from, to float64 }
	for name, c := range map[string]struct {
		terms []term
		want  string // on days 5, 10 and 20: in force; announced; until when that holds
	}{
		"without dates":                       {[]term{{1, 0, 0}}, "1;; 1;; 1;;"},
		"one that begins":                     {[]term{{1, 10, 0}}, ";1;10 1;; 1;;"},
		"the next ends the one before":        {[]term{{1, 0, 0}, {2, 10, 0}}, "1;2;10 2;; 2;;"},
		"in any order":                        {[]term{{2, 10, 0}, {1, 0, 0}}, "1;2;10 2;; 2;;"},
		"its own end":                         {[]term{{1, 0, 10}}, "1;;10 ;; ;;"},
		"a gap":                               {[]term{{1, 0, 8}, {2, 10, 0}}, "1;2;8 2;; 2;;"},
		"in the gap":                          {[]term{{1, 0, 5}, {2, 10, 0}}, ";2;10 2;; 2;;"},
		"a gap of less than a day closes":     {[]term{{1, 0, 9.999}, {2, 10, 0}}, "1;2;10 2;; 2;;"},
		"still closed at its end":             {[]term{{1, 0, 9.5}, {2, 10.2, 0}}, "1;2;10.2 1;2;10.2 2;;"},
		"an end before the beginning is none": {[]term{{1, 4, 2}}, "1;; 1;; 1;;"},
		"several to come":                     {[]term{{1, 0, 0}, {2, 10, 0}, {3, 15, 0}}, "1;2,3;10 2;3;15 3;;"},
		"an end after the next has begun":     {[]term{{1, 0, 15}, {2, 10, 0}}, "1;2;10 2;; 2;;"},
	} {
		t.Run(name, func(t *testing.T) {
			entry := catalog.Entry{Key: "a"}
			for _, term := range c.terms {
				entry.Prices = append(entry.Prices, catalog.Price{
					SKUPriceID: "a/full", Kind: catalog.PriceList, Currency: "KRW", ListUnitPrice: decimal.NewFromFloat(term.amount),
					EffectiveFrom: day(term.from), EffectiveTo: day(term.to),
				})
			}
			var got []string
			for _, n := range []float64{5, 10, 20} {
				at, until := entry.At(*day(n))
				amounts := func(prices []catalog.Price) string {
					var all []string
					for _, price := range prices {
						all = append(all, price.ListUnitPrice.String())
					}
					return strings.Join(all, ",")
				}
				turns := ""
				if !until.IsZero() {
					turns = fmt.Sprint(decimal.NewFromFloat(until.Sub(*day(1)).Hours()/24 + 1).Round(3))
				}
				got = append(got, amounts(at.Prices)+";"+amounts(at.Announced)+";"+turns)
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
		})
	}
}
