package proof_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// world is a list whose history is put to the proof.
type world struct{ *storetest.Live }

// The worlds that tests tamper with, each its own clone: see the functions that
// write them.
var (
	audited  = storetest.NewFixture(single(writeAudited))
	decided  = storetest.NewFixture(single(writeDecided))
	whole    = storetest.NewFixture(single(writeWhole))
	vanished = storetest.NewFixture(single(writeVanished))
	late     = storetest.NewFixture(func(t testing.TB, pool *pgxpool.Pool) []*storetest.Live {
		return []*storetest.Live{writeLate(t, pool).Live, writeUsage(t, pool).Live}
	})
)

func single(write func(testing.TB, *pgxpool.Pool) world) func(testing.TB, *pgxpool.Pool) []*storetest.Live {
	return func(t testing.TB, pool *pgxpool.Pool) []*storetest.Live {
		return []*storetest.Live{write(t, pool).Live}
	}
}

func clone(t *testing.T, fixture *storetest.Fixture) world {
	t.Helper()
	return world{fixture.Clone(t)[0]}
}

// list is an empty list of a name in a database.
func list(t testing.TB, pool *pgxpool.Pool, name string, kind catalog.EntryKind, confirm int) world {
	t.Helper()
	return world{storetest.NewList(t, store.New(pool), pool, name, kind, timeline.Rule{Snapshots: confirm})}
}

// priced is an entry with one price.
func priced(key, amount string) catalog.Entry {
	return catalog.Entry{Key: key, Name: key, Attributes: catalog.Attributes(`{}`), Prices: []catalog.Price{{
		SKUPriceID: key, Kind: catalog.PriceList, Currency: "KRW", TaxBasis: catalog.TaxExcluded, ListUnitPrice: decimal.RequireFromString(amount),
	}}}
}

// sold is such an entry with a status.
func sold(key, status, amount string) catalog.Entry {
	entry := priced(key, amount)
	entry.Status = &status
	return entry
}

// writeAudited writes a list in which `a` costs 100, 100, 120, 120 and 130 on
// the first five days; believed at once.
func writeAudited(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := list(t, pool, "things", catalog.Products, 1)
	var last *snapshot.Snapshot
	for i, amount := range []string{"100", "", "120", "", "130"} { // "": byte for byte as before
		if amount != "" {
			last = w.Source.Snapshot(t, priced("a", amount))
		}
		w.Write(storetest.Day(i+1), last)
	}
	return w
}

// writeDecided writes an audited list with snapshots that the guard held: one
// waits, one was accepted, one rejected; and a rebuild that put something right.
func writeDecided(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := writeAudited(t, pool)
	w.rewritten()
	for i, amount := range []string{"200", "201", "202"} {
		w.Sync(storetest.Day(6+i), "too much", priced("a", amount))
	}
	w.Accept(storetest.Day(7))
	w.Reject(storetest.Day(8), "kim", "no")
	return w
}

// writeWhole writes an audited list with a hold that waits and one that was
// rejected.
func writeWhole(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := writeAudited(t, pool)
	w.Sync(storetest.Day(6), "too much", priced("a", "200"))
	w.Sync(storetest.Day(7), "too much", priced("a", "201"))
	w.Reject(storetest.Day(7), "kim", "no")
	return w
}

// writeVanished writes a small list with a change, an absence that is running
// and a price that ends.
func writeVanished(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := list(t, pool, "things", catalog.Products, 2)
	unpriced := sold("a", "sale", "1")
	unpriced.Prices = nil
	w.Put(storetest.Day(1), sold("a", "sale", "1"), sold("b", "sale", "5"))
	w.Put(storetest.Day(2), sold("a", "sale", "2"), sold("b", "sale", "5"))
	w.Put(storetest.Day(3), unpriced)
	return w
}

// writeLate writes a small list whose third snapshot comes last: it supersedes
// rows of every table.
func writeLate(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := list(t, pool, "things", catalog.Products, 2)
	days := map[int][]catalog.Entry{
		1: {sold("a", "sale", "1"), sold("b", "sale", "5")},
		2: {sold("a", "sale", "1"), sold("b", "sale", "5")},
		3: {sold("a", "stop", "2"), sold("b", "sale", "5")},
		4: {sold("a", "sale", "1")},
		5: {sold("a", "few", "1")},
		6: {sold("a", "sold out", "3"), sold("b", "sale", "5")},
	}
	for _, day := range []int{1, 4, 6, 5, 2, 3} {
		w.Put(storetest.Day(day), days[day]...)
	}
	return w
}

// writeUsage writes a list with a contract of which more is used every day.
func writeUsage(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := list(t, pool, "contracts", catalog.Contracts, 2)
	begin := storetest.Day(1)
	for i := range 3 {
		entry := storetest.Contracted(catalog.Entry{Key: "c", Name: "c", Attributes: catalog.Attributes(`{}`)})
		entry.Usage = []catalog.Usage{{Name: "used_time", Resource: "vm", From: begin, To: begin.AddDate(0, 1, 0), Quantity: decimal.NewFromInt(int64(i)), Unit: "hour"}}
		w.Put(storetest.Day(i+1), entry)
	}
	return w
}

// spares makes a snapshot history without its pages.
func (w world) spares(at time.Time, amount string) {
	w.T.Helper()
	run := w.Begin(record.Sync, at)
	run.SparePages = true
	if _, err := w.Store.Update(w.T.Context(), run, w.Source.Snapshot(w.T, priced("a", amount)), storetest.Pass); err != nil {
		w.T.Fatal(err)
	}
}

// rewritten alters a row and lets a rebuild write it again.
func (w world) rewritten() {
	w.T.Helper()
	w.Exec("UPDATE product_versions SET name = 'z' WHERE valid_from = '2026-01-03Z'")
	w.Rebuild(w.List.Rule)
}

// repaired rebuilds, and wants history to be proven then.
func (w world) repaired() {
	w.T.Helper()
	w.Rebuild(w.List.Rule)
	if found := w.contradictions(); len(found) > 0 {
		w.T.Errorf("after a rebuild: %v", found)
	}
}

// readsAnew has a newer decoder read another name.
func (w world) readsAnew() {
	w.Alter(func(entry catalog.Entry) catalog.Entry {
		entry.Name = "read anew"
		return entry
	})
}

func (w world) contradictions() []proof.Contradiction {
	w.T.Helper()
	return w.Verify().Contradictions
}

// mustHold wants history to be what its evidence says.
func (w world) mustHold() {
	w.T.Helper()
	if found := w.contradictions(); len(found) > 0 {
		w.T.Fatalf("contradictions: %v", found)
	}
}
