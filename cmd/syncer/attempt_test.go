package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/monitor"
	"syncer/pgtemp/pgtest"
	"syncer/schedule"
)

// daemonAt is a daemon in this process, with a workshop and its one list.
func daemonAt(t *testing.T, database string) (*daemon, *workshop, config.List) {
	t.Helper()
	endpoint := simulated(t)
	values := map[string]string{"DATABASE_URL": database}
	s := newSession(t.Context(), environment{
		Stdout: io.Discard, Stderr: io.Discard, Now: time.Now,
		Lookup: func(name string) (string, bool) { value, found := values[name]; return value, found },
	}, scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@hourly", jitter: 10m } }`))
	d := &daemon{session: s, away: &away{now: time.Now, log: s.log}, lanes: newLanes(), scheduler: schedule.New(schedule.Options{Now: time.Now})}
	d.monitor = monitor.New(monitor.Options{Now: time.Now, Log: s.log})
	loaded, err := d.configured()
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.openWith(loaded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	d.use(w, nil)
	return d, w, scheduledLists(loaded)[0]
}

// TestDueTimeAheadOfTheDatabaseIsNotTaken is a machine whose clock is wrong:
// were the due time taken, it would be missing when it comes.
func TestDueTimeAheadOfTheDatabaseIsNotTaken(t *testing.T) {
	database := pgtest.URL(t)
	d, w, list := daemonAt(t, database)
	err := d.attempt(t.Context(), w, list, time.Now().Add(2*time.Minute))
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
	database := pgtest.URL(t)
	d, w, list := daemonAt(t, database)
	first := time.Now().Truncate(time.Hour)
	if err := d.attempt(t.Context(), w, list, first.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	scan[int64](t, database, `INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at)
		SELECT id, 'sync', $1, now(), now() FROM lists WHERE list = 'zones' RETURNING id`, first.Add(-time.Minute))
	if err := d.attempt(t.Context(), w, list, first); err != nil {
		t.Fatal(err)
	}
	if got := scan[string](t, database, "SELECT string_agg(outcome, ' ' ORDER BY due_at) FROM runs"); got != "changed running skipped" {
		t.Errorf("runs: %s", got)
	}
}

// TestJobsKnowWhatWasTaken wants the newest due time of the database, and the
// list's own jitter.
func TestJobsKnowWhatWasTaken(t *testing.T) {
	d, w, list := daemonAt(t, pgtest.URL(t))
	due := time.Now().Truncate(time.Hour).UTC()
	if err := d.attempt(t.Context(), w, list, due); err != nil {
		t.Fatal(err)
	}
	jobs, err := d.jobs(t.Context(), w)
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
	d, w, list := daemonAt(t, pgtest.URL(t))
	ended := time.Now().Truncate(time.Hour).UTC()
	if err := d.attempt(t.Context(), w, list, ended); err != nil {
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
	case <-time.After(patience):
		t.Error("the due time is lost")
	}
}

// TestSkippedDueTimeSaysWhy wants a warning for a list that takes too long to read,
// and none for one that waited: for the database, also when that is back by the
// time it can be recorded, or for its source's turn.
func TestSkippedDueTimeSaysWhy(t *testing.T) {
	database := pgtest.URL(t)
	d, w, list := daemonAt(t, database)
	var said strings.Builder
	d.log = slog.New(slog.NewTextHandler(&said, nil))
	hour := time.Now().Truncate(time.Hour).UTC()
	if err := d.attempt(t.Context(), w, list, hour.Add(-10*time.Hour)); err != nil {
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
		d.away.back()
		if test.gone {
			d.away.tell(errors.New("gone"))
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
