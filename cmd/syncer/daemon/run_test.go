package daemon

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/pgtemp/pgtest"
	"syncer/schedule"
)

// hourly is a daemon in this process, with a pipeline and its one list.
func hourly(t *testing.T, database string) (*daemon, *pipeline.Pipeline, config.List) {
	t.Helper()
	d := testDaemon(t, database, time.Now, `    lists: { zones: { schedule: "@hourly", jitter: 10m } }`)
	return d, d.inUse(), d.inUse().Config.Scheduled()[0]
}

// TestDueTimeAheadOfTheDatabaseIsNotTaken is a machine whose clock is wrong:
// were the due time taken, it would be missing when it comes.
func TestDueTimeAheadOfTheDatabaseIsNotTaken(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	d, p, list := hourly(t, database)
	err := d.attempt(t.Context(), p, list, time.Now().Add(2*time.Minute))
	if err == nil || !strings.Contains(err.Error(), "is ahead of the database's") {
		t.Errorf("got %v", err)
	}
	if n := scan[int](t, database, "SELECT count(*) FROM runs"); n != 0 {
		t.Errorf("%d runs", n)
	}
}

// TestDueTimeIsSkippedWhileAnotherDaemonReads wants a row for it, and no
// second reader.
func TestDueTimeIsSkippedWhileAnotherDaemonReads(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	d, p, list := hourly(t, database)
	first := time.Now().Truncate(time.Hour)
	if err := d.attempt(t.Context(), p, list, first.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	scan[int64](t, database, `INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at)
		SELECT id, 'sync', $1, now(), now() FROM lists WHERE list = 'zones' RETURNING id`, first.Add(-time.Minute))
	if err := d.attempt(t.Context(), p, list, first); err != nil {
		t.Fatal(err)
	}
	if got := scan[string](t, database, "SELECT string_agg(outcome, ' ' ORDER BY due_at) FROM runs"); got != "changed running skipped" {
		t.Errorf("runs: %s", got)
	}
}

// TestJobsKnowWhatWasTaken wants the newest due time of the database, and the
// list's own jitter.
func TestJobsKnowWhatWasTaken(t *testing.T) {
	t.Parallel()
	d, p, list := hourly(t, pgtest.URL(t))
	due := time.Now().Truncate(time.Hour).UTC()
	if err := d.attempt(t.Context(), p, list, due); err != nil {
		t.Fatal(err)
	}
	jobs, err := d.jobs(t.Context(), p)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	if !jobs[0].Last.Equal(due) || jobs[0].Jitter != schedule.Jitter("iwinv/zones", 10*time.Minute) || jobs[0].Jitter == 0 {
		t.Errorf("got last %s, jitter %s", jobs[0].Last, jobs[0].Jitter)
	}
}

// TestDueTimeThatComesAsTheRunEndsIsRun wants a due time that was to be skipped
// not to be lost when, by the database, nothing is being read any more.
func TestDueTimeThatComesAsTheRunEndsIsRun(t *testing.T) {
	t.Parallel()
	d, p, list := hourly(t, pgtest.URL(t))
	ended := time.Now().Truncate(time.Hour).UTC()
	if err := d.attempt(t.Context(), p, list, ended); err != nil {
		t.Fatal(err)
	}
	ran, ctx := make(chan time.Time, 1), t.Context()
	d.scheduler.Set([]schedule.Job{{
		Name: list.ID.String(), Schedule: list.Times, Last: time.Now().Add(time.Hour),
		Run: func(_ context.Context, due time.Time) { ran <- due },
	}})
	come := ended.Add(time.Minute)
	d.skipped(ctx, list.ID.String(), come, ended)
	go d.scheduler.Run(ctx)
	select {
	case due := <-ran:
		if !due.Equal(come) {
			t.Errorf("ran for %s, want %s", due, come)
		}
	case <-time.After(time.Minute):
		t.Error("the due time is lost")
	}
}

// TestSkippedDueTimeSaysWhy wants a warning for a list that takes too long to read,
// and none for one that waited: for the database, also when that is back by the
// time it can be recorded, or for its source's turn.
func TestSkippedDueTimeSaysWhy(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	d, p, list := hourly(t, database)
	var said strings.Builder
	d.Log = slog.New(slog.NewTextHandler(&said, nil))
	hour := time.Now().Truncate(time.Hour).UTC()
	if err := d.attempt(t.Context(), p, list, hour.Add(-10*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct {
		gone, reading bool
		level, why    string
	}{
		{true, false, "INFO", "an earlier due time of the list waited for the database"},
		{false, false, "INFO", "an earlier due time of the list waited for its turn"},
		{true, true, "INFO", "an earlier due time of the list waited for the database"},
		{false, true, "WARN", "the list was still being read"},
	} {
		d.outage.end()
		if test.gone {
			d.outage.begin(errors.New("gone"))
		}
		due := hour.Add(time.Duration(i-5) * time.Hour)
		if test.reading {
			must(t, database, "INSERT INTO runs (list_id, kind, started_at, heartbeat_at) SELECT id, 'sync', now(), now() FROM lists")
		}
		said.Reset()
		d.skipped(t.Context(), list.ID.String(), due, due.Add(-time.Minute))
		if got := scan[string](t, database, "SELECT reason FROM bi.runs WHERE due_at = $1", due); got != test.why {
			t.Errorf("%+v: recorded %q", test, got)
		}
		if text := said.String(); !strings.Contains(text, "level="+test.level) || !strings.Contains(text, test.why) {
			t.Errorf("%+v: said %s", test, text)
		}
	}
}

// TestRefusedRunIsSeen has the rule changed behind a daemon's back, as when
// another machine rebuilds history.
func TestRefusedRunIsSeen(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	d, p, list := hourly(t, database)
	due := time.Now().Truncate(time.Hour)
	if err := d.attempt(t.Context(), p, list, due.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	must(t, database, "UPDATE lists SET confirm_snapshots = 5")
	if err := d.attempt(t.Context(), p, list, due); err == nil || !strings.Contains(err.Error(), "history was written with 5") {
		t.Errorf("got %v", err)
	}
	got := scan[string](t, database, "SELECT string_agg(concat_ws(' ', outcome, error_class), ', ' ORDER BY run_id) FROM bi.runs")
	if got != "changed, failed absence" {
		t.Errorf("runs: %s", got)
	}
	if got := scan[string](t, database, "SELECT concat_ws(' ', state, last_error) FROM bi.freshness"); !strings.HasPrefix(got, "failed iwinv/zones: absence is configured as 2") {
		t.Errorf("state: %s", got)
	}
	// The due time is not taken by that: a daemon that agrees may have it.
	must(t, database, "UPDATE lists SET confirm_snapshots = 2")
	if err := d.attempt(t.Context(), p, list, due); err != nil {
		t.Error(err)
	}
}
