package bi_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/store/storetest"
	"syncer/timeline"
)

func hourly(p *catalog.Price)  { p.Unit = "hour" }
func dollars(p *catalog.Price) { p.Currency = "USD" }
func taxed(p *catalog.Price)   { p.TaxBasis = catalog.TaxIncluded }

func above(minimum string) func(*catalog.Price) {
	return func(p *catalog.Price) { tier := amount(minimum); p.TierMinimum = &tier }
}

func region(id string) func(*catalog.Price) {
	return func(p *catalog.Price) { p.RegionID = &id }
}

// TestEachPriceIsComparedWithItself wants a unit or a currency to have changed
// only where nothing else did, and what has no such partner shown as new or ended.
func TestEachPriceIsComparedWithItself(t *testing.T) {
	t.Parallel()
	type prices []catalog.Price
	s, pool := openBI(t)
	for name, c := range map[string]struct {
		before, after prices
		want          []string
	}{
		"tiers keep apart": {
			prices{monthly(costs("0.09"), above("10"), hourly), monthly(costs("0.05"), above("1000"), hourly)},
			prices{monthly(costs("90"), above("10")), monthly(costs("50"), above("1000"))},
			[]string{"unit 0.05 KRW/hour -> 50 KRW/month above 1000", "unit 0.09 KRW/hour -> 90 KRW/month above 10"},
		},
		"regions keep apart": {
			prices{monthly(costs("1"), region("kr"), hourly), monthly(costs("2"), region("us"), hourly)},
			prices{monthly(costs("700"), region("kr")), monthly(costs("1400"), region("us"))},
			[]string{"unit 1 KRW/hour -> 700 KRW/month in kr", "unit 2 KRW/hour -> 1400 KRW/month in us"},
		},
		"currencies keep apart": {
			prices{monthly(costs("0.1"), hourly), monthly(costs("2"), hourly, dollars)},
			prices{monthly(costs("72")), monthly(costs("1440"), dollars)},
			[]string{"unit 0.1 KRW/hour -> 72 KRW/month", "unit 2 USD/hour -> 1440 USD/month"},
		},
		"the unit goes before the currency": {
			prices{monthly(costs("0.1"), hourly), monthly(costs("5"), dollars)},
			prices{monthly(costs("72"))},
			[]string{"ended 5 USD/month ->", "unit 0.1 KRW/hour -> 72 KRW/month"},
		},
		"what the unit leaves goes by the currency": {
			prices{monthly(costs("1"), hourly), monthly(costs("2"), hourly, dollars)},
			prices{monthly(costs("3")), monthly(costs("4"), hourly, func(p *catalog.Price) { p.Currency = "EUR" })},
			[]string{"currency 2 USD/hour -> 4 EUR/hour", "unit 1 KRW/hour -> 3 KRW/month"},
		},
		"one ended price is one price's partner": {
			prices{monthly(costs("1"), hourly)},
			prices{monthly(costs("2")), monthly(costs("3"), func(p *catalog.Price) { p.Unit = "day" })},
			[]string{"new -> 2 KRW/month", "unit 1 KRW/hour -> 3 KRW/day"},
		},
		"unit and currency at once": {
			prices{monthly(costs("1"), hourly)}, prices{monthly(costs("2"), dollars)},
			[]string{"ended 1 KRW/hour ->", "new -> 2 USD/month"},
		},
		"a tier moves": {
			prices{monthly(costs("9"), above("10240"))}, prices{monthly(costs("9"), above("20480"))},
			[]string{"ended 9 KRW/month -> above 10240", "new -> 9 KRW/month above 20480"},
		},
		"a variant is renamed": {
			prices{monthly(costs("9"))}, prices{monthly(costs("9"), hourly, func(p *catalog.Price) { p.Variant = "whole" })},
			[]string{"ended 9 KRW/month ->", "new -> 9 KRW/hour"},
		},
		"tax comes in": {
			prices{monthly(costs("10000"))}, prices{monthly(costs("11000"), taxed)},
			[]string{"tax 10000 KRW/month -> 11000 KRW/month (excluded, included)"},
		},
		"a unit with another tax": {
			prices{monthly(costs("1"), hourly)}, prices{monthly(costs("720"), taxed)},
			[]string{"unit 1 KRW/hour -> 720 KRW/month (excluded, included)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := storetest.NewList(t, s, pool, name, catalog.Products, timeline.Rule{Snapshots: 1})
			l.Put(storetest.Day(1), priced(c.before...)...)
			l.Put(storetest.Day(2), priced(c.after...)...)
			if diff := gocmp.Diff(c.want, changesOn(t, pool, name, storetest.Day(2))); diff != "" {
				t.Errorf("bi.price_changes (-want +got):\n%s", diff)
			}
		})
	}
}

// changesOn are the lines of bi.price_changes of a day in words, with the basis
// of tax where that changed.
func changesOn(t *testing.T, pool *pgxpool.Pool, list string, at time.Time) []string {
	lines := storetest.Rows(t, pool, `SELECT change_kind || coalesce(' ' || from_list_unit_price_text || ' ' || from_pricing_currency || '/' || from_pricing_unit, '') || ' ->'
		|| coalesce(' ' || to_list_unit_price_text || ' ' || pricing_currency || '/' || pricing_unit, '') || coalesce(' in ' || region_id, '')
		|| coalesce(' above ' || trim_scale(quantity_tier_minimum), '') || CASE WHEN from_tax_basis <> to_tax_basis THEN ' (' || from_tax_basis || ', ' || to_tax_basis || ')' ELSE '' END
		|| coalesce(' ' || percent || ' %', '')
		FROM bi.price_changes WHERE list = $1 AND changed_at = $2`, pgx.RowTo[string], list, at)
	slices.Sort(lines)
	return lines
}

// stretch is a row of bi.price_history.
type stretch struct {
	SKU, Kind, Variant, Region, Tier, Unit, Currency string
	Amount, Tax                                      string
	From                                             int64
	To                                               *int64
}

// same says whether two stretches differ in nothing but unit, currency and amount.
func (s stretch) same(other stretch) bool {
	return s.SKU == other.SKU && s.Kind == other.Kind && s.Variant == other.Variant && s.Region == other.Region && s.Tier == other.Tier
}

func (s stretch) samePrice(other stretch) bool {
	return s.same(other) && s.Unit == other.Unit && s.Currency == other.Currency
}

// follows says whether a stretch begins where another ends.
func (s stretch) follows(other stretch) bool { return other.To != nil && *other.To == s.From }

// TestPricesBeginAndEndOnce draws prices of two SKUs that come and go in
// several units, currencies, tiers and regions, and compares bi.price_changes
// with a walk over bi.price_history: each price that begins has one line, and so
// has each that ends and does not go on.
func TestPricesBeginAndEndOnce(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		l := storetest.NewList(t, s, pool, fmt.Sprintf("pairs-%d", lists), catalog.Products, timeline.Rule{Snapshots: 1})
		for n := range rapid.IntRange(1, 4).Draw(rt, "snapshots") {
			l.Put(storetest.Day(n+1), priced(drawPrices(rt)...)...)
		}
		want := pairedByHand(stretches(t, pool, l.List.ID))
		got := storetest.Rows(t, pool, `SELECT concat_ws('|', change_kind, sku_price_id, price_kind, price_variant, region_id, trim_scale(quantity_tier_minimum),
			from_list_unit_price_text, from_pricing_currency, from_pricing_unit, from_tax_basis, '->',
			CASE WHEN change_kind <> 'ended' THEN concat_ws('|', to_list_unit_price_text, pricing_currency, pricing_unit, to_tax_basis) END, percent, extract(epoch FROM changed_at)::bigint)
			FROM bi.price_changes WHERE list = $1`, pgx.RowTo[string], l.List.ID.Name)
		slices.Sort(got)
		if diff := gocmp.Diff(want, got); diff != "" {
			rt.Fatalf("bi.price_changes (-want +got):\n%s", diff)
		}
	})
}

// drawPrices draws up to six prices, none of them twice.
func drawPrices(rt *rapid.T) []catalog.Price {
	var all []catalog.Price
	seen := map[catalog.PriceIdentity]bool{}
	for range rapid.IntRange(0, 6).Draw(rt, "prices") {
		price := monthly(costs(rapid.SampledFrom([]string{"100", "110", "7"}).Draw(rt, "amount")))
		price.SKUPriceID = rapid.SampledFrom([]string{"a/full", "a/part"}).Draw(rt, "SKU")
		price.Unit = rapid.SampledFrom([]string{"day", "hour", "month"}).Draw(rt, "unit")
		price.Currency = rapid.SampledFrom([]string{"EUR", "KRW", "USD"}).Draw(rt, "currency")
		price.TaxBasis = rapid.SampledFrom([]catalog.TaxBasis{catalog.TaxExcluded, catalog.TaxExcluded, catalog.TaxIncluded}).Draw(rt, "basis")
		if rapid.IntRange(0, 3).Draw(rt, "tier") == 0 {
			above("10")(&price)
		}
		if rapid.IntRange(0, 3).Draw(rt, "region") == 0 {
			region("kr")(&price)
		}
		if id := price.Identity(); !seen[id] {
			seen[id], all = true, append(all, price)
		}
	}
	return all
}

func stretches(t testing.TB, pool *pgxpool.Pool, id catalog.ListID) []stretch {
	all := storetest.Rows(t, pool, `SELECT sku_price_id, price_kind, price_variant, coalesce(region_id, ''), coalesce(trim_scale(quantity_tier_minimum)::text, ''),
		pricing_unit, pricing_currency, list_unit_price_text, tax_basis, extract(epoch FROM valid_from)::bigint, extract(epoch FROM valid_to)::bigint
		FROM bi.price_history WHERE list = $1`, pgx.RowToStructByPos[stretch], id.Name)
	slices.SortFunc(all, func(a, b stretch) int { // the order in which partners are found
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.From, b.From))
	})
	return all
}

// pairedByHand are the lines that bi.price_changes must show.
func pairedByHand(all []stretch) []string {
	lines := []string{}
	followed := map[int]bool{} // ended ones that are the before of another
	partner := map[int]int{}
	for i, s := range all {
		if before := slices.IndexFunc(all, func(o stretch) bool { return s.samePrice(o) && s.follows(o) }); before >= 0 {
			followed[before], partner[i] = true, before
			if kind := kindOf(all[before], s); kind != "" {
				lines = append(lines, s.line(kind, &all[before]))
			}
		}
	}
	for _, kind := range []string{"unit", "currency"} {
		for i, s := range all {
			for j, o := range all {
				alike := kind == "unit" && s.Currency == o.Currency || kind == "currency" && s.Unit == o.Unit
				if _, taken := partner[i]; !taken && !followed[j] && alike && s.same(o) && s.follows(o) {
					followed[j], partner[i] = true, j
					lines = append(lines, s.line(kind, &all[j]))
				}
			}
		}
	}
	for i, s := range all {
		if _, taken := partner[i]; !taken {
			lines = append(lines, s.line("new", nil))
		}
		if s.To != nil && !followed[i] {
			lines = append(lines, s.ended())
		}
	}
	slices.Sort(lines)
	return lines
}

func kindOf(before, after stretch) string {
	was, is := amount(before.Amount), amount(after.Amount)
	switch {
	case before.Tax != after.Tax:
		return "tax"
	case was.LessThan(is):
		return "raised"
	case was.GreaterThan(is):
		return "lowered"
	}
	return ""
}

func (s stretch) line(kind string, before *stretch) string {
	parts := []string{kind, s.SKU, s.Kind, s.Variant, s.Region, s.Tier}
	if before != nil {
		parts = append(parts, before.Amount, before.Currency, before.Unit, before.Tax)
	}
	parts = append(parts, "->", s.Amount, s.Currency, s.Unit, s.Tax)
	if kind == "raised" || kind == "lowered" {
		was := amount(before.Amount)
		parts = append(parts, amount(s.Amount).Sub(was).Mul(amount("100")).DivRound(was, 2).StringFixed(2))
	}
	return barred(parts, s.From)
}

func (s stretch) ended() string {
	return barred([]string{"ended", s.SKU, s.Kind, s.Variant, s.Region, s.Tier, s.Amount, s.Currency, s.Unit, s.Tax, "->"}, *s.To)
}

// barred puts the parts that are there between bars, as concat_ws does.
func barred(parts []string, at int64) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(append(parts, fmt.Sprint(at)), "|")
}
