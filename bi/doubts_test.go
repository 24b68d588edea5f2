package bi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// doubting is a list in which a doubt is confirmed by three snapshots.
func doubting(t testing.TB, kind catalog.EntryKind) (*store.Store, *storetest.Live) {
	t.Helper()
	s, pool := openBI(t)
	l := &storetest.Live{T: t, Pool: pool, Store: s, Source: storetest.NewSource(kind)}
	l.RegisterWith(record.ListSettings{Rule: timeline.Rule{Snapshots: 2}, Doubt: timeline.Rule{Snapshots: 3}})
	return s, l
}

func by(actor, reason string) store.Decision { return store.Decision{Actor: actor, Reason: reason} }

const runsOfDoubt = `SELECT product_key, price_variant, pricing_unit, pricing_currency, reason, list_unit_price::float8, list_unit_price_text, tax_basis,
	shown_list_unit_price::float8, shown_list_unit_price_text, shown_pricing_currency, shown_pricing_unit, shown_tax_basis, to_char(shown_from, 'DD'),
	to_char(doubted_from, 'DD'), to_char(doubted_to, 'DD'), snapshots, to_char(last_snapshot_at, 'DD'), status, to_char(confirmed_at, 'DD'),
	confirmed_by, decided_by, decided_reason, recorded_at IS NOT NULL, decided_at IS NOT NULL FROM bi.doubts ORDER BY doubted_from, product_key, price_variant`

// TestDoubts wants every run of doubt with what stands, what is shown instead, and
// what became of it.
func TestDoubts(t *testing.T) {
	t.Parallel()
	s, l := doubting(t, catalog.Products)
	other := func(key, amount string) catalog.Entry {
		return catalog.Entry{Key: key, Prices: []catalog.Price{monthly(costs(amount), func(p *catalog.Price) { p.SKUPriceID = key })}}
	}
	dollars := monthly(costs("7"), func(p *catalog.Price) { p.Currency, p.Unit, p.TaxBasis = "USD", "hour", catalog.TaxIncluded })
	l.Put(storetest.Day(1), append(priced(monthly()), other("c", "5"), other("d", "3"))...)
	l.Put(storetest.Day(2), append(priced(monthly(costs("1000"))), other("c", "5"), other("d", "30"))...)
	l.Put(storetest.Day(3), append(priced(monthly(costs("1010.50"))), catalog.Entry{Key: "c"}, other("d", "31"))...)
	putAside(l, 4, []catalog.SetAside{aside("c", catalog.Incomplete, "GET /c")}, append(priced(monthly()), catalog.Entry{Key: "c"}, other("d", "32"))...)
	l.Put(storetest.Day(5), append(priced(dollars), catalog.Entry{Key: "c"}, other("d", "33"))...)
	l.Put(storetest.Day(6), append(priced(dollars), other("c", "50"), other("d", "34"))...)
	l.Believe("a", by("kim", "they bill in dollars now"))
	l.Retract(storetest.Day(6), "c", by("lee", "a slip of theirs"))
	want := []string{
		"a|full|month|KRW|amount|100|100|excluded|1010.5|1010.5|KRW|month|excluded|03|02|04|2|03|ended|||||t|f",
		"d|full|month|KRW|amount|3|3|excluded|34|34|KRW|month|excluded|06|02||5|06|confirmed|04|count|||t|f",
		"c|full|month|KRW|lost|5|5|excluded||||||03|03|06|2|05|ended|||||t|f",
		"a|full|month|KRW|currency|100|100|excluded|7|7|USD|hour|included|05|05||2|06|confirmed|06|person|kim|they bill in dollars now|t|t",
		"c|full|month|KRW|amount|5|5|excluded|50|50|KRW|month|excluded|06|06||1|06|refused|||lee|a slip of theirs|t|t",
	}
	if diff := cmp.Diff(want, ask(t, s, runsOfDoubt)); diff != "" {
		t.Errorf("doubts (-want +got):\n%s", diff)
	}
	l.Put(storetest.Day(7), append(priced(dollars), other("c", "5"), other("d", "0"))...)
	l.Put(storetest.Day(8), append(priced(dollars), other("c", "0.00000000000000000001"), other("d", "0"))...)
	want = []string{ // the last amount fits no numeric(38,18)
		"d|full|month|KRW|zero|34|34|excluded|0|0|KRW|month|excluded|07|07||2|08|open|||||t|f",
		"c|full|month|KRW|amount|5|5|excluded||0.00000000000000000001|KRW|month|excluded|08|08||1|08|open|||||t|f",
	}
	if diff := cmp.Diff(want, ask(t, s, strings.Replace(runsOfDoubt, "ORDER BY", "WHERE status = 'open' ORDER BY", 1))); diff != "" {
		t.Errorf("open doubts (-want +got):\n%s", diff)
	}
}

// TestDoubtsOfContracts wants those of contracts for their own readers only.
func TestDoubtsOfContracts(t *testing.T) {
	t.Parallel()
	s, l := doubting(t, catalog.Contracts)
	contract := func(amount string) catalog.Entry {
		price := monthly(costs(amount))
		price.Kind = catalog.PriceContract
		return storetest.Contracted(catalog.Entry{Key: "c", Name: "web", Prices: []catalog.Price{price}})
	}
	l.Put(storetest.Day(1), contract("100"))
	l.Put(storetest.Day(2), contract("0"))
	got := ask(t, s, `SELECT contract_key, contract_id, contract_name, price_kind, reason, list_unit_price_text, shown_list_unit_price_text, status FROM bi.contract_doubts`)
	if diff := cmp.Diff([]string{"c|c-web|web|contract|zero|100|0|open"}, got); diff != "" {
		t.Errorf("doubts (-want +got):\n%s", diff)
	}
	if got := ask(t, s, runsOfDoubt); len(got) > 0 {
		t.Errorf("everybody reads %v", got)
	}
}
