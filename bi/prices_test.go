package bi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
	"syncer/timeline"
)

func amount(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// monthly is a price of 100 KRW a month without tax, changed as given.
func monthly(changes ...func(*catalog.Price)) catalog.Price {
	price := catalog.Price{
		SKUPriceID: "a/full", Kind: catalog.PriceList, Variant: "full", Unit: "month", Currency: "KRW",
		ListUnitPrice: amount("100"), TaxBasis: catalog.TaxExcluded,
	}
	for _, change := range changes {
		change(&price)
	}
	return price
}

func costs(text string) func(*catalog.Price) {
	return func(p *catalog.Price) { p.ListUnitPrice = amount(text) }
}

// priced are an entry `a` with prices, and `b` without any.
func priced(prices ...catalog.Price) []catalog.Entry {
	return []catalog.Entry{{Key: "a", Prices: prices}, {Key: "b"}}
}

type shown struct {
	Cast *string // list_unit_price as the client sees it
	Text string
}

// TestCastLosesNothing wants numeric(38,18) to equal what was stored, or to be
// null beside the exact text.
func TestCastLosesNothing(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := store.New(pool)
	for text, fits := range map[string]bool{
		"0": true, "1.1": true, "5600": true, "0.000000019": true, "0.000000000000000001": true,
		"99999999999999999999.999999999999999999":            true,
		"0.0000000000000000001":                              false,
		"100000000000000000000":                              false,
		"123456789012345678901234567890.1234567890123456789": false,
	} {
		l := storetest.NewList(t, s, pool, text, catalog.Products, timeline.Rule{Snapshots: 1})
		l.Put(storetest.Day(1), priced(monthly(costs(text)))...)
		l.Put(storetest.Day(2), priced(monthly(costs("3")))...)
		for view, sql := range map[string]string{
			"price_history": `SELECT list_unit_price::text, list_unit_price_text FROM bi.price_history WHERE list = $1 AND NOT is_current`,
			"price_changes": `SELECT from_list_unit_price::text, from_list_unit_price_text FROM bi.price_changes
				WHERE list = $1 AND from_list_unit_price_text IS NOT NULL`,
		} {
			got := storetest.Rows(t, pool, sql, pgx.RowToStructByPos[shown], l.List.ID.Name)
			if len(got) != 1 || got[0].Text != text {
				t.Errorf("%s in bi.%s: got %v", text, view, got)
				continue
			}
			if cast := got[0].Cast; (cast != nil) != fits || cast != nil && !amount(*cast).Equal(amount(text)) {
				t.Errorf("%s in bi.%s: the cast shows %v", text, view, cast)
			}
		}
	}
}

type change struct {
	Kind     string
	From, To *string
	Percent  *string
	Unit     *string // before
	Currency *string // before
}

func ptr(text string) *string { return &text }

// TestPriceChangeKinds wants one line, of the right kind, for each way in which
// a price can change.
func TestPriceChangeKinds(t *testing.T) {
	t.Parallel()
	before := monthly()
	pool := pgtest.New(t)
	s := store.New(pool)
	month, krw, hundred := ptr("month"), ptr("KRW"), ptr("100")
	for name, c := range map[string]struct {
		after []catalog.Price
		want  []change
	}{
		"raised":  {[]catalog.Price{monthly(costs("110.5"))}, []change{{"raised", hundred, ptr("110.5"), ptr("10.50"), month, krw}}},
		"lowered": {[]catalog.Price{monthly(costs("66.6"))}, []change{{"lowered", hundred, ptr("66.6"), ptr("-33.40"), month, krw}}},
		"free":    {[]catalog.Price{monthly(costs("0"))}, []change{{"lowered", hundred, ptr("0"), ptr("-100.00"), month, krw}}},
		"new": {
			[]catalog.Price{before, monthly(costs("7"), func(p *catalog.Price) { p.SKUPriceID, p.Variant = "a/partial", "partial" })},
			[]change{{Kind: "new", To: ptr("7")}},
		},
		"ended": {nil, []change{{"ended", hundred, nil, nil, month, krw}}},
		"unit": {
			[]catalog.Price{monthly(costs("4"), func(p *catalog.Price) { p.Unit = "day" })},
			[]change{{"unit", hundred, ptr("4"), nil, month, krw}},
		},
		"currency": {
			[]catalog.Price{monthly(costs("0.07"), func(p *catalog.Price) { p.Currency = "USD" })},
			[]change{{"currency", hundred, ptr("0.07"), nil, month, krw}},
		},
		"tax amount": {
			[]catalog.Price{monthly(func(p *catalog.Price) { vat := amount("10"); p.TaxAmount = &vat })},
			[]change{{"tax", hundred, hundred, nil, month, krw}},
		},
		"tax basis": {
			[]catalog.Price{monthly(func(p *catalog.Price) { p.TaxBasis = catalog.TaxIncluded })},
			[]change{{"tax", hundred, hundred, nil, month, krw}},
		},
		"second currency beside a raise": {
			[]catalog.Price{monthly(costs("110")), monthly(costs("0.07"), func(p *catalog.Price) { p.Currency = "USD" })},
			[]change{{"raised", hundred, ptr("110"), ptr("10.00"), month, krw}, {Kind: "new", To: ptr("0.07")}},
		},
		"only the provider's dates": {
			[]catalog.Price{monthly(func(p *catalog.Price) { from := storetest.Day(9); p.EffectiveFrom = &from })}, nil,
		},
		"nothing": {[]catalog.Price{monthly(costs("100.00"))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := storetest.NewList(t, s, pool, name, catalog.Products, timeline.Rule{Snapshots: 1})
			l.Put(storetest.Day(1), priced(before)...)
			l.Put(storetest.Day(2), priced(c.after...)...)
			got := storetest.Rows(t, pool, `SELECT change_kind, from_list_unit_price_text, to_list_unit_price_text, percent::text,
				from_pricing_unit, from_pricing_currency FROM bi.price_changes WHERE list = $1 AND changed_at = '2026-01-02 00:00Z' ORDER BY pricing_currency`, pgx.RowToStructByPos[change], l.List.ID.Name)
			if diff := cmp.Diff(append([]change{}, c.want...), append([]change{}, got...)); diff != "" {
				t.Errorf("bi.price_changes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFirstPriceIsNew wants the first snapshot of a price to be shown as new,
// and that of a product that comes back too.
func TestFirstPriceIsNew(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewList(t, store.New(pool), pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	gone := []catalog.Entry{{Key: "b"}}
	for i, entries := range [][]catalog.Entry{priced(monthly()), gone, priced(monthly(costs("90")))} {
		l.Put(storetest.Day(i+1), entries...)
	}
	got := storetest.Rows(t, pool, "SELECT change_kind FROM bi.price_changes WHERE list = $1 ORDER BY changed_at", pgx.RowTo[string], l.List.ID.Name)
	if diff := cmp.Diff([]string{"new", "ended", "new"}, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

// TestOneCurrencyEnds wants "ended" for the currency that goes while another
// one of the same SKU is raised.
func TestOneCurrencyEnds(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewList(t, store.New(pool), pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	dollars := monthly(costs("0.07"), func(p *catalog.Price) { p.Currency = "USD" })
	l.Put(storetest.Day(1), priced(monthly(), dollars)...)
	l.Put(storetest.Day(2), priced(monthly(costs("110")))...)
	got := storetest.Rows(t, pool, `SELECT change_kind || ' ' || pricing_currency FROM bi.price_changes
		WHERE list = $1 AND changed_at = '2026-01-02 00:00Z' ORDER BY 1`, pgx.RowTo[string], l.List.ID.Name)
	if diff := cmp.Diff([]string{"ended USD", "raised KRW"}, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}
