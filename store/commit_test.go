package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/soak/wire"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// unsure is a store whose next COMMIT has an accident, once armed.
type unsure struct {
	*store.Store
	pool  *pgxpool.Pool // to the same database, without accidents
	live  *storetest.Live
	armed atomic.Pointer[wire.Action]
	away  atomic.Int32 // so many messages are lost after the accident
	over  atomic.Bool  // the accident has happened
}

func newUnsure(t *testing.T) *unsure {
	t.Helper()
	url := pgtest.URL(t)
	u := &unsure{}
	proxy, err := wire.Listen(t.Context(), url, func(m wire.Message) wire.Action {
		if u.over.Load() && u.away.Load() > 0 {
			u.away.Add(-1)
			return wire.Cut
		}
		if action := u.armed.Load(); action != nil && m.Commit() {
			u.armed.Store(nil)
			u.over.Store(true)
			return *action
		}
		return wire.Forward
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	if u.Store, err = store.Open(t.Context(), proxy.URL("unsure")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	if u.pool, err = pgxpool.New(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.pool.Close)
	u.live = storetest.NewList(t, u.Store, u.pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	return u
}

// commit sends a snapshot whose COMMIT has the accident.
func (u *unsure) commit(t *testing.T, snapshot *snapshot.Snapshot, at time.Time, action wire.Action) (store.Result, error) {
	t.Helper()
	run := u.live.Begin(record.Backfill, at)
	u.armed.Store(&action)
	return u.Update(t.Context(), run, snapshot, storetest.Pass)
}

// outcomes are how the runs ended, in their order.
func (u *unsure) outcomes(t *testing.T) []string {
	t.Helper()
	return storetest.Rows(t, u.pool, `SELECT outcome FROM runs JOIN lists ON lists.id = list_id
		WHERE list = $1 ORDER BY runs.id`, pgx.RowTo[string], u.live.List.ID.Name)
}

// TestCommitWithoutAnswer wants Update to find out what became of a COMMIT whose
// answer was lost, however late the server acted, and nothing written twice:
// nasty case 43.
func TestCommitWithoutAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action    wire.Action
		committed bool
	}{
		{wire.Cut, false},
		{wire.LoseAnswer, true},
		{wire.CutThenForward, true},
	} {
		t.Run(c.action.String(), func(t *testing.T) {
			t.Parallel()
			u := newUnsure(t)
			snapshot := u.live.Source.Snapshot(t, catalog.Entry{Key: "a"})
			result, err := u.commit(t, snapshot, storetest.Day(1), c.action)
			if (err == nil) != c.committed {
				t.Fatalf("got error %v", err)
			}
			want := map[bool]record.Outcome{true: record.Changed}[c.committed]
			if result.Outcome != want {
				t.Errorf("outcome %q, want %q", result.Outcome, want)
			}
			wantOutcome := map[bool]string{true: "changed", false: "running"}[c.committed]
			if got := u.outcomes(t); fmt.Sprint(got) != fmt.Sprint([]string{wantOutcome}) {
				t.Errorf("runs ended %v, want %s", got, wantOutcome)
			}
		})
	}
}

// TestCommitWithoutAnswerOfWhatIsThere is the same for a snapshot that is
// stored already: its run commits without a snapshot of its own.
func TestCommitWithoutAnswerOfWhatIsThere(t *testing.T) {
	t.Parallel()
	u := newUnsure(t)
	snapshot := u.live.Source.Snapshot(t, catalog.Entry{Key: "a"})
	u.live.Write(storetest.Day(1), snapshot)
	result, err := u.commit(t, snapshot, storetest.Day(1), wire.LoseAnswer)
	if err != nil || result.Outcome != record.Unchanged {
		t.Errorf("got %q, %v", result.Outcome, err)
	}
	if got := u.outcomes(t); fmt.Sprint(got) != "[changed skipped]" {
		t.Errorf("runs ended %v", got)
	}
}

// TestServerIsAwayAfterCommit loses the first questions what became of the
// COMMIT as well, as while a server restarts.
func TestServerIsAwayAfterCommit(t *testing.T) {
	t.Parallel()
	u := newUnsure(t)
	u.away.Store(3)
	snapshot := u.live.Source.Snapshot(t, catalog.Entry{Key: "a"})
	result, err := u.commit(t, snapshot, storetest.Day(1), wire.LoseAnswer)
	if err != nil || result.Outcome != record.Changed {
		t.Errorf("got %q, %v", result.Outcome, err)
	}
	if left := u.away.Load(); left > 0 {
		t.Errorf("%d questions fewer than expected", left)
	}
}

// TestRejectionWithoutAnswer wants Reject to find out what became of its COMMIT.
func TestRejectionWithoutAnswer(t *testing.T) {
	t.Parallel()
	for _, action := range []wire.Action{wire.Cut, wire.LoseAnswer} {
		t.Run(action.String(), func(t *testing.T) {
			t.Parallel()
			u := newUnsure(t)
			snapshot := u.live.Source.Snapshot(t, catalog.Entry{Key: "a"})
			run := u.live.Begin(record.Backfill, storetest.Day(1))
			if _, err := u.Update(t.Context(), run, snapshot, func(delta.Delta) []string { return []string{"too much"} }); err != nil {
				t.Fatal(err)
			}
			u.armed.Store(&action)
			err := u.Reject(t.Context(), u.live.List, storetest.Day(1), store.Decision{Actor: "kim", Reason: "half a list"})
			status := storetest.Rows(t, u.pool, "SELECT status FROM snapshots JOIN lists ON lists.id = list_id WHERE list = $1", pgx.RowTo[string], u.live.List.ID.Name)
			if rejected := fmt.Sprint(status) == "[rejected]"; rejected != (err == nil) || rejected != (action == wire.LoseAnswer) {
				t.Errorf("the snapshot is %v, and Reject says %v", status, err)
			}
		})
	}
}
