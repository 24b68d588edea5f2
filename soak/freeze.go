package main

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"syncer/soak/wire"
)

// freezeInWrite stops a process in its write transaction for longer than a run
// may be silent. Two others wait for the list meanwhile, and their runs must
// look alive. The server ends the frozen transaction, the others write, and
// what thaws must write nothing. It takes a minute.
func (p *pair) freezeInWrite(ctx context.Context) (result, error) {
	r := result{kind: "frozen for a minute in its transaction"}
	reached, hold := make(chan struct{}), make(chan struct{})
	w := p.sync("whole.yaml")
	t, err := p.setTrap(ctx, atStatement(20), func(*trap, wire.Message) wire.Action {
		close(reached)
		<-hold
		return wire.Forward
	})
	if err != nil {
		return r, err
	}
	if err := t.run(ctx, p, w); err != nil {
		return r, err
	}
	select {
	case <-reached:
	case <-t.process.ended:
		return r, violated("a write transaction has fewer than 20 messages")
	}
	err = errors.Join(t.process.signal(syscall.SIGSTOP), p.waitForList(ctx), t.process.signal(syscall.SIGCONT))
	close(hold)
	if err := errors.Join(err, t.process.wait(), t.proxy.Close()); err != nil {
		return r, err
	}
	if t.process.code() != 1 {
		return r, violated("a writer that lost its transaction ended with %d: %s", t.process.code(), t.process)
	}
	return r, p.settle(ctx, p.sync("whole.yaml"))
}

// waitForList runs a sync and a backfill that have to wait for the list.
func (p *pair) waitForList(ctx context.Context) error {
	before, err := p.newestRun(ctx)
	if err != nil {
		return err
	}
	load, err := p.backfill(ctx, 1)
	if err != nil {
		return err
	}
	var all []*process
	for _, w := range []work{p.sync("whole.yaml"), load} {
		v, err := p.program.start(ctx, p.url, w.args...)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	time.Sleep(25 * time.Second)
	silent, err := ask[int](ctx, p.pool, `SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'
		AND heartbeat_at < clock_timestamp() - interval '20 seconds'`, before)
	if err == nil && silent > 0 {
		err = violated("%d runs that wait for the list look dead", silent)
	}
	for _, v := range all {
		if err = errors.Join(err, v.wait()); v.code() != 0 {
			err = errors.Join(err, violated("after a minute the list is not free: %s", v))
		}
	}
	return err
}

// freeze stops a sync while it walks; another finds its run dead and closes it;
// what thaws must write nothing.
func (p *pair) freeze(ctx context.Context) (result, error) {
	r := result{kind: "frozen, closed by others, thawed"}
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	w, reached, hold := p.sync("whole.yaml"), make(chan struct{}), make(chan struct{})
	var once sync.Once
	p.provider.watch(func(_ int, served bool) {
		once.Do(func() { close(reached); <-hold })
	})
	v, err := p.program.start(ctx, p.url, w.args...)
	if err != nil {
		return r, err
	}
	<-reached
	p.provider.watch(nil)
	err = errors.Join(v.signal(syscall.SIGSTOP), p.age(ctx), p.do(ctx, p.sync("whole.yaml")), p.noneRuns(ctx), v.signal(syscall.SIGCONT))
	close(hold)
	if err := errors.Join(err, v.wait()); err != nil {
		return r, err
	}
	if v.code() != 1 {
		return r, violated("a run that others closed ended with %d: %s", v.code(), v)
	}
	wrote, err := ask[int](ctx, p.pool, "SELECT count(*) FROM snapshots WHERE run_id = (SELECT min(id) FROM runs WHERE id > $1)", before)
	if err != nil || wrote > 0 {
		return r, errors.Join(err, violated("a run that others closed wrote a snapshot: %s", v))
	}
	return r, p.settle(ctx, p.sync("whole.yaml"))
}
