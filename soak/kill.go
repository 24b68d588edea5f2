package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"syncer/soak/wire"
)

// result is what a round was.
type result struct {
	kind   string
	kill   bool // it was to kill a process
	landed bool // and did so while the run was `running`
}

// killAtRandom kills a command after a random time: since its start, or since
// it asked for its first page.
func (l *life) killAtRandom(ctx context.Context) (result, error) {
	r := result{kind: "kill at random", kill: true}
	w, err := l.someWork(ctx)
	if err != nil {
		return r, err
	}
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	name, asked := l.name(), make(chan struct{}, 100)
	if w.snapshots == nil {
		l.gate.watch(func(int, bool) { asked <- struct{}{} })
	} else {
		asked <- struct{}{}
	}
	at, err := l.named(name)
	if err != nil {
		return r, err
	}
	v, err := l.program.start(ctx, at, w.args...)
	if err != nil {
		return r, err
	}
	select {
	case <-asked:
	case <-v.ended:
	}
	l.gate.watch(nil)
	if w.snapshots != nil {
		time.Sleep(20 * time.Millisecond) // the program begins
	}
	time.Sleep(l.someTime(60 * time.Millisecond))
	return l.bury(ctx, r, v, w, name, before)
}

// bury kills a process, unless it has ended, and has its work done again.
func (l *life) bury(ctx context.Context, r result, v *victim, w work, name string, before int64) (result, error) {
	v.kill()
	if err := v.wait(); err != nil {
		return r, err
	}
	landed, err := l.landed(ctx, v, name, before)
	if err != nil {
		return r, err
	}
	r.landed = landed
	if !v.dead() {
		if err := l.answers(ctx, before, v); err != nil {
			return r, err
		}
	}
	return r, l.settle(ctx, w)
}

// someWork is a sync or a backfill.
func (l *life) someWork(ctx context.Context) (work, error) {
	if l.random.IntN(2) == 0 {
		return l.sync("whole.yaml"), nil
	}
	return l.backfill(ctx, 1+l.random.IntN(3))
}

// killAtPage kills a sync before or after a page: one boundary after the other.
func (l *life) killAtPage(ctx context.Context) (result, error) {
	r := result{kind: "kill at a page", kill: true}
	walk := l.walker("page")
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	w, name := l.sync("pages.yaml"), l.name()
	reached, hold := make(chan struct{}), make(chan struct{})
	l.gate.watch(func(page int, served bool) {
		if page == walk.at && served == walk.after {
			close(reached)
			<-hold
		}
	})
	defer close(hold)
	at, err := l.named(name)
	if err != nil {
		return r, err
	}
	v, err := l.program.start(ctx, at, w.args...)
	if err != nil {
		return r, err
	}
	ended := false
	select {
	case <-reached:
	case <-v.ended:
		ended = true
	}
	l.gate.watch(nil)
	if ended {
		walk.miss()
		return r, l.settle(ctx, w)
	}
	walk.step()
	v.kill()
	return l.bury(ctx, r, v, w, name, before)
}

// walker goes through the boundaries of something, before each, and in the
// next walk after each.
type walker struct {
	at      int
	after   bool
	missed  int // works in a row that ended before the boundary
	walks   int // walks that came to their end
	longest int
}

func (s *stage) walker(what string) *walker {
	if s.walks[what] == nil {
		s.walks[what] = &walker{at: 1}
	}
	return s.walks[what]
}

func (w *walker) step() {
	w.longest = max(w.longest, w.at)
	w.at++
	w.missed = 0
}

// miss notes a work that ended before the boundary. Works differ in length, so
// only several in a row mean that there are no more boundaries.
func (w *walker) miss() {
	if w.missed++; w.missed == 5 {
		*w = walker{at: 1, after: !w.after, walks: w.walks + 1, longest: w.longest}
	}
}

// trap stops a process at a message of its write transaction.
type trap struct {
	proxy  *wire.Proxy
	name   string        // of the process's connections
	ready  chan struct{} // closed when the process is known
	victim *victim
	count  atomic.Int64
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
func (l *life) setTrap(ctx context.Context, here place, spring func(*trap, wire.Message) wire.Action) (*trap, error) {
	t := &trap{name: l.name(), ready: make(chan struct{})}
	var err error
	t.proxy, err = wire.Listen(ctx, l.url, func(m wire.Message) wire.Action {
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

func (t *trap) run(ctx context.Context, l *life, w work) error {
	v, err := l.program.start(ctx, t.proxy.URL(t.name), w.args...)
	if err != nil {
		return errors.Join(err, t.proxy.Close())
	}
	t.victim = v
	close(t.ready)
	return nil
}

// killAtMessage kills a command before or after a message of its write
// transaction is handed to the server: one message after the other.
func (l *life) killAtMessage(ctx context.Context, shape string, w work) (result, error) {
	r := result{kind: "kill at a message, " + shape, kill: true}
	walk := l.walker(shape)
	before, err := l.newestRun(ctx)
	if err != nil {
		return r, err
	}
	var sprung atomic.Bool
	action := map[bool]wire.Action{false: wire.Cut, true: wire.ForwardAndCut}[walk.after]
	t, err := l.setTrap(ctx, atMessage(walk.at), func(t *trap, _ wire.Message) wire.Action {
		sprung.Store(true)
		t.victim.kill()
		<-t.victim.ended
		return action
	})
	if err != nil {
		return r, err
	}
	if err := t.run(ctx, l, w); err != nil {
		return r, err
	}
	if err := t.victim.wait(); err != nil {
		return r, errors.Join(err, t.proxy.Close())
	}
	if sprung.Load() {
		walk.step()
	} else {
		walk.miss()
	}
	r, err = l.bury(ctx, r, t.victim, w, t.name, before)
	return r, errors.Join(err, t.proxy.Close())
}

// String is how far the walks came.
func (w *walker) String() string {
	return fmt.Sprintf("%d boundaries, %d whole walks", w.longest, w.walks)
}
