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
func (p *pair) killAtRandom(ctx context.Context) (result, error) {
	r := result{kind: "kill at random", kill: true}
	w, err := p.someWork(ctx)
	if err != nil {
		return r, err
	}
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	name, asked := p.name(), make(chan struct{}, 100)
	if w.snapshots == nil {
		p.provider.watch(func(int, bool) { asked <- struct{}{} })
	} else {
		asked <- struct{}{}
	}
	at, err := p.named(name)
	if err != nil {
		return r, err
	}
	v, err := p.program.start(ctx, at, w.args...)
	if err != nil {
		return r, err
	}
	select {
	case <-asked:
	case <-v.ended:
	}
	p.provider.watch(nil)
	if w.snapshots != nil {
		time.Sleep(20 * time.Millisecond) // the program begins
	}
	time.Sleep(p.someTime(60 * time.Millisecond))
	return p.bury(ctx, r, v, w, name, before)
}

// bury kills a process, unless it has ended, and has its work done again.
func (p *pair) bury(ctx context.Context, r result, v *process, w work, name string, before int64) (result, error) {
	v.kill()
	if err := v.wait(); err != nil {
		return r, err
	}
	landed, err := p.landed(ctx, v, name, before)
	if err != nil {
		return r, err
	}
	r.landed = landed
	if !v.dead() {
		if err := p.answers(ctx, before, v); err != nil {
			return r, err
		}
	}
	return r, p.settle(ctx, w)
}

// killAtPage kills a sync before or after a page: one boundary after the other.
func (p *pair) killAtPage(ctx context.Context) (result, error) {
	r := result{kind: "kill at a page", kill: true}
	walk := p.walker("page")
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	w, name := p.sync("pages.yaml"), p.name()
	reached, hold := make(chan struct{}), make(chan struct{})
	p.provider.watch(func(page int, served bool) {
		if page == walk.at && served == walk.after {
			close(reached)
			<-hold
		}
	})
	defer close(hold)
	at, err := p.named(name)
	if err != nil {
		return r, err
	}
	v, err := p.program.start(ctx, at, w.args...)
	if err != nil {
		return r, err
	}
	ended := false
	select {
	case <-reached:
	case <-v.ended:
		ended = true
	}
	p.provider.watch(nil)
	if ended {
		walk.miss()
		return r, p.settle(ctx, w)
	}
	walk.step()
	v.kill()
	return p.bury(ctx, r, v, w, name, before)
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

// killAtMessage kills a command before or after a message of its write
// transaction is handed to the server: one message after the other.
func (p *pair) killAtMessage(ctx context.Context, shape string, w work) (result, error) {
	r := result{kind: "kill at a message, " + shape, kill: true}
	walk := p.walker(shape)
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	var sprung atomic.Bool
	action := map[bool]wire.Action{false: wire.Cut, true: wire.ForwardAndCut}[walk.after]
	t, err := p.setTrap(ctx, atMessage(walk.at), func(t *trap, _ wire.Message) wire.Action {
		sprung.Store(true)
		t.process.kill()
		<-t.process.ended
		return action
	})
	if err != nil {
		return r, err
	}
	if err := t.run(ctx, p, w); err != nil {
		return r, err
	}
	if err := t.process.wait(); err != nil {
		return r, errors.Join(err, t.proxy.Close())
	}
	if sprung.Load() {
		walk.step()
	} else {
		walk.miss()
	}
	r, err = p.bury(ctx, r, t.process, w, t.name, before)
	return r, errors.Join(err, t.proxy.Close())
}

// String is how far the walks came.
func (w *walker) String() string {
	return fmt.Sprintf("%d boundaries, %d whole walks", w.longest, w.walks)
}
