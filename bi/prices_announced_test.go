package bi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store/storetest"
	"syncer/timeline"
)

// from dates a price.
func from(day int) func(*catalog.Price) {
	return func(p *catalog.Price) { p.EffectiveFrom = new(storetest.Day(day)) }
}

// TestPricesAnnounced wants what a provider dates later, since which snapshot, and
// whether it came to be.
func TestPricesAnnounced(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	announcing := func(price catalog.Price, announced ...catalog.Price) []catalog.Entry {
		return []catalog.Entry{{Key: "a", Name: "A", Prices: []catalog.Price{price}, Announced: announced}}
	}
	april := monthly(costs("120"), from(10), func(p *catalog.Price) { p.EffectiveTo, p.TaxAmount = new(storetest.Day(30)), new(amount("12")) })
	may := monthly(costs("0.00000000000000000001"), from(20))
	l.Put(storetest.Day(1), announcing(monthly())...)
	l.Put(storetest.Day(3), announcing(monthly(), april, monthly(costs("130"), from(15)))...)
	l.Put(storetest.Day(2), announcing(monthly(), april)...) // late: it was announced earlier
	l.Put(storetest.Day(4), announcing(monthly(), april)...)
	l.Put(storetest.Day(11), announcing(april, may)...)
	l.Put(storetest.Day(12), announcing(monthly(costs("125")), may)...)
	const query = `SELECT product_key, product_name, sku_price_id, pricing_unit, pricing_currency, list_unit_price::float8, list_unit_price_text, tax_amount::float8,
		tax_basis, to_char(effective_from, 'DD'), to_char(effective_to, 'DD'), to_char(not_before, 'DD'), to_char(announced_at, 'DD'), to_char(ended_at, 'DD'), state,
		recorded_at IS NOT NULL FROM bi.prices_announced ORDER BY prices_announced.effective_from`
	want := []string{
		"a|A|a/full|month|KRW|120|120|12|excluded|10|30|01|02|11|in force|t",
		"a|A|a/full|month|KRW|130|130||excluded|15||02|03|04|withdrawn|t",
		"a|A|a/full|month|KRW||0.00000000000000000001||excluded|20||04|11||announced|t",
	}
	if diff := cmp.Diff(want, ask(t, s, query)); diff != "" {
		t.Errorf("announced (-want +got):\n%s", diff)
	}
	if got := ask(t, s, "SELECT list_unit_price_text FROM bi.prices_current"); !cmp.Equal(got, []string{"125"}) {
		t.Errorf("current: %v", got)
	}
	l.Put(storetest.Day(21), announcing(monthly(costs("125")))...) // its day came, and it did not
	if got := ask(t, s, "SELECT state FROM bi.prices_announced ORDER BY prices_announced.effective_from"); !cmp.Equal(got, []string{"in force", "withdrawn", "withdrawn"}) {
		t.Errorf("states: %v", got)
	}
}

// TestPricesAnnouncedOfContracts wants those of contracts for their own readers only.
func TestPricesAnnouncedOfContracts(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "contracts", catalog.Contracts, timeline.Rule{Snapshots: 1})
	contract := catalog.Entry{Key: "c", Name: "web", Prices: []catalog.Price{monthly()}, Announced: []catalog.Price{monthly(costs("90"), from(10))}}
	l.Put(storetest.Day(1), storetest.Contracted(contract))
	got := ask(t, s, "SELECT contract_key, contract_id, contract_name, list_unit_price_text, effective_from, announced_at, not_before, state FROM bi.contract_prices_announced")
	if diff := cmp.Diff([]string{"c|c-web|web|90|2026-01-10 00:00:00+00|2026-01-01 00:00:00+00||announced"}, got); diff != "" {
		t.Errorf("announced (-want +got):\n%s", diff)
	}
	if got := ask(t, s, "SELECT product_key FROM bi.prices_announced"); len(got) > 0 {
		t.Errorf("everybody reads %v", got)
	}
}
