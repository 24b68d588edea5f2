package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"syncer/soak/wire"
)

// round is a disturbance, and the proof that nothing was lost.
type round func(context.Context, *pair) (result, error)

// mix is what happens to one pair of databases, to be shuffled. A first load
// comes before it.
func mix(b *bouncer) []round {
	var all []round
	add := func(n int, r round) { all = append(all, slices.Repeat([]round{r}, n)...) }
	add(12, liveAtMessage)
	add(12, lateAtMessage)
	add(12, decisionAtMessage)
	add(6, func(ctx context.Context, p *pair) (result, error) { return p.killAtRandom(ctx) })
	add(2, func(ctx context.Context, p *pair) (result, error) { return p.killAtPage(ctx) })
	for _, action := range []wire.Action{wire.Cut, wire.ForwardAndCut, wire.LoseAnswer, wire.CutThenForward} {
		add(1, func(ctx context.Context, p *pair) (result, error) { return p.loseCommit(ctx, action) })
	}
	add(2, func(ctx context.Context, p *pair) (result, error) { return p.loseConnection(ctx) })
	add(2, func(ctx context.Context, p *pair) (result, error) { return p.loseBackend(ctx) })
	add(2, func(ctx context.Context, p *pair) (result, error) { return p.concurrent(ctx, 2) })
	add(1, func(ctx context.Context, p *pair) (result, error) { return p.concurrent(ctx, 4) })
	add(1, func(ctx context.Context, p *pair) (result, error) { return p.freeze(ctx) })
	add(1, func(ctx context.Context, p *pair) (result, error) { return p.exclude(ctx) })
	add(1, func(ctx context.Context, p *pair) (result, error) { return p.stepClock(ctx) })
	add(1, func(ctx context.Context, p *pair) (result, error) { return p.daemons(ctx) })
	if b != nil {
		add(1, func(ctx context.Context, p *pair) (result, error) { return p.pooled(ctx, b) })
	}
	return all
}

func liveAtMessage(ctx context.Context, p *pair) (result, error) {
	return p.killAtMessage(ctx, "live", p.sync("whole.yaml"))
}

func lateAtMessage(ctx context.Context, p *pair) (result, error) {
	w, err := p.backfill(ctx, 1)
	if err != nil {
		return result{}, err
	}
	return p.killAtMessage(ctx, "late", w)
}

func decisionAtMessage(ctx context.Context, p *pair) (result, error) {
	w, err := p.decision(ctx)
	if err != nil {
		return result{}, err
	}
	return p.killAtMessage(ctx, string(w.decides.kind), w)
}

func firstAtMessage(ctx context.Context, p *pair) (result, error) {
	return p.killAtMessage(ctx, "first load", p.sync("whole.yaml"))
}

// tally is what the rounds came to.
type tally struct {
	rounds, kills, landed int
	byKind                map[string]*tally
}

func (t *tally) note(r result) {
	t.rounds++
	if r.kill {
		t.kills++
	}
	if r.landed {
		t.landed++
	}
	if r.kind == "" {
		return
	}
	if t.byKind == nil {
		t.byKind = map[string]*tally{}
	}
	if t.byKind[r.kind] == nil {
		t.byKind[r.kind] = &tally{}
	}
	t.byKind[r.kind].note(result{kill: r.kill, landed: r.landed})
}

// String is a line a kind, and the sum.
func (t *tally) String() string {
	var text strings.Builder
	var kinds []string
	for kind := range t.byKind {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		fmt.Fprintf(&text, "  %-36s %5d rounds, landed %d of %d\n", kind, t.byKind[kind].rounds, t.byKind[kind].landed, t.byKind[kind].kills)
	}
	fmt.Fprintf(&text, "%d rounds; landed %d of %d", t.rounds, t.landed, t.kills)
	return text.String()
}

// goal is when to stop: after so many landed rounds, or when the time is over.
type goal struct {
	landed int
	until  time.Time
}

func (g goal) reached(t *tally) bool { return t.landed >= g.landed || time.Now().After(g.until) }

// firstLoads come between two mixes, each on a database of its own.
const firstLoads = 12

// play shuffles mixes until the goal is reached or something must not be.
func (s *stage) play(ctx context.Context, b *bouncer, g goal, t *tally) error {
	for !g.reached(t) {
		for range firstLoads {
			if err := s.run(ctx, []round{firstAtMessage}, g, t); err != nil {
				return err
			}
		}
		rounds := mix(b)
		s.random.Shuffle(len(rounds), func(i, j int) { rounds[i], rounds[j] = rounds[j], rounds[i] })
		if err := s.run(ctx, append([]round{firstAtMessage}, rounds...), g, t); err != nil {
			return err
		}
	}
	return nil
}

// walk kills at every message of a first load, a live sync and a late
// snapshot, before it and after it, and at nothing else.
func (s *stage) walk(ctx context.Context, g goal, t *tally) error {
	whole := func(shape string) bool { return s.walker(shape).walks >= 2 }
	for !g.reached(t) {
		var rounds []round
		if !whole("first load") {
			rounds = append(rounds, firstAtMessage)
		}
		for range 3 {
			if !whole("live") {
				rounds = append(rounds, liveAtMessage)
			}
			if !whole("late") {
				rounds = append(rounds, lateAtMessage)
			}
		}
		if len(rounds) == 0 {
			return nil
		}
		if err := s.run(ctx, rounds, g, t); err != nil {
			return err
		}
	}
	return nil
}

// run plays rounds on a pair of databases.
func (s *stage) run(ctx context.Context, rounds []round, g goal, t *tally) error {
	if g.reached(t) {
		return nil
	}
	p, err := s.begin(ctx)
	if err != nil {
		return err
	}
	for _, play := range rounds {
		if g.reached(t) {
			break
		}
		began := time.Now()
		r, err := play(ctx, p)
		if err != nil {
			return fmt.Errorf("round %d (%s): %w", t.rounds+1, r.kind, err)
		}
		t.note(r)
		s.logf("%4d  %-36s landed %-5t %s", t.rounds, r.kind, r.landed, time.Since(began).Round(time.Millisecond))
	}
	return p.end(ctx)
}
