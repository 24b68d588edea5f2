// Package demo reads weeks of simulated catalogs into a database of its own and
// shows what came of it. It touches no provider and no database but those that it
// starts.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/pgtemp"
	"syncer/simulate"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/schema"
	"syncer/timeline"
)

// Options are what a demo takes from outside.
type Options struct {
	Screen terminal.Screen
	Lookup config.Lookup
	Now    func() time.Time
	// Products are generated beside the documented ones, by Seed.
	Products int
	Seed     int64
}

// days is how long the simulated world is watched.
const days = 12*7 + 1

// Demo is a running demo.
type Demo struct {
	options Options
	server  *pgtemp.Server
	store   *store.Store
	world   *simulate.Simulation
	at      *atomic.Pointer[time.Time]
	sources [][]list // the lists of each
	runner  *ingest.Runner
	started time.Time
	entries atomic.Int64
}

// list is a simulated list that is read.
type list struct {
	stored  record.List
	fetcher catalog.Fetcher
}

// Start starts a Postgres of its own and the simulated providers. Close ends them.
func Start(ctx context.Context, o Options) (*Demo, error) {
	d := &Demo{options: o, at: &atomic.Pointer[time.Time]{}, started: o.Now()}
	binDir, _ := o.Lookup("SYNCER_PG_BIN")
	var err error
	if d.server, err = pgtemp.Start(ctx, pgtemp.Options{BinDir: binDir, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return d.open(ctx, d.server.URL()) },
		func() error { return d.simulate(ctx) },
		func() error { return d.connect(ctx) },
	} {
		if err := step(); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

func (d *Demo) open(ctx context.Context, database string) (err error) {
	if _, err = schema.Migrate(ctx, database); err != nil {
		return err
	}
	if d.store, err = store.Open(ctx, database); err != nil {
		return err
	}
	d.runner = &ingest.Runner{Store: d.store, Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)}
	return nil
}

func (d *Demo) simulate(ctx context.Context) (err error) {
	start := simulate.WorldStart()
	d.at.Store(&start)
	d.world, err = simulate.New(simulate.Options{
		Seed: d.options.Seed, Products: d.options.Products, Now: d.options.Now, At: func() time.Time { return *d.at.Load() },
	})
	if err != nil {
		return err
	}
	return d.world.Start(ctx)
}

// connect makes a fetcher for every list of every simulated provider.
func (d *Demo) connect(ctx context.Context) error {
	providers := make(map[string]fetchers.Provider)
	for _, provider := range fetchers.All() {
		providers[provider.Name] = provider
	}
	for _, endpoint := range d.world.Endpoints() {
		if err := d.connectTo(ctx, endpoint, providers[endpoint.Provider]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Demo) connectTo(ctx context.Context, endpoint simulate.Endpoint, provider fetchers.Provider) error {
	if provider.New == nil {
		return nil // simulated, but nothing reads it yet
	}
	source := catalog.Source{
		Name: endpoint.Provider, Provider: endpoint.Provider, BaseURL: endpoint.BaseURL,
		Credentials: make(map[string]catalog.Secret), Options: endpoint.Settings, Location: time.UTC,
	}
	for field, value := range endpoint.Credentials {
		source.Credentials[field] = catalog.NewSecret(value)
	}
	all, err := provider.New(source, fetchers.Options{Now: d.options.Now, RequestsPerMinute: 1_000_000})
	if err != nil {
		return err
	}
	var lists []list
	for _, fetcher := range all {
		rule := timeline.Rule{Snapshots: 2, For: 72 * time.Hour}
		stored, err := d.store.EnsureList(ctx, fetcher.List(), record.ListSettings{Rule: rule, Doubt: rule})
		if err != nil {
			return err
		}
		lists = append(lists, list{stored, fetcher})
	}
	d.sources = append(d.sources, lists)
	return nil
}

// Watch reads every list once a day of the simulated world.
func (d *Demo) Watch(ctx context.Context) error {
	progress := terminal.NewProgress(d.options.Screen, "reading", days, d.options.Now)
	for day := range days {
		at := simulate.WorldStart().AddDate(0, 0, day)
		d.at.Store(&at)
		if err := d.day(ctx, at); err != nil {
			return err
		}
		if err := d.takeBack(ctx, day); err != nil {
			return err
		}
		progress.Step(day+1, fmt.Sprintf("%s  %s entries read", at.Format(time.DateOnly), terminal.Count(int(d.entries.Load()))))
	}
	progress.End()
	return nil
}

// day reads every list: those of one source one after the other, sources side by
// side.
func (d *Demo) day(ctx context.Context, at time.Time) error {
	sources, ctx := errgroup.WithContext(ctx)
	for _, lists := range d.sources {
		sources.Go(func() error {
			for _, list := range lists {
				report, err := d.runner.SyncAt(ctx, list.stored, list.fetcher, at)
				if err != nil {
					return err
				}
				if report.Outcome == record.Held {
					return fmt.Errorf("%s at %s: held: %s", report.List, at.Format(time.DateOnly), report.HeldFor)
				}
				d.entries.Add(int64(report.Entries))
			}
			return nil
		})
	}
	return sources.Wait()
}

// A takenBack is a word of the world's that a person has taken out of history.
type takenBack struct {
	list, key   string
	shown, told int // the days on which it was read, and found wrong
	reason      string
}

// slip is the price that nobody doubted: twice what it was, for a day.
func slip() takenBack {
	return takenBack{list: "iwinv/flavors", key: "gna_2.4_n", shown: 31, told: 33, reason: "iwinv wrote that the price of that day was an error"}
}

// takeBack does by the end of a day what a person decided on it.
func (d *Demo) takeBack(ctx context.Context, day int) error {
	slip := slip()
	if day != slip.told {
		return nil
	}
	for _, lists := range d.sources {
		for _, list := range lists {
			if list.stored.ID.String() != slip.list {
				continue
			}
			decision := store.Decision{Actor: "demo", Reason: slip.reason}
			if _, err := d.runner.Retract(ctx, list.stored, list.fetcher, simulate.WorldStart().AddDate(0, 0, slip.shown), slip.key, decision); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends the simulation and the database, of which nothing is left.
func (d *Demo) Close() error {
	var all error
	if d.world != nil {
		all = errors.Join(all, d.world.Close())
	}
	if d.store != nil {
		d.store.Close()
	}
	if d.server != nil {
		all = errors.Join(all, d.server.Stop())
	}
	return all
}
