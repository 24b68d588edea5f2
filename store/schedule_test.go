package store_test

import (
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
	"syncer/store/storetest"
)

// dueBench is a registered list and its due times, an hour apart.
type dueBench struct {
	*store.Store
	pool *pgxpool.Pool
	list record.List
	due  time.Time
}

func newDueBench(t *testing.T) dueBench {
	pool := pgtest.New(t)
	now := storetest.Rows(t, pool, "SELECT clock_timestamp()", pgx.RowTo[time.Time])[0]
	return dueBench{store.New(pool), pool, storetest.NewLive(t, pool, catalog.Products).List, now.Truncate(time.Hour).Add(-6 * time.Hour)}
}

func (b dueBench) at(hours int) time.Time { return b.due.Add(time.Duration(hours) * time.Hour) }

func (b dueBench) begin(t *testing.T, hours int) store.Run {
	t.Helper()
	due := b.at(hours)
	run, err := b.BeginSync(t.Context(), b.list, &due)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (b dueBench) end(t *testing.T, run store.Run) {
	t.Helper()
	if err := b.Fail(t.Context(), run, store.Failure{Class: "fetch", Text: "no"}); err != nil {
		t.Fatal(err)
	}
}

func (b dueBench) skip(t *testing.T, hours int, waiting time.Time, want bool) {
	t.Helper()
	why, err := b.Skip(t.Context(), store.Due{List: b.list.ID, At: b.at(hours)}, waiting, "")
	if got := why != ""; err != nil || got != want {
		t.Errorf("skip hour %d: got %t, %v, want %t", hours, got, err, want)
	}
}

// age lets minutes pass for the runs that still run.
func (b dueBench) age(t *testing.T, minutes int) {
	t.Helper()
	if _, err := b.pool.Exec(t.Context(), "UPDATE runs SET heartbeat_at = heartbeat_at - $1 * interval '1 minute' WHERE outcome = 'running'", minutes); err != nil {
		t.Fatal(err)
	}
}

func (b dueBench) leftBehind(t *testing.T, hours ...int) {
	t.Helper()
	got, err := b.LeftBehind(t.Context(), []catalog.ListID{b.list.ID})
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Due{}
	for _, hour := range hours {
		want = append(want, store.Due{List: b.list.ID, At: b.at(hour)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("left behind (-want +got):\n%s", diff)
	}
}

// TestSkippedOnlyWhileTheListIsRead wants a row for each due time that came
// while its list was being read, and none for one that somebody has.
func TestSkippedOnlyWhileTheListIsRead(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	b.skip(t, 0, time.Time{}, false) // idle
	run := b.begin(t, 1)
	b.skip(t, 1, time.Time{}, false) // taken
	b.skip(t, 2, time.Time{}, true)
	b.skip(t, 2, time.Time{}, false) // skipped already
	b.end(t, run)
	b.skip(t, 3, time.Time{}, false)
	got := storetest.Rows(t, b.pool, `SELECT outcome || ' ' || (ended_at IS NOT NULL) FROM runs JOIN lists ON lists.id = list_id WHERE list = $1 ORDER BY due_at`, pgx.RowTo[string], b.list.ID.Name)
	if diff := cmp.Diff([]string{"failed true", "skipped true"}, got); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// TestSkippedWhileAnEarlierDueTimeWaits is a process that is yet to begin with
// the due time before; if somebody else has that one, it is not in the way.
func TestSkippedWhileAnEarlierDueTimeWaits(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	b.skip(t, 2, b.at(1), true)
	b.end(t, b.begin(t, 3))
	b.skip(t, 4, b.at(3), false)
}

func TestDeadRunIsNotInTheWay(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	b.begin(t, 1)
	b.age(t, 2)
	b.skip(t, 2, time.Time{}, false)
}

// TestDueTimeOfADeadProcessIsTakenUpAgain wants it offered until somebody has
// it, and not while the list is being read.
func TestDueTimeOfADeadProcessIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	b.begin(t, 1)
	b.leftBehind(t)
	b.age(t, 2)
	b.leftBehind(t, 1)
	b.leftBehind(t, 1) // who saw it first may have died, too
	reading := b.begin(t, 2)
	b.leftBehind(t)
	b.end(t, reading)
	b.skip(t, 1, b.at(0), false) // it waits, and is not skipped
	again := b.begin(t, 1)
	b.leftBehind(t)
	b.end(t, again)
	b.leftBehind(t)
}

func TestDueTimeThatKillsIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	for range 2 {
		b.begin(t, 1)
		b.age(t, 2)
		b.leftBehind(t, 1)
	}
	b.begin(t, 1)
	b.age(t, 2)
	b.leftBehind(t)
}

func TestLongDeadDueTimeIsLeftToTheCatchUp(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	b.begin(t, 1)
	b.age(t, 60)
	b.leftBehind(t)
}

func TestByHandRunsAreNotClosed(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	run, err := b.BeginSync(t.Context(), b.list, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.age(t, 2)
	b.leftBehind(t)
	if err := b.Heartbeat(t.Context(), run); err != nil {
		t.Error(err)
	}
}

// TestLastDueIsTheNewestThatWasTaken counts failed and skipped ones, and not
// those that died.
func TestLastDueIsTheNewestThatWasTaken(t *testing.T) {
	t.Parallel()
	b := newDueBench(t)
	want := func(want time.Time) {
		t.Helper()
		if got, err := b.LastDue(t.Context(), b.list.ID); err != nil || !got.Equal(want) {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	want(time.Time{})
	b.end(t, b.begin(t, 2))
	b.end(t, b.begin(t, 1))
	want(b.at(2))
	b.begin(t, 3)
	want(b.at(3))
	b.skip(t, 4, time.Time{}, true)
	want(b.at(4))
	at := b.at(5)
	if _, err := b.BeginSync(t.Context(), b.list, &at); !errors.Is(err, store.ErrSkipped) {
		t.Errorf("while the list is read: got error %v", err)
	}
	want(b.at(5))
	b.age(t, 2)
	b.leftBehind(t, 3)
	want(b.at(5))
}
