package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
)

// daemons are several `syncer serve` on one database, and the provider that
// they read, with a gate before it.
type daemons struct {
	*gate
	database string
	all      []*served
}

func startDaemons(t *testing.T, count int) *daemons {
	t.Helper()
	endpoint := simulated(t)
	d := &daemons{gate: newGate(t, endpoint.BaseURL), database: pgtest.URL(t)}
	path := scheduled(t, endpoint, d.URL, `{ zones: { schedule: "@every 5s" }, images: { schedule: "@every 5s" } }`)
	for i := range count {
		p := startServe(t, d.database, path)
		p.name = fmt.Sprintf("daemon %d", i)
		d.all = append(d.all, p)
	}
	for _, p := range d.all {
		eventually(t, p.name+" is ready", func() bool { return p.count("READY=1") == 1 })
	}
	return d
}

// catch holds the next run of a list in the middle, and returns its daemon and
// its id.
func (d *daemons) catch(t *testing.T, list string) (owner *served, run int64) {
	t.Helper()
	d.hold("/" + list)
	eventually(t, "a run of "+list+" in the middle", func() bool { return d.held.Load() == 1 })
	same := 0 // those that lost the race say for a moment that they read it, too
	eventually(t, "one daemon alone that reads "+list, func() bool {
		readers := d.reading(list)
		if len(readers) != 1 || readers[0] != owner {
			same, owner = 0, nil
		}
		if len(readers) == 1 {
			same, owner = same+1, readers[0]
		}
		return same == 50
	})
	return owner, scan[int64](t, d.database, "SELECT id FROM runs WHERE outcome = 'running' AND list_id = (SELECT id FROM lists WHERE list = $1)", list)
}

// reading are the living daemons whose status names a list.
func (d *daemons) reading(list string) []*served {
	var all []*served
	for _, p := range d.all {
		if !p.ended() && strings.HasPrefix(p.status(), "reading") && strings.Contains(p.status(), "iwinv/"+list) {
			all = append(all, p)
		}
	}
	return all
}

// silent lets the minute pass after which a run without heartbeat is closed:
// in the database alone, or in truth where the test has the time.
func (d *daemons) silent(t *testing.T, run int64) {
	t.Helper()
	if os.Getenv("SYNCER_SOAK") != "" {
		time.Sleep(61 * time.Second)
		return
	}
	conn, err := pgx.Connect(t.Context(), d.database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "UPDATE runs SET heartbeat_at = heartbeat_at - interval '61 seconds' WHERE id = $1", run); err != nil {
		t.Fatal(err)
	}
}

// wantTakenUp wants a run closed as abandoned, and its due time run by another.
func (d *daemons) wantTakenUp(t *testing.T, run int64) {
	t.Helper()
	eventually(t, "the due time is taken up again", func() bool {
		return scan[bool](t, d.database, `SELECT dead.outcome = 'abandoned' AND EXISTS (SELECT FROM runs again WHERE again.list_id = dead.list_id
			AND again.due_at = dead.due_at AND again.id > dead.id AND again.outcome IN ('changed', 'unchanged')) FROM runs dead WHERE dead.id = $1`, run)
	})
}

// TestFourDaemons lets each due time of each list run exactly once, while one
// daemon is killed and another frozen in the middle of a run.
func TestFourDaemons(t *testing.T) {
	t.Parallel()
	d := startDaemons(t, 4)
	eventually(t, "two runs of each list", func() bool { return scan[int](t, d.database, endedRuns) >= 4 })

	killed, run := d.catch(t, "zones")
	killed.signal(t, syscall.SIGKILL)
	if err := killed.end(t); killedBy(err) != syscall.SIGKILL {
		t.Fatalf("the kill did not land: %v", err)
	}
	d.release()
	d.silent(t, run)
	d.wantTakenUp(t, run)

	frozen, run := d.catch(t, "images")
	frozen.signal(t, syscall.SIGSTOP)
	d.release()
	d.silent(t, run)
	d.wantTakenUp(t, run)
	before := d.rowOf(t, run)
	frozen.signal(t, syscall.SIGCONT)
	eventually(t, "the thawed daemon sees that its run is not its own", func() bool {
		return strings.Contains(frozen.text(), "the run is no longer ours")
	})
	if diff := cmp.Diff(before, d.rowOf(t, run)); diff != "" {
		t.Errorf("the thawed run wrote its row (-before +after):\n%s", diff)
	}
	if n := scan[int](t, d.database, "SELECT count(*) FROM snapshots WHERE run_id = $1", run); n != 0 {
		t.Errorf("the thawed run wrote %d snapshots", n)
	}
	for _, p := range d.all {
		if p != killed {
			p.signal(t, syscall.SIGTERM)
		}
	}
	for _, p := range d.all {
		p.end(t)
	}
	d.wantEachDueTimeOnce(t)
}

func (d *daemons) rowOf(t *testing.T, run int64) string {
	t.Helper()
	return scan[string](t, d.database, "SELECT to_jsonb(runs)::text FROM runs WHERE id = $1", run)
}

// wantEachDueTimeOnce wants one row for each due time from the first to the
// last of a list, beside the abandoned ones, and no failure.
func (d *daemons) wantEachDueTimeOnce(t *testing.T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), `
		SELECT format('%s of list %s: %s runs, %s failed', due, span.list_id, count(runs.id), count(*) FILTER (WHERE outcome IN ('failed', 'running')))
		FROM (SELECT list_id, min(due_at) AS first, max(due_at) AS last FROM runs GROUP BY list_id) AS span
			CROSS JOIN generate_series(first, last, interval '5 seconds') AS due
			LEFT JOIN runs ON runs.list_id = span.list_id AND due_at = due AND outcome <> 'abandoned'
		GROUP BY span.list_id, due
		HAVING count(runs.id) <> 1 OR bool_or(outcome IN ('failed', 'running'))`)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(wrong) > 0 {
		t.Errorf("due times that did not run once: %q, %v", wrong, err)
	}
	total := scan[int](t, d.database, endedRuns)
	misaligned := scan[int](t, d.database, "SELECT count(*) FROM runs WHERE extract(epoch FROM due_at)::bigint % 5 <> 0 OR due_at IS NULL")
	if total < 8 || misaligned > 0 {
		t.Errorf("%d runs ended, %d are not aligned to the epoch", total, misaligned)
	}
	t.Logf("%d runs ended; skipped: %d; abandoned: %d", total,
		scan[int](t, d.database, "SELECT count(*) FROM runs WHERE outcome = 'skipped'"),
		scan[int](t, d.database, "SELECT count(*) FROM runs WHERE outcome = 'abandoned'"))
}
