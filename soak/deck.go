package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"syncer/soak/wire"
)

// play is one round.
type play func(context.Context, *life) (result, error)

// deck is what happens in the life of one database, to be shuffled. A first
// load comes before it.
func deck(b *bouncer) []play {
	var all []play
	add := func(n int, one play) { all = append(all, slices.Repeat([]play{one}, n)...) }
	add(12, liveAtMessage)
	add(12, lateAtMessage)
	add(6, func(ctx context.Context, l *life) (result, error) { return l.killAtRandom(ctx) })
	add(2, func(ctx context.Context, l *life) (result, error) { return l.killAtPage(ctx) })
	for _, action := range []wire.Action{wire.Cut, wire.ForwardAndCut, wire.LoseAnswer, wire.CutThenForward} {
		add(1, func(ctx context.Context, l *life) (result, error) { return l.loseCommit(ctx, action) })
	}
	add(2, func(ctx context.Context, l *life) (result, error) { return l.loseConnection(ctx) })
	add(2, func(ctx context.Context, l *life) (result, error) { return l.loseBackend(ctx) })
	add(2, func(ctx context.Context, l *life) (result, error) { return l.crowd(ctx, 2) })
	add(1, func(ctx context.Context, l *life) (result, error) { return l.crowd(ctx, 4) })
	add(1, func(ctx context.Context, l *life) (result, error) { return l.freeze(ctx) })
	add(1, func(ctx context.Context, l *life) (result, error) { return l.exclude(ctx) })
	add(1, func(ctx context.Context, l *life) (result, error) { return l.stepClock(ctx) })
	add(1, func(ctx context.Context, l *life) (result, error) { return l.daemons(ctx) })
	if b != nil {
		add(1, func(ctx context.Context, l *life) (result, error) { return l.pooled(ctx, b) })
	}
	return all
}

func liveAtMessage(ctx context.Context, l *life) (result, error) {
	return l.killAtMessage(ctx, "live", l.sync("whole.yaml"))
}

func lateAtMessage(ctx context.Context, l *life) (result, error) {
	w, err := l.backfill(ctx, 1)
	if err != nil {
		return result{}, err
	}
	return l.killAtMessage(ctx, "late", w)
}

func firstAtMessage(ctx context.Context, l *life) (result, error) {
	return l.killAtMessage(ctx, "first load", l.sync("whole.yaml"))
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

// shortLives are first loads between two long lives, each on a database of its
// own.
const shortLives = 12

// play deals decks until the goal is reached or something must not be.
func (s *stage) play(ctx context.Context, b *bouncer, g goal, t *tally) error {
	for !g.reached(t) {
		for range shortLives {
			if err := s.live(ctx, []play{firstAtMessage}, g, t); err != nil {
				return err
			}
		}
		plays := deck(b)
		s.random.Shuffle(len(plays), func(i, j int) { plays[i], plays[j] = plays[j], plays[i] })
		if err := s.live(ctx, append([]play{firstAtMessage}, plays...), g, t); err != nil {
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
		var plays []play
		if !whole("first load") {
			plays = append(plays, firstAtMessage)
		}
		for range 3 {
			if !whole("live") {
				plays = append(plays, liveAtMessage)
			}
			if !whole("late") {
				plays = append(plays, lateAtMessage)
			}
		}
		if len(plays) == 0 {
			return nil
		}
		if err := s.live(ctx, plays, g, t); err != nil {
			return err
		}
	}
	return nil
}

// live plays rounds on a pair of databases.
func (s *stage) live(ctx context.Context, plays []play, g goal, t *tally) error {
	if g.reached(t) {
		return nil
	}
	l, err := s.begin(ctx)
	if err != nil {
		return err
	}
	for _, one := range plays {
		if g.reached(t) {
			break
		}
		began := time.Now()
		r, err := one(ctx, l)
		if err != nil {
			return fmt.Errorf("round %d (%s): %w", t.rounds+1, r.kind, err)
		}
		t.note(r)
		s.say("%4d  %-36s landed %-5t %s", t.rounds, r.kind, r.landed, time.Since(began).Round(time.Millisecond))
	}
	return l.end(ctx)
}
