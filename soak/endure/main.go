package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"syncer/pgtemp"
	"syncer/store/schema"
)

// options are what the command line says.
type options struct {
	lasts    time.Duration // how long faults go on
	every    time.Duration // how often each list is due
	runs     int           // unchanged runs instead; 0: none
	seed     int64
	products int
	rates    [2]float64 // of random and of unruly faults
}

func main() {
	o := options{every: 5 * time.Second}
	seconds := flag.Int("seconds", 600, "how long the daemon is disturbed")
	flag.IntVar(&o.runs, "runs", 0, "make so many unchanged runs instead")
	flag.Int64Var(&o.seed, "seed", 1, "of the faults and of generated products")
	flag.IntVar(&o.products, "products", 60, "generated products beside the documented ones, for each provider")
	flag.Float64Var(&o.rates[0], "random", 0.15, "rate of faults that pass")
	flag.Float64Var(&o.rates[1], "unruly", 0.1, "rate of faults that a reader has to refuse or see through")
	flag.Parse()
	o.lasts = time.Duration(*seconds) * time.Second
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "endure:", err)
		os.Exit(1)
	}
}

// run is the whole program, from the tree that it is started in.
func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "endure-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := pgtemp.Start(ctx, pgtemp.Options{BinDir: os.Getenv("SYNCER_PG_BIN")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if _, err := schema.Migrate(ctx, server.URL()); err != nil {
		return err
	}
	binary := filepath.Join(dir, "syncer")
	if err := build(ctx, ".", binary); err != nil {
		return err
	}
	s := stage{options: o, program: program{binary: binary, dir: dir}, database: server.URL(), out: os.Stdout}
	if o.runs > 0 {
		return s.unchanged(ctx)
	}
	return s.disturb(ctx)
}

// build compiles the program of a tree, without what only a debugger reads.
func build(ctx context.Context, tree, binary string) error {
	command := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", binary, "./cmd/syncer")
	command.Dir = tree
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build syncer: %w\n%s", err, out)
	}
	return nil
}
