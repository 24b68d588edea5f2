package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestDueIsTakenOnce wants one run a due time, also for a daemon that comes
// after the run ended, and another once it was abandoned.
func TestDueIsTakenOnce(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := store.New(pool)
	list := storetest.NewLive(t, pool, catalog.Products).List
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
	t.Parallel()
	pool := pgtest.New(t)
	s := store.New(pool)
	l := storetest.NewLive(t, pool, catalog.Products)
	l.Put(storetest.Day(1), catalog.Entry{Key: "a"})
	run, err := s.BeginSync(t.Context(), l.List, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "UPDATE runs SET outcome = 'abandoned', ended_at = now() WHERE outcome = 'running'"); err != nil {
		t.Fatal(err)
	}
	before := storetest.Counts(t, pool)
	_, err = s.Update(t.Context(), run, l.Source.Snapshot(t, catalog.Entry{Key: "b"}), storetest.Pass)
	if !errors.Is(err, store.ErrNotOurs) {
		t.Errorf("got error %v", err)
	}
	if diff := cmp.Diff(before, storetest.Counts(t, pool)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	if err := s.Heartbeat(t.Context(), run); !errors.Is(err, store.ErrNotOurs) {
		t.Errorf("heartbeat: got error %v", err)
	}
}

// TestASilentRunWritesNothing wants a run that gave no heartbeat for a minute to end
// no better than one that was closed, until it gives one again.
func TestASilentRunWritesNothing(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := store.New(pool)
	l := storetest.NewLive(t, pool, catalog.Products)
	first := l.Source.Snapshot(t, catalog.Entry{Key: "a"})
	l.Write(storetest.Day(1), first)
	for name, snapshot := range map[string]*snapshot.Snapshot{"changed": l.Source.Snapshot(t, catalog.Entry{Key: "b"}), "unchanged": first} {
		run, err := s.BeginSync(t.Context(), l.List, nil)
		if err != nil {
			t.Fatal(err)
		}
		l.Exec("UPDATE runs SET heartbeat_at = heartbeat_at - interval '61 seconds' WHERE outcome = 'running'")
		before := storetest.Counts(t, pool)
		if _, err := s.Update(t.Context(), run, snapshot, storetest.Pass); !errors.Is(err, store.ErrNotOurs) {
			t.Errorf("%s: got error %v", name, err)
		}
		if diff := cmp.Diff(before, storetest.Counts(t, pool)); diff != "" {
			t.Errorf("%s: rows (-before +after):\n%s", name, diff)
		}
		if err := s.Heartbeat(t.Context(), run); err != nil {
			t.Errorf("%s: heartbeat: %v", name, err)
		}
		if _, err := s.Update(t.Context(), run, snapshot, storetest.Pass); err != nil {
			t.Errorf("%s: after a heartbeat: %v", name, err)
		}
	}
}

// TestAnybodyClosesDeadRuns wants a dead run of a list that never runs again to be
// closed by a run of another list, live or not.
func TestAnybodyClosesDeadRuns(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(l *storetest.Live) error{
		"live":     func(l *storetest.Live) error { _, err := l.Store.BeginSync(l.T.Context(), l.List, nil); return err },
		"backfill": func(l *storetest.Live) error { l.Begin(record.Backfill, storetest.Day(1)); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := pgtest.New(t)
			left := storetest.NewLive(t, pool, catalog.Products)
			other := storetest.NewList(t, left.Store, pool, "other", catalog.Products, timeline.Rule{Snapshots: 1})
			left.Begin(record.Backfill, storetest.Day(1))
			left.Exec("UPDATE runs SET heartbeat_at = heartbeat_at - interval '61 seconds'")
			if err := begin(other); err != nil {
				t.Fatal(err)
			}
			if got := left.Lines("SELECT outcome FROM runs WHERE list_id = $1", left.List.RowID); len(got) != 1 || got[0] != "abandoned" {
				t.Errorf("the dead run is %v", got)
			}
		})
	}
}

// TestHeldStaysHeldWhenItComesAgain wants a second arrival of a held snapshot
// to report the hold again, and to write no second one.
func TestHeldStaysHeldWhenItComesAgain(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Products)
	snapshot := l.Source.Snapshot(t, storetest.Item("a", "100", catalog.PriceList))
	for range 2 {
		run := l.Begin(record.Backfill, storetest.Day(1))
		result, err := l.Store.Update(t.Context(), run, snapshot, func(delta.Delta) []string { return []string{"because"} })
		if err != nil || result.Outcome != record.Held || result.HeldFor != "because" {
			t.Fatalf("got %s %q, %v; want held because", result.Outcome, result.HeldFor, err)
		}
	}
	held := l.Lines(`SELECT status FROM snapshots JOIN lists ON lists.id = list_id WHERE list = $1`, l.List.ID.Name)
	if len(held) != 1 {
		t.Errorf("snapshots: %v, want one held", held)
	}
}
