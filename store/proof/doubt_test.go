package proof_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
)

// TestOddHistoryAgreesWithTheReference writes random worlds in which parts are set
// aside and prices doubted, in any order, and wants the tables to be what the
// reference says, the pages to prove them, and a rebuild to find nothing to do.
func TestOddHistoryAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s, lists := store.New(pool), 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		w := drawn{storetest.DrawDoubtful(rt, t, s, pool, fmt.Sprintf("odd-%d", lists))}
		w.MustMatch(rt, "as written")
		w.proven(rt)
		if report := w.rebuild(rt, w.List.Rule); report.Entries != 0 || report.Superseded.Sum()+report.Inserted.Sum() != 0 {
			rt.Fatalf("a rebuild of what is true changed %+v", report)
		}
		w.proven(rt)
	})
}

// TestADoubtThatALaterWriteExplainsIsProven: 2,000 after 100 is doubted, until a late
// snapshot of 500 between them makes it two plain steps.
func TestADoubtThatALaterWriteExplainsIsProven(t *testing.T) {
	t.Parallel()
	l := doubting(t, pgtest.New(t), "steps", catalog.Products)
	l.Put(storetest.Day(1), priced("a", "100"))
	l.Put(storetest.Day(3), priced("a", "2000"))
	l.Put(storetest.Day(2), priced("a", "500"))
	if left := storetest.Rows(t, l.Pool, "SELECT count(*) FROM doubts WHERE superseded_by IS NULL", pgx.RowTo[int]); left[0] != 0 {
		t.Errorf("%d doubts are left, want none", left[0])
	}
	world{l}.mustHold()
}

// TestWhatWasTakenBackKeepsItsMoment: other pages need another one.
func TestWhatWasTakenBackKeepsItsMoment(t *testing.T) {
	t.Parallel()
	l := doubting(t, pgtest.New(t), "back", catalog.Products)
	same := l.Source.Snapshot(t, priced("a", "7"))
	l.Put(storetest.Day(1), priced("a", "5"))
	l.Write(storetest.Day(2), same)
	l.Retract(storetest.Day(2), "", store.Decision{Actor: "kim", Reason: "so it is"})
	l.Write(storetest.Day(2), same) // changes nothing
	_, err := l.Store.Update(t.Context(), l.Begin(record.Backfill, storetest.Day(2)), l.Source.Snapshot(t, priced("a", "6")), storetest.Pass)
	if !errors.Is(err, store.ErrTakenBack) || !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "was taken back: other pages need another moment: 2026-01-02T00:00:00Z") {
		t.Errorf("got %v, want that it was taken back", err)
	}
	if costs := storetest.Rows(t, l.Pool, "SELECT trim_scale(list_unit_price)::text FROM bi.price_history", pgx.RowTo[string]); len(costs) != 1 || costs[0] != "5" {
		t.Errorf("prices %v, want 5", costs)
	}
}
