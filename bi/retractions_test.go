package bi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store/storetest"
)

// TestRetractions wants everything that was ever taken back, by whom and why, and who
// restored it.
func TestRetractions(t *testing.T) {
	t.Parallel()
	s, l := doubting(t, catalog.Products)
	for day, amount := range []string{"100", "110", "120", "130"} {
		l.Put(storetest.Day(day+1), priced(monthly(costs(amount)))...)
	}
	l.Retract(storetest.Day(2), "a", by("kim", "of a alone"))
	l.Retract(storetest.Day(3), "", by("kim", "half a list"))
	l.Restore(storetest.Day(3), "", by("lee", "it was whole"))
	l.Retract(storetest.Day(3), "", by("kim", "it was not"))
	l.Restore(storetest.Day(2), "a", by("lee", "a was right"))
	l.Sync(storetest.Day(9), "too little")
	l.Accept(storetest.Day(9))
	l.Retract(storetest.Day(9), "", by("lee", "too little it was"))
	const query = `SELECT to_char(taken_at, 'DD'), product_key, entries, retracted_by, reason, restored_by, restored_reason,
		is_current, retracted_at IS NOT NULL, restored_at IS NOT NULL FROM bi.retractions ORDER BY run_id`
	want := []string{
		"02|a|2|kim|of a alone|lee|a was right|f|t|t",
		"03||2|kim|half a list|lee|it was whole|f|t|t",
		"03||2|kim|it was not|||t|t|f",
		"09||0|lee|too little it was|||t|t|f",
	}
	if diff := cmp.Diff(want, ask(t, s, query)); diff != "" {
		t.Errorf("retractions (-want +got):\n%s", diff)
	}
	if got := ask(t, s, "SELECT list_unit_price_text FROM bi.price_history ORDER BY valid_from"); !cmp.Equal(got, []string{"100", "110", "130"}) {
		t.Errorf("prices: %v", got)
	}
	if got := ask(t, s, "SELECT to_char(taken_at, 'DD'), state, decided_by, decided_reason FROM bi.holds"); !cmp.Equal(got, []string{"09|retracted|kim|so it is"}) {
		t.Errorf("holds: %v", got) // who let it pass stays
	}
	if found := l.Verify().Contradictions; len(found) > 0 {
		t.Errorf("contradictions: %v", found)
	}
}

// TestRetractionsOfContracts wants keys of contracts for their own readers only.
func TestRetractionsOfContracts(t *testing.T) {
	t.Parallel()
	s, l := doubting(t, catalog.Contracts)
	for day, amount := range []string{"90", "100", "110"} {
		l.Put(storetest.Day(day+1), storetest.Contracted(catalog.Entry{Key: "c", Name: "web", Prices: []catalog.Price{monthly(costs(amount))}}))
	}
	l.Retract(storetest.Day(3), "c", by("kim", "a slip"))
	l.Retract(storetest.Day(1), "", by("kim", "another"))
	got := ask(t, s, "SELECT contract_key, contract_id, contract_name, retracted_by, reason, is_current FROM bi.contract_retractions")
	if diff := cmp.Diff([]string{"c|c-web|web|kim|a slip|t"}, got); diff != "" {
		t.Errorf("of contracts (-want +got):\n%s", diff)
	}
	if got := ask(t, s, "SELECT product_key, reason FROM bi.retractions"); !cmp.Equal(got, []string{"|another"}) {
		t.Errorf("everybody reads %v", got)
	}
}
