package main

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"syncer/soak/wire"
)

// crowd runs several processes at once on the one list, syncs and backfills.
// Some are killed, and some freeze, are taken for dead by the others, and thaw.
func (l *life) crowd(ctx context.Context, size int) (result, error) {
	r := result{kind: map[int]string{2: "two at once", 4: "four at once"}[size]}
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	var works []work
	var all []*victim
	for range size {
		w, err := l.someWork(ctx)
		if err != nil {
			return r, err
		}
		v, err := l.program.start(ctx, l.url, w.args...)
		if err != nil {
			return r, err
		}
		works, all = append(works, w), append(all, v)
	}
	r.kill, err = l.trouble(ctx, all)
	if err != nil {
		return r, err
	}
	r.landed, err = l.finish(ctx, before, works, all)
	r.landed = r.landed && r.kill
	return r, err
}

// finish wants what several processes said to be so, and does their work to the
// end; running reports that one of their runs was left running.
func (l *life) finish(ctx context.Context, before int64, works []work, all []*victim) (running bool, err error) {
	left, err := ask[int](ctx, l.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'", before)
	if err != nil {
		return false, err
	}
	if err := l.answers(ctx, before, all...); err != nil {
		return left > 0, err
	}
	for _, w := range works {
		if w.snapshots == nil {
			l.gate.show(w.day)
		}
		if err := l.settle(ctx, w); err != nil {
			return left > 0, err
		}
	}
	return left > 0, nil
}

// trouble does something to each process, or nothing, and waits for all;
// killed reports that one was killed before it ended.
func (l *life) trouble(ctx context.Context, all []*victim) (killed bool, err error) {
	var group sync.WaitGroup
	for _, v := range all {
		delay, what := 20*time.Millisecond+l.someTime(150*time.Millisecond), l.random.IntN(4)
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
	err = l.age(ctx)
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

// freeze stops a sync while it walks; another finds its run dead and closes it;
// what thaws must write nothing.
func (l *life) freeze(ctx context.Context) (result, error) {
	r := result{kind: "frozen, closed by others, thawed"}
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	w, reached, hold := l.sync("whole.yaml"), make(chan struct{}), make(chan struct{})
	var once sync.Once
	l.gate.watch(func(_ int, served bool) {
		once.Do(func() { close(reached); <-hold })
	})
	v, err := l.program.start(ctx, l.url, w.args...)
	if err != nil {
		return r, err
	}
	<-reached
	l.gate.watch(nil)
	err = errors.Join(v.signal(syscall.SIGSTOP), l.age(ctx), l.do(ctx, l.sync("whole.yaml")), l.noneRuns(ctx), v.signal(syscall.SIGCONT))
	close(hold)
	if err := errors.Join(err, v.wait()); err != nil {
		return r, err
	}
	if v.code() != 1 {
		return r, violated("a run that others closed ended with %d: %s", v.code(), v)
	}
	wrote, err := ask[int](ctx, l.pool, "SELECT count(*) FROM snapshots WHERE run_id = (SELECT min(id) FROM runs WHERE id > $1)", before)
	if err != nil || wrote > 0 {
		return r, errors.Join(err, violated("a run that others closed wrote a snapshot: %s", v))
	}
	return r, l.settle(ctx, l.sync("whole.yaml"))
}

// exclude holds a process in its write transaction and ends its other
// sessions, as a pool does with those it does not need. A second process must
// wait until the first is done. (The lock is had after eight messages.)
func (l *life) exclude(ctx context.Context) (result, error) {
	r := result{kind: "second writer"}
	reached, hold := make(chan struct{}), make(chan struct{})
	w := l.sync("whole.yaml")
	t, err := l.setTrap(ctx, atMessage(9+l.random.IntN(12)), func(*trap, wire.Message) wire.Action {
		close(reached)
		<-hold
		return wire.Forward
	})
	if err != nil {
		return r, err
	}
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	if err := t.run(ctx, l, w); err != nil {
		return r, err
	}
	select {
	case <-reached:
	case <-t.victim.ended:
		return r, errors.Join(t.proxy.Close(), l.settle(ctx, w))
	}
	second, err := l.second(ctx, t)
	close(hold)
	if second != nil {
		err = errors.Join(err, second.wait(), t.victim.wait())
	}
	if err = errors.Join(err, t.proxy.Close()); err != nil {
		return r, err
	}
	if err := l.answers(ctx, before, t.victim, second); err != nil {
		return r, err
	}
	return r, l.settle(ctx, w)
}

// second starts another writer and wants it to wait for the list.
func (l *life) second(ctx context.Context, first *trap) (*victim, error) {
	const idle = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle'`
	if _, err := l.pool.Exec(ctx, idle, first.name); err != nil {
		return nil, err
	}
	w, err := l.backfill(ctx, 1)
	if err != nil {
		return nil, err
	}
	v, err := l.program.start(ctx, l.url, w.args...)
	if err != nil {
		return nil, err
	}
	const waits = `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`
	for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
		waiting, err := ask[bool](ctx, l.pool, waits)
		if err != nil || waiting {
			return v, err
		}
		if v.over() && v.code() == 0 {
			return v, violated("a second process wrote while the first was in its transaction: %s", v)
		}
	}
	return v, violated("a second process neither waits nor ends: %s", v)
}
