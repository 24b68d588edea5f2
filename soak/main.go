package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"syncer/pgtemp"
)

// options are what the command line says.
type options struct {
	rounds, seconds int
	seed            uint64
	verbose, only   bool
	walk            bool
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 500, "stop after so many landed rounds")
	flag.IntVar(&o.seconds, "seconds", 600, "stop after so long, however many have landed")
	flag.Uint64Var(&o.seed, "seed", 1, "the same seed, the same rounds")
	flag.BoolVar(&o.verbose, "v", false, "a line a round")
	flag.BoolVar(&o.only, "only", false, "only the rounds, without the broken programs")
	flag.BoolVar(&o.walk, "walk", false, "only kills at messages, until each was met, before it and after it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run is the whole soak, from the tree that it is started in.
func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := pgtemp.Start(ctx, pgtemp.Options{BinDir: os.Getenv("SYNCER_PG_BIN"), Settings: settings()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	binary := filepath.Join(dir, "syncer")
	if err := build(ctx, ".", binary); err != nil {
		return err
	}
	s, err := newStage(ctx, server.URL(), binary, dir, o.seed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if o.verbose {
		s.logf = func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
	}
	if !o.only {
		if err := s.prove(ctx, "."); err != nil {
			return err
		}
	}
	return s.soak(ctx, o)
}

// settings leave out what only a crash of the whole machine needs: processes
// are what dies here.
func settings() map[string]string {
	return map[string]string{"max_connections": "200", "fsync": "off", "full_page_writes": "off"}
}

// prove shows that the rounds notice what they are for, and what takes long.
func (s *stage) prove(ctx context.Context, tree string) error {
	for i, f := range flaws() {
		binary := filepath.Join(s.dir, fmt.Sprintf("broken-%d", i))
		if err := buildBroken(ctx, tree, binary, f.edits); err != nil {
			return err
		}
		rounds, what, err := s.notice(ctx, f, binary)
		if err != nil {
			return err
		}
		fmt.Printf("broken on purpose: %s: noticed in round %d: %.160s\n", f.name, rounds, what)
	}
	return errors.Join(s.stepHostClock(ctx, tree), s.freezeOnce(ctx))
}

// stepHostClock works with a program whose clock steps at every look at it.
func (s *stage) stepHostClock(ctx context.Context, tree string) error {
	good := s.program.binary
	defer func() { s.program.binary = good }()
	s.program.binary = filepath.Join(s.dir, "stepping")
	if err := buildStepping(ctx, tree, s.program.binary); err != nil {
		return err
	}
	var t tally
	rounds := []round{
		func(ctx context.Context, p *pair) (result, error) { return p.killAtRandom(ctx) },
		func(ctx context.Context, p *pair) (result, error) { return p.concurrent(ctx, 2) },
	}
	if err := s.run(ctx, slices.Repeat(rounds, 5), goal{1 << 30, time.Now().Add(time.Hour)}, &t); err != nil {
		return fmt.Errorf("with a clock that steps: %w", err)
	}
	fmt.Printf("a clock that steps by four minutes at every look: %d rounds, history is the same\n", t.rounds)
	return nil
}

// freezeOnce plays the one round that takes a minute.
func (s *stage) freezeOnce(ctx context.Context) error {
	var t tally
	rounds := []round{firstAtMessage, func(ctx context.Context, p *pair) (result, error) { return p.freezeInWrite(ctx) }}
	if err := s.run(ctx, rounds, goal{1 << 30, time.Now().Add(time.Hour)}, &t); err != nil {
		return err
	}
	fmt.Println("frozen for a minute in its transaction: others wrote, and what thawed did not")
	return nil
}

// soak plays until the goal, and reports what it came to.
func (s *stage) soak(ctx context.Context, o options) error {
	b, err := startBouncer(ctx, s.server)
	switch {
	case errors.Is(err, errNoBouncer):
		fmt.Println("NOT TESTED behind a pooler:", err)
	case err != nil:
		return err
	default:
		defer func() { _ = b.stop() }() // it holds nothing
	}
	var t tally
	began := time.Now()
	until := goal{o.rounds, began.Add(time.Duration(o.seconds) * time.Second)}
	if o.walk {
		err = s.walk(ctx, until, &t)
	} else {
		err = s.play(ctx, b, until, &t)
	}
	fmt.Println(&t)
	for name, walk := range s.walks {
		fmt.Printf("  %s: %s\n", name, walk)
	}
	if err != nil {
		return err
	}
	if t.landed*3 < t.kills {
		return fmt.Errorf("only %d of %d kills landed: this shows little", t.landed, t.kills)
	}
	fmt.Printf("nothing was lost in %s\n", time.Since(began).Round(time.Second))
	return nil
}
