package main

import (
	"context"
	"errors"
	"slices"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// daemons runs two daemons and a backfill on the one list at once while what
// the provider shows keeps changing. Sometimes one daemon is killed as soon as
// a page was asked for.
func (l *life) daemons(ctx context.Context) (result, error) {
	r := result{kind: "two daemons and a backfill", kill: l.random.IntN(2) == 0}
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	w, err := l.backfill(ctx, 3)
	if err != nil {
		return r, err
	}
	asked := make(chan struct{}, 1)
	var all []*victim
	for _, args := range [][]string{{"serve", "-c", "daemon.yaml"}, {"serve", "-c", "daemon.yaml"}, w.args} {
		v, err := l.program.start(ctx, l.url, args...)
		if err != nil {
			return r, err
		}
		all = append(all, v)
	}
	if r.kill {
		l.gate.watch(func(int, bool) {
			select {
			case asked <- struct{}{}:
				all[0].kill()
			default: // a page was asked for before
			}
		})
	}
	for range 10 {
		l.gate.show(l.someDay())
		time.Sleep(250 * time.Millisecond)
	}
	l.gate.watch(nil)
	if err := l.stop(ctx, &r, all, before); err != nil {
		return r, err
	}
	if err := l.onePerDue(ctx); err != nil {
		return r, err
	}
	return r, errors.Join(l.settle(ctx, w), l.settle(ctx, l.sync("whole.yaml")))
}

// stop ends daemons as systemd does, and wants the backfill to have told the
// truth.
func (l *life) stop(ctx context.Context, r *result, all []*victim, before int64) error {
	for i, v := range all {
		if i < 2 {
			_ = v.signal(syscall.SIGTERM) // a killed one cannot be told
		}
		if err := v.wait(); err != nil {
			return err
		}
		if v.code() != 0 && !v.dead() {
			return violated("ended with %d: %s", v.code(), v)
		}
	}
	running, err := ask[int](ctx, l.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'", before)
	if err != nil {
		return err
	}
	r.landed = all[0].dead() && running > 0
	said, err := all[2].successes()
	if err != nil {
		return err
	}
	wrote, err := ask[int](ctx, l.pool, "SELECT count(*) FROM runs WHERE id > $1 AND kind = 'backfill' AND outcome IN ('changed', 'unchanged')", before)
	if err == nil && wrote != said {
		return violated("%d runs of a backfill committed, and success was told of %d", wrote, said)
	}
	return err
}

// onePerDue wants each due time to have been read once.
func (l *life) onePerDue(ctx context.Context) error {
	twice, err := askAll(ctx, l.pool, pgx.RowTo[time.Time], `SELECT due_at FROM runs WHERE due_at IS NOT NULL AND outcome <> 'abandoned'
		GROUP BY list_id, due_at HAVING count(*) > 1`)
	if err == nil && len(twice) > 0 {
		return violated("due times that ran twice: %v", twice)
	}
	return err
}

// stepClock puts the list's last moment ahead of the database's clock, as a
// clock that was set back does. Far ahead, a sync must refuse; a little ahead,
// moments go on growing.
func (l *life) stepClock(ctx context.Context) (result, error) {
	r := result{kind: "clock steps"}
	before, err := l.committed(ctx)
	if err != nil {
		return r, err
	}
	const ahead = "UPDATE lists SET last_taken_at = clock_timestamp() + $1::interval"
	if _, err := l.pool.Exec(ctx, ahead, 2*time.Hour); err != nil {
		return r, err
	}
	v, err := l.program.start(ctx, l.url, l.sync("whole.yaml").args...)
	if err == nil {
		err = v.wait()
	}
	if err != nil {
		return r, err
	}
	class, err := ask[string](ctx, l.pool, "SELECT coalesce(error_class, outcome) FROM runs ORDER BY id DESC LIMIT 1")
	if err != nil {
		return r, err
	}
	if v.code() != 1 || class != "clock" {
		return r, violated("a clock two hours behind ends with %d and class %s: %s", v.code(), class, v)
	}
	if after, err := l.committed(ctx); err != nil || !slices.Equal(before, after) {
		return r, errors.Join(err, violated("a sync wrote although its clock is wrong"))
	}
	const little = 1500 * time.Millisecond
	if _, err := l.pool.Exec(ctx, ahead, little); err != nil {
		return r, err
	}
	w := l.sync("whole.yaml")
	err = errors.Join(l.settle(ctx, w), l.settle(ctx, w))
	time.Sleep(little) // a backfill refuses moments in the future
	return r, err
}
