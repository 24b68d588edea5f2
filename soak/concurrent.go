package main

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"syncer/soak/wire"
)

// concurrent runs several processes at once on the one list, syncs and backfills.
// Some are killed, and some freeze, are taken for dead by the others, and thaw.
func (p *pair) concurrent(ctx context.Context, size int) (result, error) {
	r := result{kind: map[int]string{2: "two at once", 4: "four at once"}[size]}
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	var works []work
	var all []*process
	for range size {
		w, err := p.someWork(ctx)
		if err != nil {
			return r, err
		}
		v, err := p.program.start(ctx, p.url, w.args...)
		if err != nil {
			return r, err
		}
		works, all = append(works, w), append(all, v)
	}
	r.kill, err = p.trouble(ctx, all)
	if err != nil {
		return r, err
	}
	r.landed, err = p.finish(ctx, before, works, all)
	r.landed = r.landed && r.kill
	return r, err
}

// finish wants what several processes reported to be so, and does their work to the
// end; running reports that one of their runs was left running.
func (p *pair) finish(ctx context.Context, before int64, works []work, all []*process) (running bool, err error) {
	left, err := ask[int](ctx, p.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'", before)
	if err != nil {
		return false, err
	}
	if err := p.answers(ctx, before, all...); err != nil {
		return left > 0, err
	}
	for _, w := range works {
		if w.snapshots == nil {
			p.provider.show(w.day)
		}
		if err := p.settle(ctx, w); err != nil {
			return left > 0, err
		}
	}
	return left > 0, nil
}

// trouble does something to each process, or nothing, and waits for all;
// killed reports that one was killed before it ended.
func (p *pair) trouble(ctx context.Context, all []*process) (killed bool, err error) {
	var group sync.WaitGroup
	for _, v := range all {
		delay, what := 20*time.Millisecond+p.someTime(150*time.Millisecond), p.random.IntN(4)
		group.Go(func() {
			time.Sleep(delay)
			switch what {
			case 0:
				v.kill()
			case 1:
				_ = v.signal(syscall.SIGSTOP) // it may have ended
				time.Sleep(5 * delay)
				_ = v.signal(syscall.SIGCONT)
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	err = p.age(ctx)
	group.Wait()
	for _, v := range all {
		err = errors.Join(err, v.wait())
	}
	if err != nil {
		return false, err
	}
	for _, v := range all {
		killed = killed || v.dead()
	}
	return killed, nil
}

// exclude holds a process in its write transaction and ends its other
// sessions, as a pool does with those it does not need. A second process must
// wait until the first is done. (The lock is had after eight messages.)
func (p *pair) exclude(ctx context.Context) (result, error) {
	r := result{kind: "second writer"}
	reached, hold := make(chan struct{}), make(chan struct{})
	w := p.sync("whole.yaml")
	t, err := p.setTrap(ctx, atMessage(9+p.random.IntN(12)), func(*trap, wire.Message) wire.Action {
		close(reached)
		<-hold
		return wire.Forward
	})
	if err != nil {
		return r, err
	}
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	if err := t.run(ctx, p, w); err != nil {
		return r, err
	}
	select {
	case <-reached:
	case <-t.process.ended:
		return r, errors.Join(t.proxy.Close(), p.settle(ctx, w))
	}
	second, err := p.second(ctx, t)
	close(hold)
	if second != nil {
		err = errors.Join(err, second.wait(), t.process.wait())
	}
	if err = errors.Join(err, t.proxy.Close()); err != nil {
		return r, err
	}
	if err := p.answers(ctx, before, t.process, second); err != nil {
		return r, err
	}
	return r, p.settle(ctx, w)
}

// second starts another writer and wants it to wait for the list.
func (p *pair) second(ctx context.Context, first *trap) (*process, error) {
	const idle = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle'`
	if _, err := p.pool.Exec(ctx, idle, first.name); err != nil {
		return nil, err
	}
	w, err := p.backfill(ctx, 1)
	if err != nil {
		return nil, err
	}
	v, err := p.program.start(ctx, p.url, w.args...)
	if err != nil {
		return nil, err
	}
	const waits = `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`
	for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
		waiting, err := ask[bool](ctx, p.pool, waits)
		if err != nil || waiting {
			return v, err
		}
		if v.over() && v.code() == 0 {
			return v, violated("a second process wrote while the first was in its transaction: %s", v)
		}
	}
	return v, violated("a second process neither waits nor ends: %s", v)
}
