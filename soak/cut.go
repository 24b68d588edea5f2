package main

import (
	"context"
	"errors"

	"syncer/soak/wire"
)

// loseCommit breaks the connection around COMMIT. Whatever became of it, the
// process has to find out and to tell.
func (l *life) loseCommit(ctx context.Context, action wire.Action) (result, error) {
	r := result{kind: "COMMIT: " + action.String()}
	w, err := l.someWork(ctx)
	if err != nil {
		return r, err
	}
	return r, l.survive(ctx, w, atCommit, func(*trap, wire.Message) wire.Action { return action })
}

// loseConnection breaks the connection at a message of the write transaction:
// one message after the other.
func (l *life) loseConnection(ctx context.Context) (result, error) {
	r := result{kind: "connection cut at a message"}
	w, err := l.someWork(ctx)
	if err != nil {
		return r, err
	}
	n := 1 + l.random.IntN(60)
	return r, l.survive(ctx, w, atMessage(n), func(*trap, wire.Message) wire.Action { return wire.Cut })
}

// loseBackend has the server end the session that writes, as an administrator
// or a shutdown does.
func (l *life) loseBackend(ctx context.Context) (result, error) {
	r := result{kind: "backend ended at a message"}
	w, err := l.someWork(ctx)
	if err != nil {
		return r, err
	}
	n, failed := 1+l.random.IntN(60), make(chan error, 1)
	err = l.survive(ctx, w, atMessage(n), func(t *trap, _ wire.Message) wire.Action {
		_, err := l.pool.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", t.name)
		failed <- err
		return wire.Forward
	})
	select {
	case end := <-failed:
		return r, errors.Join(err, end)
	default:
		return r, err
	}
}

// survive runs a command whose connection has an accident, and wants it to end
// by itself and to tell the truth.
func (l *life) survive(ctx context.Context, w work, here place, accident func(*trap, wire.Message) wire.Action) (err error) {
	before, err := l.newestRun(ctx)
	if err != nil {
		return err
	}
	t, err := l.setTrap(ctx, here, accident)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.proxy.Close()) }()
	if err := t.run(ctx, l, w); err != nil {
		return err
	}
	if err := t.victim.wait(); err != nil {
		return err
	}
	if err := l.gone(ctx, t.name); err != nil {
		return err
	}
	if err := l.answers(ctx, before, t.victim); err != nil {
		return err
	}
	return l.settle(ctx, w)
}
