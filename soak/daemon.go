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
func (p *pair) daemons(ctx context.Context) (result, error) {
	r := result{kind: "two daemons and a backfill", kill: p.random.IntN(2) == 0}
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	w, err := p.backfill(ctx, 3)
	if err != nil {
		return r, err
	}
	asked, names := make(chan struct{}, 1), []string{p.name(), p.name(), p.name()}
	var all []*process
	for i, args := range [][]string{{"serve", "-c", "daemon.yaml"}, {"serve", "-c", "daemon.yaml"}, w.args} {
		at, err := p.named(names[i])
		if err != nil {
			return r, err
		}
		v, err := p.program.start(ctx, at, args...)
		if err != nil {
			return r, err
		}
		all = append(all, v)
	}
	if r.kill {
		p.provider.watch(func(int, bool) {
			select {
			case asked <- struct{}{}:
				all[0].kill()
			default: // a page was asked for before
			}
		})
	}
	for range 10 {
		p.provider.show(p.someDay())
		time.Sleep(250 * time.Millisecond)
	}
	for i := range 2 { // before that, SIGTERM would end them as it ends any program
		if err := p.connected(ctx, names[i], all[i]); err != nil {
			return r, err
		}
	}
	p.provider.watch(nil)
	if err := p.stop(ctx, &r, all, before); err != nil {
		return r, err
	}
	if err := p.onePerDue(ctx); err != nil {
		return r, err
	}
	return r, errors.Join(p.settle(ctx, w), p.settle(ctx, p.sync("whole.yaml")))
}

// connected waits until a process has connected to the database, or has ended.
func (p *pair) connected(ctx context.Context, name string, v *process) error {
	for began := time.Now(); time.Since(began) < patience && !v.over(); time.Sleep(5 * time.Millisecond) {
		n, err := ask[int](ctx, p.pool, "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", name)
		if err != nil || n > 0 {
			return err
		}
	}
	if v.over() {
		return nil
	}
	return violated("%s does not connect", v)
}

// stop ends daemons as systemd does, and wants the backfill to have
// reported the truth.
func (p *pair) stop(ctx context.Context, r *result, all []*process, before int64) error {
	for i, v := range all {
		if i < 2 {
			_ = v.signal(syscall.SIGTERM) // a killed one hears nothing
		}
		if err := v.wait(); err != nil {
			return err
		}
		if v.code() != 0 && !v.dead() {
			return violated("ended with %d: %s", v.code(), v)
		}
	}
	running, err := ask[int](ctx, p.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'", before)
	if err != nil {
		return err
	}
	r.landed = all[0].dead() && running > 0
	reported, err := all[2].successes()
	if err != nil {
		return err
	}
	wrote, err := ask[int](ctx, p.pool, "SELECT count(*) FROM runs WHERE id > $1 AND kind = 'backfill' AND outcome IN ('changed', 'unchanged')", before)
	if err == nil && wrote != reported {
		return violated("%d runs of a backfill committed, and %d successes were reported", wrote, reported)
	}
	return err
}

// onePerDue wants each due time to have been read once.
func (p *pair) onePerDue(ctx context.Context) error {
	twice, err := askAll(ctx, p.pool, pgx.RowTo[time.Time], `SELECT due_at FROM runs WHERE due_at IS NOT NULL AND outcome <> 'abandoned'
		GROUP BY list_id, due_at HAVING count(*) > 1`)
	if err == nil && len(twice) > 0 {
		return violated("due times that ran twice: %v", twice)
	}
	return err
}

// stepClock puts the list's last moment ahead of the database's clock, as a
// clock that was set back does. Far ahead, a sync must refuse; a little ahead,
// moments go on growing.
func (p *pair) stepClock(ctx context.Context) (result, error) {
	r := result{kind: "clock steps"}
	before, err := p.committed(ctx)
	if err != nil {
		return r, err
	}
	const ahead = "UPDATE lists SET last_taken_at = clock_timestamp() + $1::interval"
	if _, err := p.pool.Exec(ctx, ahead, 2*time.Hour); err != nil {
		return r, err
	}
	v, err := p.program.start(ctx, p.url, p.sync("whole.yaml").args...)
	if err == nil {
		err = v.wait()
	}
	if err != nil {
		return r, err
	}
	class, err := ask[string](ctx, p.pool, "SELECT coalesce(error_class, outcome) FROM runs ORDER BY id DESC LIMIT 1")
	if err != nil {
		return r, err
	}
	if v.code() != 1 || class != "clock" {
		return r, violated("a clock two hours behind ends with %d and class %s: %s", v.code(), class, v)
	}
	if after, err := p.committed(ctx); err != nil || !slices.Equal(before, after) {
		return r, errors.Join(err, violated("a sync wrote although its clock is wrong"))
	}
	if _, err := p.pool.Exec(ctx, ahead, 1500*time.Millisecond); err != nil {
		return r, err
	}
	w := p.sync("whole.yaml")
	if err := errors.Join(p.settle(ctx, w), p.settle(ctx, w)); err != nil {
		return r, err
	}
	_, err = p.pool.Exec(ctx, "SELECT pg_sleep_until(max(last_taken_at)) FROM lists") // a backfill refuses moments in the future
	return r, err
}
