package main

import (
	"context"
	"errors"
	"syscall"
	"time"

	"syncer/soak/wire"
)

// freezeInWrite stops a process in its write transaction for longer than a run
// may be silent. Two others wait for the list meanwhile, and their runs must
// look alive. The server ends the frozen transaction, the others write, and
// what thaws must write nothing. It takes a minute.
func (l *life) freezeInWrite(ctx context.Context) (result, error) {
	r := result{kind: "frozen for a minute in its transaction"}
	reached, hold := make(chan struct{}), make(chan struct{})
	w := l.sync("whole.yaml")
	t, err := l.setTrap(ctx, atStatement(20), func(*trap, wire.Message) wire.Action {
		close(reached)
		<-hold
		return wire.Forward
	})
	if err != nil {
		return r, err
	}
	if err := t.run(ctx, l, w); err != nil {
		return r, err
	}
	select {
	case <-reached:
	case <-t.victim.ended:
		return r, violated("a write transaction has fewer than 20 messages")
	}
	err = errors.Join(t.victim.signal(syscall.SIGSTOP), l.waitForList(ctx), t.victim.signal(syscall.SIGCONT))
	close(hold)
	if err := errors.Join(err, t.victim.wait(), t.proxy.Close()); err != nil {
		return r, err
	}
	if t.victim.code() != 1 {
		return r, violated("a writer that lost its transaction ended with %d: %s", t.victim.code(), t.victim)
	}
	return r, l.settle(ctx, l.sync("whole.yaml"))
}

// waitForList runs a sync and a backfill that have to wait for the list.
func (l *life) waitForList(ctx context.Context) error {
	before, err := l.newestRun(ctx)
	if err != nil {
		return err
	}
	load, err := l.backfill(ctx, 1)
	if err != nil {
		return err
	}
	var all []*victim
	for _, w := range []work{l.sync("whole.yaml"), load} {
		v, err := l.program.start(ctx, l.url, w.args...)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	time.Sleep(25 * time.Second)
	silent, err := ask[int](ctx, l.pool, `SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'
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
