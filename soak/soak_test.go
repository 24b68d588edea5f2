package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/soak/wire"
)

// tree is the folder of the module.
const tree = ".."

// built is the program, which the first test that needs it builds.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// TestMain runs more tests at once than there are cores, for most of them wait
// for processes that wait. -parallel says otherwise.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	pgtest.Main(m, func() error { return os.RemoveAll(built.dir) })
}

func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "soak-"); built.err == nil {
			built.err = build(context.Background(), tree, filepath.Join(built.dir, "syncer"))
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "syncer")
}

func newTestStage(t *testing.T) *stage {
	t.Helper()
	s, err := newStage(t.Context(), pgtest.EmptyURL(t), binary(t), t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// beside is a stage for rounds that go on while others do.
func beside(t *testing.T, s *stage, name string) *stage {
	t.Helper()
	other, err := s.beside(t.Context(), name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := other.provider.close(); err != nil {
			t.Error(err)
		}
	})
	other.logf = t.Logf
	return other
}

// TestSoak is the short form of `make soak`: each kind of round at least once,
// and kills that landed. What waits for something else goes on side by side.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := newTestStage(t)
	b, err := startBouncer(t.Context(), s.server)
	if errors.Is(err, errNoBouncer) && os.Getenv("CI") != "true" {
		t.Log("NOT TESTED behind a pooler: ", err)
	} else if err != nil {
		t.Fatal(err)
	} else {
		defer func() { _ = b.stop() }()
	}
	all := short(b)
	tallies := make([]tally, len(all))
	t.Run("rounds", func(t *testing.T) {
		for i, rounds := range all {
			name := strconv.Itoa(i + 1)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				far := goal{landed: 1 << 30, until: time.Now().Add(time.Hour)}
				if err := beside(t, s, name).run(t.Context(), rounds, far, &tallies[i]); err != nil {
					t.Error(err)
				}
				t.Log(&tallies[i])
			})
		}
	})
	landed, kills := 0, 0
	for _, got := range tallies {
		landed, kills = landed+got.landed, kills+got.kills
	}
	if landed*2 < kills || landed < 8 {
		t.Errorf("landed %d of %d: too few to show anything", landed, kills)
	}
}

// short is the mix without its repetitions, dealt to several pairs of
// databases: kills at messages jump along.
func short(b *bouncer) [][]round {
	jump := func(shape string, stride int, r round) round {
		return func(ctx context.Context, p *pair) (result, error) {
			p.walker(shape).at += stride
			return r(ctx, p)
		}
	}
	all := [][]round{
		{
			firstAtMessage,
			func(ctx context.Context, p *pair) (result, error) { return p.killAtRandom(ctx) },
			func(ctx context.Context, p *pair) (result, error) { return p.killAtPage(ctx) },
			func(ctx context.Context, p *pair) (result, error) { return p.concurrent(ctx, 2) },
			func(ctx context.Context, p *pair) (result, error) { return p.concurrent(ctx, 4) },
			func(ctx context.Context, p *pair) (result, error) { return p.daemons(ctx) },
		},
		{
			firstAtMessage,
			func(ctx context.Context, p *pair) (result, error) { return p.loseCommit(ctx, wire.LoseAnswer) },
			func(ctx context.Context, p *pair) (result, error) { return p.loseCommit(ctx, wire.CutThenForward) },
			func(ctx context.Context, p *pair) (result, error) { return p.loseConnection(ctx) },
			func(ctx context.Context, p *pair) (result, error) { return p.loseBackend(ctx) },
			func(ctx context.Context, p *pair) (result, error) { return p.freeze(ctx) },
			func(ctx context.Context, p *pair) (result, error) { return p.exclude(ctx) },
			func(ctx context.Context, p *pair) (result, error) { return p.stepClock(ctx) },
		},
		slices.Concat(
			[]round{firstAtMessage},
			slices.Repeat([]round{jump("live", 25, liveAtMessage)}, 3), slices.Repeat([]round{jump("late", 25, lateAtMessage)}, 3),
			slices.Repeat([]round{jump("retract", 15, decisionAtMessage)}, 4)),
		{jump("first load", 40, firstAtMessage)},
		{jump("first load", 80, firstAtMessage)},
		{jump("first load", 120, firstAtMessage)},
	}
	if b != nil {
		all = append(all, []round{firstAtMessage, func(ctx context.Context, p *pair) (result, error) { return p.pooled(ctx, b) }})
	}
	return all
}

// TestFlawsAreNoticed breaks the program in each of four ways that lose
// something, and wants the rounds to say so.
func TestFlawsAreNoticed(t *testing.T) {
	t.Parallel()
	s := newTestStage(t)
	for i, f := range flaws() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			broken := filepath.Join(t.TempDir(), "syncer")
			if err := buildBroken(t.Context(), tree, broken, f.edits); err != nil {
				t.Fatal(err)
			}
			rounds, what, err := beside(t, s, strconv.Itoa(i+1)).notice(t.Context(), f, broken)
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
