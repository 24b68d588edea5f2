package main

import (
	"context"
	"errors"

	"syncer/soak/wire"
)

// loseCommit breaks the connection around COMMIT. Whatever became of it, the
// process has to find out and to report it.
func (p *pair) loseCommit(ctx context.Context, action wire.Action) (result, error) {
	r := result{kind: "COMMIT: " + action.String()}
	w, err := p.someWork(ctx)
	if err != nil {
		return r, err
	}
	return r, p.survive(ctx, w, atCommit, func(*trap, wire.Message) wire.Action { return action })
}

// loseConnection breaks the connection at a message of the write transaction:
// one message after the other.
func (p *pair) loseConnection(ctx context.Context) (result, error) {
	r := result{kind: "connection cut at a message"}
	w, err := p.someWork(ctx)
	if err != nil {
		return r, err
	}
	n := 1 + p.random.IntN(60)
	return r, p.survive(ctx, w, atMessage(n), func(*trap, wire.Message) wire.Action { return wire.Cut })
}

// loseBackend has the server end the session that writes, as an administrator
// or a shutdown does.
func (p *pair) loseBackend(ctx context.Context) (result, error) {
	r := result{kind: "backend ended at a message"}
	w, err := p.someWork(ctx)
	if err != nil {
		return r, err
	}
	n, failed := 1+p.random.IntN(60), make(chan error, 1)
	err = p.survive(ctx, w, atMessage(n), func(t *trap, _ wire.Message) wire.Action {
		_, err := p.pool.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", t.name)
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
// by itself and to report the truth.
func (p *pair) survive(ctx context.Context, w work, here place, accident func(*trap, wire.Message) wire.Action) (err error) {
	before, err := p.newestRun(ctx)
	if err != nil {
		return err
	}
	t, err := p.setTrap(ctx, here, accident)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.proxy.Close()) }()
	if err := t.run(ctx, p, w); err != nil {
		return err
	}
	if err := t.process.wait(); err != nil {
		return err
	}
	if err := p.gone(ctx, t.name); err != nil {
		return err
	}
	if err := p.answers(ctx, before, t.process); err != nil {
		return err
	}
	return p.settle(ctx, w)
}
