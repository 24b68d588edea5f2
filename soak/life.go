package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// stage is everything that outlives a pair of databases.
type stage struct {
	server  string // the address of a Postgres where databases may be made
	dir     string
	gate    *gate
	worlds  *worlds
	program program
	random  *rand.Rand
	say     func(format string, args ...any)
	lives   int
	names   int
	walks   map[string]*walker
}

// newStage opens the provider and learns what it publishes.
func newStage(ctx context.Context, server, binary, dir string, seed uint64) (*stage, error) {
	s := &stage{
		server: server, dir: dir, program: program{binary: binary, dir: dir},
		random: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // rounds that can be made again
		say:    func(string, ...any) {}, walks: map[string]*walker{},
	}
	err := makeTemplate(ctx, server)
	if err != nil {
		return nil, err
	}
	if s.gate, err = openGate(ctx); err != nil {
		return nil, err
	}
	if s.worlds, err = learnWorlds(ctx, s.gate); err != nil {
		return nil, err
	}
	return s, configure(dir, s.gate.address)
}

// close removes what newStage made.
func (s *stage) close() error {
	return errors.Join(s.gate.close(), execute(context.Background(), s.server, "DROP DATABASE "+template()+" WITH (FORCE)"))
}

// life is a pair of databases and what is done to one of them.
type life struct {
	*stage
	*ledger
}

func (s *stage) begin(ctx context.Context) (*life, error) {
	s.lives++
	ledger, err := openLedger(ctx, s.server, fmt.Sprintf("soak_%d_%d", os.Getpid(), s.lives), s.worlds)
	if err != nil {
		return nil, err
	}
	return &life{stage: s, ledger: ledger}, nil
}

func (l *life) end(ctx context.Context) error { return l.drop(ctx, l.server) }

// someDay is a day of the simulated world on which something is different.
func (s *stage) someDay() int { return s.worlds.days[s.random.IntN(len(s.worlds.days))] }

func (s *stage) someTime(most time.Duration) time.Duration {
	return time.Duration(s.random.Int64N(int64(most)))
}

// name is one that connections of a process are found by.
func (s *stage) name() string {
	s.names++
	return fmt.Sprintf("victim_%d", s.names)
}

// named is the database's address with a name for its connections.
func (l *life) named(name string) (string, error) {
	at, err := url.Parse(l.url)
	if err != nil {
		return "", err
	}
	query := at.Query()
	query.Set("application_name", name)
	at.RawQuery = query.Encode()
	return at.String(), nil
}

// work is a command that can be given again until it is done.
type work struct {
	args      []string
	day       int     // what a sync sees
	snapshots []dated // what a backfill brings; nil for a sync
}

// sync is reading the list as it is on some day.
func (l *life) sync(config string) work {
	w := work{args: []string{"sync", "--json", "-c", config, source + "/" + listName}, day: l.someDay()}
	l.gate.show(w.day)
	return w
}

// backfill is loading n snapshots of moments at which nothing is known yet,
// many of them between two that are.
func (l *life) backfill(ctx context.Context, n int) (work, error) {
	known, err := l.committed(ctx)
	if err != nil {
		return work{}, err
	}
	w := work{}
	taken := map[time.Time]bool{}
	for _, one := range known {
		taken[one.at] = true
	}
	for len(w.snapshots) < n {
		one := dated{l.someMoment(known), l.someDay()}
		if !taken[one.at] {
			taken[one.at] = true
			w.snapshots = append(w.snapshots, one)
		}
	}
	dir, err := os.MkdirTemp(l.dir, "archive-")
	if err != nil {
		return w, err
	}
	w.args = []string{"backfill", "--json", "-c", "whole.yaml", source + "/" + listName, dir}
	return w, l.worlds.archive(dir, w.snapshots)
}

func (l *life) someMoment(known []dated) time.Time {
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(l.someTime(40_000 * time.Hour)).Truncate(time.Minute)
	if len(known) < 2 || l.random.IntN(2) == 0 {
		return long
	}
	i := l.random.IntN(len(known) - 1)
	gap := known[i+1].at.Sub(known[i].at)
	return known[i].at.Add(l.someTime(gap)).Truncate(time.Microsecond)
}

// forget removes a backfill's archive.
func (w work) forget() error {
	if w.snapshots == nil {
		return nil
	}
	return os.RemoveAll(filepath.Clean(w.args[len(w.args)-1]))
}

// do gives the command once, undisturbed, and wants it to succeed.
func (l *life) do(ctx context.Context, w work) error {
	v, err := l.program.start(ctx, l.url, w.args...)
	if err != nil {
		return err
	}
	if err := v.wait(); err != nil {
		return err
	}
	if v.code() != 0 {
		return violated("undisturbed, the same work fails: %s", v)
	}
	return nil
}

// settle does the work again to its end after a disturbance, and wants history
// to be as if there had been none. Dead runs are found by the first command
// that comes a minute later, or by a later one.
func (l *life) settle(ctx context.Context, w work) error {
	steps := []func() error{
		func() error { return l.age(ctx) }, func() error { return l.do(ctx, w) }, func() error { return l.noneRuns(ctx) },
		func() error { return l.hold(ctx) }, func() error { return l.done(ctx, w) },
		func() error { return l.follow(ctx, l.random) }, func() error { return l.equal(ctx) }, w.forget,
	}
	if l.random.IntN(3) == 0 {
		steps = append([]func() error{func() error { return l.do(ctx, w) }}, steps...)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// done wants what the work was to bring to be there.
func (l *life) done(ctx context.Context, w work) error {
	known, err := l.committed(ctx)
	if err != nil {
		return err
	}
	if w.snapshots == nil {
		if len(known) == 0 || known[len(known)-1].day != w.day {
			return violated("the newest snapshot is not what the provider shows on day %d", w.day)
		}
		return nil
	}
	days := map[time.Time]int{}
	for _, one := range known {
		days[one.at] = one.day
	}
	for _, one := range w.snapshots {
		if day, found := days[one.at]; !found || day != one.day {
			return violated("the snapshot of %s is lost", one.at)
		}
	}
	return nil
}

// answers wants processes to have told the truth: so many successes as runs
// that committed. A killed process told nothing.
func (l *life) answers(ctx context.Context, before int64, all ...*victim) error {
	said, silent := 0, false
	for _, v := range all {
		if v.dead() {
			silent = true
			continue
		}
		n, err := v.successes()
		if err != nil {
			return err
		}
		said += n
	}
	wrote, err := ask[int](ctx, l.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome IN ('changed', 'unchanged', 'held')", before)
	if err != nil {
		return err
	}
	if wrote < said || wrote > said && !silent {
		return violated("%d runs committed, and success was told of %d: %v", wrote, said, all)
	}
	return nil
}

// landed reports that a killed process left a run `running`, once its
// connections are gone and nothing of it is on its way any more.
func (l *life) landed(ctx context.Context, v *victim, name string, before int64) (bool, error) {
	if err := l.gone(ctx, name); err != nil {
		return false, err
	}
	n, err := ask[int](ctx, l.pool, "SELECT count(*) FROM runs WHERE id > $1 AND outcome = 'running'", before)
	return v.dead() && n > 0, err
}

// gone waits until the server has noticed that a process is dead.
func (l *life) gone(ctx context.Context, name string) error {
	for range 2000 {
		n, err := ask[int](ctx, l.pool, "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", name)
		if err != nil || n == 0 {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return violated("the backends of a dead process do not end")
}
