package main

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// work is a command that can be given again until it is done.
type work struct {
	args      []string
	day       int     // what a sync sees
	snapshots []dated // what a backfill brings; nil for a sync
	decides   *decision
}

// sync is reading the list as it is on some day.
func (p *pair) sync(config string) work {
	w := work{args: []string{"sync", "--json", "-c", config, source + "/" + listName}, day: p.someDay()}
	p.provider.show(w.day)
	return w
}

// backfill is loading n snapshots of moments at which nothing is known yet,
// many of them between two that are.
func (p *pair) backfill(ctx context.Context, n int) (work, error) {
	known, err := p.committed(ctx)
	if err != nil {
		return work{}, err
	}
	w := work{}
	taken := map[time.Time]bool{}
	for _, snapshot := range known {
		taken[snapshot.at] = true
	}
	for len(w.snapshots) < n {
		snapshot := dated{p.someMoment(known), p.someDay()}
		if !taken[snapshot.at] {
			taken[snapshot.at] = true
			w.snapshots = append(w.snapshots, snapshot)
		}
	}
	dir, err := os.MkdirTemp(p.dir, "archive-")
	if err != nil {
		return w, err
	}
	w.args = []string{"backfill", "--json", "-c", "whole.yaml", source + "/" + listName, dir}
	return w, p.worlds.archive(dir, w.snapshots)
}

// someMoment is in the last months, or between two snapshots. (History by the month
// grows with every month that it spans.)
func (p *pair) someMoment(known []dated) time.Time {
	if len(known) < 2 || p.random.IntN(2) == 0 {
		return time.Now().UTC().Add(-24*time.Hour - p.someTime(2000*time.Hour)).Truncate(time.Minute)
	}
	i := p.random.IntN(len(known) - 1)
	gap := known[i+1].at.Sub(known[i].at)
	return known[i].at.Add(p.someTime(gap)).Truncate(time.Microsecond)
}

// forget removes a backfill's archive.
func (w work) forget() error {
	if w.snapshots == nil {
		return nil
	}
	return os.RemoveAll(filepath.Clean(w.args[len(w.args)-1]))
}

// do gives the command once, undisturbed, and wants it to succeed. A decision that
// was made is not made again.
func (p *pair) do(ctx context.Context, w work) error {
	if w.decides != nil {
		if made, err := p.made(ctx, w.decides); made || err != nil {
			return err
		}
	}
	v, err := p.program.start(ctx, p.url, w.args...)
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
func (p *pair) settle(ctx context.Context, w work) error {
	steps := []func() error{
		func() error { return p.age(ctx) }, func() error { return p.do(ctx, w) }, func() error { return p.noneRuns(ctx) },
		func() error { return p.hold(ctx) }, func() error { return p.done(ctx, w) },
		func() error { return p.follow(ctx, p.random) }, func() error { return p.equal(ctx) }, w.forget,
	}
	if p.random.IntN(3) == 0 && w.decides == nil { // what is decided twice is an error
		steps = append([]func() error{func() error { return p.do(ctx, w) }}, steps...)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// done wants what the work was to bring to be there.
func (p *pair) done(ctx context.Context, w work) error {
	if w.decides != nil {
		made, err := p.made(ctx, w.decides)
		if err == nil && !made {
			err = violated("a decision is lost: %+v", *w.decides)
		}
		return err
	}
	known, err := p.committed(ctx)
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
	for _, snapshot := range known {
		days[snapshot.at] = snapshot.day
	}
	for _, snapshot := range w.snapshots {
		if day, found := days[snapshot.at]; !found || day != snapshot.day {
			return violated("the snapshot of %s is lost", snapshot.at)
		}
	}
	return nil
}

// someWork is a sync or a backfill.
func (p *pair) someWork(ctx context.Context) (work, error) {
	if p.random.IntN(2) == 0 {
		return p.sync("whole.yaml"), nil
	}
	return p.backfill(ctx, 1+p.random.IntN(3))
}
