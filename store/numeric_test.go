package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
)

// TestAmountsKeepAllDigits sends amounts through a store that is opened as the
// program opens it, and wants the exact text back.
func TestAmountsKeepAllDigits(t *testing.T) {
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
	source := newScripted()
	list := ensure(t, s, source.list, atOnce())
	entries := map[string]catalog.Entry{}
	for key, text := range sent {
		entries[key] = catalog.Entry{Key: key, Prices: []catalog.Price{monthly(costs(text))}}
	}
	put(t, s, list, source.snapshot(t, entries), day(1))
	if again := put(t, s, list, source.snapshot(t, entries), day(2)); again.Outcome != record.Unchanged {
		t.Errorf("the same amounts again: %s, want unchanged", again.Outcome)
	}
	got := map[string]string{}
	for key := range want {
		history, err := s.ProductHistory(context.Background(), source.list.ID, key)
		if err != nil {
			t.Fatal(err)
		}
		got[key] = history.Prices[0].Amount
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("amounts (-want +got):\n%s", diff)
	}
	storedExactly(t, url, want)
}

func storedExactly(t *testing.T, url string, want map[string]string) {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for key, text := range want {
		var same bool
		err := pool.QueryRow(context.Background(), `SELECT h.list_unit_price = $2::numeric FROM price_history h
			JOIN prices s ON s.id = h.price_id JOIN products p ON p.id = s.product_id WHERE p.key = $1`, key, text).Scan(&same)
		if err != nil || !same {
			t.Errorf("%s: stored amount is not %s (%v)", key, text, err)
		}
	}
}
