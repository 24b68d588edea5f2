package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/soak/wire"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// tree is the folder of the module.
const tree = ".."

func newTestStage(t *testing.T) *stage {
	t.Helper()
	server, dir := pgtest.EmptyURL(t), t.TempDir()
	binary := filepath.Join(dir, "syncer")
	if err := build(t.Context(), tree, binary); err != nil {
		t.Fatal(err)
	}
	s, err := newStage(t.Context(), server, binary, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	s.say = t.Logf
	return s
}

// TestSoak is the short form of `make soak`: each kind of round at least once,
// and kills that landed.
func TestSoak(t *testing.T) {
	s := newTestStage(t)
	b, err := startBouncer(t.Context(), s.server)
	if errors.Is(err, errNoBouncer) && os.Getenv("CI") != "true" {
		t.Log("NOT TESTED behind a pooler: ", err)
	} else if err != nil {
		t.Fatal(err)
	} else {
		defer func() { _ = b.stop() }()
	}
	var got tally
	far := goal{landed: 1 << 30, until: time.Now().Add(time.Hour)}
	for range 3 {
		s.walker("first load").at += 40
		if err := s.live(t.Context(), []play{firstAtMessage}, far, &got); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.live(t.Context(), append([]play{firstAtMessage}, short(b)...), far, &got); err != nil {
		t.Fatal(err)
	}
	t.Log(&got)
	if got.landed*2 < got.kills || got.landed < 8 {
		t.Errorf("landed %d of %d: too few to show anything", got.landed, got.kills)
	}
}

// short is the deck without its repetitions: kills at messages jump along.
func short(b *bouncer) []play {
	jump := func(shape string, one play) play {
		return func(ctx context.Context, l *life) (result, error) {
			l.walker(shape).at += 25
			return one(ctx, l)
		}
	}
	all := slices.Concat(
		slices.Repeat([]play{jump("live", liveAtMessage)}, 3), slices.Repeat([]play{jump("late", lateAtMessage)}, 3),
		[]play{
			func(ctx context.Context, l *life) (result, error) { return l.killAtRandom(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.killAtPage(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.loseCommit(ctx, wire.LoseAnswer) },
			func(ctx context.Context, l *life) (result, error) { return l.loseCommit(ctx, wire.CutThenForward) },
			func(ctx context.Context, l *life) (result, error) { return l.loseConnection(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.loseBackend(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.crowd(ctx, 2) },
			func(ctx context.Context, l *life) (result, error) { return l.crowd(ctx, 4) },
			func(ctx context.Context, l *life) (result, error) { return l.freeze(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.exclude(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.stepClock(ctx) },
			func(ctx context.Context, l *life) (result, error) { return l.daemons(ctx) },
		})
	if b != nil {
		all = append(all, func(ctx context.Context, l *life) (result, error) { return l.pooled(ctx, b) })
	}
	return all
}

// TestFlawsAreNoticed breaks the program in each of four ways that lose
// something, and wants the rounds to say so.
func TestFlawsAreNoticed(t *testing.T) {
	s := newTestStage(t)
	for _, f := range flaws() {
		t.Run(f.name, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), "syncer")
			if err := buildBroken(t.Context(), tree, binary, f.edits); err != nil {
				t.Fatal(err)
			}
			rounds, what, err := s.notice(t.Context(), f, binary)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("noticed in round %d: %s", rounds, what)
		})
	}
}

// TestAFlawThatNoLongerAppliesIsAnError wants no flaw to vanish unseen when the
// program moves on.
func TestAFlawThatNoLongerAppliesIsAnError(t *testing.T) {
	err := buildBroken(t.Context(), tree, filepath.Join(t.TempDir(), "syncer"), []edit{{"store/store.go", "what is not there", ""}})
	if err == nil || !strings.Contains(err.Error(), "store/store.go no longer holds") {
		t.Errorf("got %v", err)
	}
}
