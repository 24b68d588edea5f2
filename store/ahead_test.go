package store_test

import (
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store/record"
	"syncer/store/storetest"
)

// watched is a list that is looked at whenever one of its pages is decoded.
type watched struct {
	*storetest.Source
	look func()
}

// Decode looks first.
func (w *watched) Decode(page catalog.Page) (catalog.Decoded, error) {
	w.look()
	return w.Source.Decode(page)
}

// walked is a complete walk of these entries.
func (w *watched) walked(t *testing.T, aside catalog.Decoded, entries ...catalog.Entry) *snapshot.Snapshot {
	t.Helper()
	taken := snapshot.New(w)
	look := w.look
	w.look = func() {}
	for _, page := range w.Odd(t, aside, entries...).Pages() {
		if err := taken.AddStored(page); err != nil {
			t.Fatal(err)
		}
	}
	w.look = look
	if err := taken.Complete(); err != nil {
		t.Fatal(err)
	}
	return taken
}

// TestPagesAreDecodedOutsideOfTransactions: however long a page takes, no transaction
// of ours waits for it, of whatever kind the snapshot is.
func TestPagesAreDecodedOutsideOfTransactions(t *testing.T) {
	t.Parallel()
	for _, kind := range []catalog.EntryKind{catalog.Products, catalog.Contracts} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			pool := pgtest.New(t)
			l := storetest.NewLive(t, pool, kind)
			var decoded, waited atomic.Int32
			w := &watched{Source: l.Source}
			w.look = func() {
				decoded.Add(1)
				rows, err := pool.Query(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")
				if err != nil {
					t.Fatal(err)
				}
				n, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int32])
				if err != nil {
					t.Fatal(err)
				}
				waited.Add(n)
			}
			entry := func(key, amount string) catalog.Entry {
				e := storetest.Item(key, amount, catalog.PriceList)
				if kind == catalog.Contracts {
					return storetest.Contracted(e)
				}
				return e
			}
			silent := catalog.Decoded{SetAside: []catalog.SetAside{{Key: "b", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: "want a number"}}}
			for _, step := range []struct {
				day     int
				aside   catalog.Decoded
				entries []catalog.Entry
			}{
				{1, catalog.Decoded{}, []catalog.Entry{entry("a", "1"), entry("b", "2"), entry("c", "3")}},
				{5, catalog.Decoded{}, []catalog.Entry{entry("a", "100"), entry("b", "2"), entry("d", "3")}},
				{6, silent, []catalog.Entry{entry("a", "100"), entry("b", "2"), entry("d", "4")}},
				{3, silent, []catalog.Entry{entry("a", "1"), entry("b", "2"), entry("c", "5")}}, // late
			} {
				taken := w.walked(t, step.aside, step.entries...)
				before := decoded.Load()
				if _, err := l.Store.Update(t.Context(), l.Begin(record.Backfill, storetest.Day(step.day)), taken, storetest.Pass); err != nil {
					t.Fatal(err)
				}
				if decoded.Load() == before {
					t.Errorf("day %d: nothing was decoded", step.day)
				}
			}
			if n := waited.Load(); n > 0 {
				t.Errorf("%d pages were decoded while a transaction waited", n)
			}
		})
	}
}

// TestAWriteBeginsAnewWhereTheListMoved lets other snapshots come between what is read
// of a list and its lock: the one before and the one after are others then.
func TestAWriteBeginsAnewWhereTheListMoved(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Products)
	l.Put(storetest.Day(1), storetest.Item("a", "1", catalog.PriceList))
	w := &watched{Source: l.Source, look: func() {}}
	taken := w.walked(t, catalog.Decoded{}, storetest.Item("a", "3", catalog.PriceList), storetest.Item("b", "2", catalog.PriceList))
	came := false
	w.look = func() {
		if !came {
			came = true
			l.Put(storetest.Day(2), storetest.Item("a", "2", catalog.PriceList))
			l.Put(storetest.Day(4), storetest.Item("a", "4", catalog.PriceList))
		}
	}
	result, err := l.Store.Update(t.Context(), l.Begin(record.Backfill, storetest.Day(3)), taken, storetest.Pass)
	if err != nil {
		t.Fatal(err)
	}
	if !came {
		t.Fatal("nobody came between")
	}
	if before := result.Delta.Compared[0].At; !before.Equal(storetest.Day(2)) || len(result.Delta.Compared) != 2 {
		t.Errorf("compared with %v, want the snapshots of day 2 and day 4", result.Delta.Compared)
	}
	if report := l.Verify(); len(report.Contradictions) > 0 {
		t.Error(report.Contradictions)
	}
	got := storetest.Rows(t, pool, `SELECT concat(trim_scale(list_unit_price), ' from ', valid_from::date) FROM bi.price_history
		WHERE product_key = 'a' ORDER BY valid_from`, pgx.RowTo[string])
	want := []string{"1 from 2026-01-01", "2 from 2026-01-02", "3 from 2026-01-03", "4 from 2026-01-04"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prices of a (-want +got):\n%s", diff)
	}
}
