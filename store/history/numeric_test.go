package history_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestAmountsKeepAllDigits sends amounts through a store that is opened as the
// program opens it, and wants the exact text back.
func TestAmountsKeepAllDigits(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"a": "0", "b": "0.000000019", "c": "123456789012345678901234567890.1234567890123456789",
		"d": "100000", "e": "9007199254740993", "f": "1.1",
	}
	sent := map[string]string{"a": "0.00", "b": "1.9e-08", "c": want["c"], "d": "1e5", "e": want["e"], "f": "1.10"}
	url := pgtest.URL(t)
	s, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	var entries []catalog.Entry
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		entries = append(entries, storetest.Item(key, sent[key], catalog.PriceList))
	}
	l.Put(storetest.Day(1), entries...)
	if again := l.Put(storetest.Day(2), entries...); again.Outcome != record.Unchanged {
		t.Errorf("the same amounts again: %s, want unchanged", again.Outcome)
	}
	got := map[string]string{}
	for key := range want {
		history, err := s.Report.ProductHistory(context.Background(), l.List.ID, key)
		if err != nil {
			t.Fatal(err)
		}
		got[key] = history.Prices[0].Amount
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("amounts (-want +got):\n%s", diff)
	}
	storedExactly(t, pool, want)
}

func storedExactly(t *testing.T, pool *pgxpool.Pool, want map[string]string) {
	t.Helper()
	for key, text := range want {
		var same bool
		err := pool.QueryRow(context.Background(), `SELECT h.list_unit_price = $2::numeric FROM price_history h
			JOIN prices s ON s.id = h.price_id JOIN products p ON p.id = s.product_id WHERE p.key = $1`, key, text).Scan(&same)
		if err != nil || !same {
			t.Errorf("%s: stored amount is not %s (%v)", key, text, err)
		}
	}
}
