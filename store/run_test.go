package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

func atOnce() timeline.Rule { return timeline.Rule{Snapshots: 1} }

func tally(t *testing.T, pool *pgxpool.Pool) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{
		"products", "product_versions", "prices", "price_history", "product_status_changes",
		"absences", "snapshots", "pages", "snapshot_pages", "drift",
	} {
		var n int
		if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

// TestDueIsTakenOnce wants one run a due time, also for a daemon that comes
// after the run ended, and another once it was abandoned.
func TestDueIsTakenOnce(t *testing.T) {
	pool := pgtest.New(t)
	s := store.New(pool)
	list := ensure(t, s, newScripted().list, atOnce())
	due := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
	run, err := s.BeginSync(t.Context(), list, &due)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.BeginSync(t.Context(), list, &due); !errors.Is(err, store.ErrTaken) {
		t.Errorf("while it runs: got error %v", err)
	}
	if err := s.Fail(t.Context(), run, store.Failure{Class: "fetch", Text: "no"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.BeginSync(t.Context(), list, &due); !errors.Is(err, store.ErrTaken) {
		t.Errorf("after it failed: got error %v", err)
	}
	later := due.Add(time.Hour)
	if _, err := s.BeginSync(t.Context(), list, &later); err != nil {
		t.Errorf("another due time: %v", err)
	}
	if _, err := pool.Exec(t.Context(), "UPDATE runs SET heartbeat_at = heartbeat_at - interval '2 minutes'"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.BeginSync(t.Context(), list, &later); err != nil {
		t.Errorf("after it was abandoned: %v", err)
	}
}

// TestAbandonedRunWritesNothing is a daemon that thaws after others closed its
// run.
func TestAbandonedRunWritesNothing(t *testing.T) {
	pool := pgtest.New(t)
	s := store.New(pool)
	source := newScripted()
	list := ensure(t, s, source.list, atOnce())
	put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a"}}), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	run, err := s.BeginSync(t.Context(), list, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "UPDATE runs SET outcome = 'abandoned', ended_at = now() WHERE outcome = 'running'"); err != nil {
		t.Fatal(err)
	}
	before := tally(t, pool)
	_, err = s.Update(t.Context(), run, source.snapshot(t, map[string]catalog.Entry{"b": {Key: "b"}}), pass)
	if !errors.Is(err, store.ErrNotOurs) {
		t.Errorf("got error %v", err)
	}
	if diff := cmp.Diff(before, tally(t, pool)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	if err := s.Heartbeat(t.Context(), run); !errors.Is(err, store.ErrNotOurs) {
		t.Errorf("heartbeat: got error %v", err)
	}
}

// TestHeldStaysHeldWhenItComesAgain wants a second arrival of a held snapshot
// to report the hold again, and to write no second one.
func TestHeldStaysHeldWhenItComesAgain(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, atOnce())
	snapshot := source.snapshot(t, of(monthly()))
	for range 2 {
		run, err := s.BeginAt(context.Background(), list, record.Backfill, day(1))
		if err != nil {
			t.Fatal(err)
		}
		result, err := s.Update(context.Background(), run, snapshot, func(store.Delta) string { return "because" })
		if err != nil || result.Outcome != record.Held || result.HeldFor != "because" {
			t.Fatalf("got %s %q, %v; want held because", result.Outcome, result.HeldFor, err)
		}
	}
	held := rows(t, pool, source.list.ID, `SELECT status FROM snapshots JOIN lists ON lists.id = list_id WHERE list = $1`, pgx.RowTo[string])
	if len(held) != 1 {
		t.Errorf("snapshots: %v, want one held", held)
	}
}
