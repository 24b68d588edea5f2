package main

import (
	"context"
	"errors"
	"sync/atomic"
	"syncer/soak/wire"
)

// trap stops a process at a message of its write transaction.
type trap struct {
	proxy   *wire.Proxy
	name    string        // of the process's connections
	ready   chan struct{} // closed when the process is known
	process *process
	count   atomic.Int64
}

// place chooses the messages at which a trap springs; n counts those of write
// transactions, and is 0 outside of them.
type place func(n int64, m wire.Message) bool

func atMessage(n int) place { return func(at int64, _ wire.Message) bool { return at == int64(n) } }

func atCommit(_ int64, m wire.Message) bool { return m.Commit() }

// atStatement is the first message after n ones at which the server waits for
// nothing but the client.
func atStatement(n int) place {
	var sprung atomic.Bool
	return func(at int64, m wire.Message) bool { return at > int64(n) && m.First && !sprung.Swap(true) }
}

// setTrap lets a proxy do something at chosen messages.
func (p *pair) setTrap(ctx context.Context, here place, spring func(*trap, wire.Message) wire.Action) (*trap, error) {
	t := &trap{name: p.name(), ready: make(chan struct{})}
	var err error
	t.proxy, err = wire.Listen(ctx, p.url, func(m wire.Message) wire.Action {
		<-t.ready
		var n int64
		if m.Write {
			n = t.count.Add(1)
		}
		if !here(n, m) {
			return wire.Forward
		}
		return spring(t, m)
	})
	return t, err
}

func (t *trap) run(ctx context.Context, p *pair, w work) error {
	v, err := p.program.start(ctx, t.proxy.URL(t.name), w.args...)
	if err != nil {
		return errors.Join(err, t.proxy.Close())
	}
	t.process = v
	close(t.ready)
	return nil
}
