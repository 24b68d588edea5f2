package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"syncer/catalog"
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

// demoCommand is `syncer demo`.
type demoCommand struct {
	Products int   `help:"So many generated products beside the documented ones." default:"300"`
	Seed     int64 `help:"Seed of the generated products." default:"1"`
	Keep     bool  `help:"Keep the database running until interrupted, to look around with psql (a terminal does so by itself)."`
}

// Help is the longer text of `syncer demo --help`.
func (demoCommand) Help() string {
	return `Starts a Postgres of its own and the simulated providers, reads twelve weeks of changing catalogs day by day over HTTP, and shows what came of it. Nothing is left behind.`
}

// demoDays is how long the simulated world is watched.
const demoDays = 12*7 + 1

// Run shows the demo.
func (c *demoCommand) Run(s *session) (err error) {
	d, err := c.start(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.watch(s); err != nil {
		return err
	}
	if err := d.show(s); err != nil {
		return err
	}
	return c.wait(s)
}

// wait keeps the database for whoever wants to connect.
func (c *demoCommand) wait(s *session) error {
	if !c.Keep && !s.screen.Live {
		_, err := fmt.Fprintln(s.screen, "\n(The database ends with this command; `syncer demo --keep` leaves it running.)")
		return err
	}
	fmt.Fprintln(s.screen, "\nThe database runs until you press Ctrl-C.")
	<-s.ctx.Done()
	return nil
}

// demo is a running demo.
type demo struct {
	server  *pgtemp.Server
	store   *store.Store
	world   *simulate.Simulation
	at      *atomic.Pointer[time.Time]
	lists   []demoList
	runner  *ingest.Runner
	started time.Time
	entries int
}

type demoList struct {
	stored  store.List
	fetcher catalog.Fetcher
}

func (c *demoCommand) start(s *session) (*demo, error) {
	d := &demo{at: &atomic.Pointer[time.Time]{}, started: s.Now()}
	binDir, _ := s.Lookup("SYNCER_PG_BIN")
	var err error
	if d.server, err = pgtemp.Start(s.ctx, pgtemp.Options{BinDir: binDir, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return d.open(s.ctx, d.server.URL()) },
		func() error { return c.simulate(s, d) },
		func() error { return d.connect(s) },
	} {
		if err := step(); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

func (d *demo) open(ctx context.Context, database string) (err error) {
	if _, err = schema.Migrate(ctx, database); err != nil {
		return err
	}
	if d.store, err = store.Open(ctx, database); err != nil {
		return err
	}
	d.runner = &ingest.Runner{Store: d.store, Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)}
	return nil
}

func (c *demoCommand) simulate(s *session, d *demo) (err error) {
	start := simulate.WorldStart()
	d.at.Store(&start)
	d.world, err = simulate.New(simulate.Options{
		Seed: c.Seed, Products: c.Products, Now: s.Now, At: func() time.Time { return *d.at.Load() },
	})
	if err != nil {
		return err
	}
	return d.world.Start(s.ctx)
}

// connect makes a fetcher for every list of every simulated provider.
func (d *demo) connect(s *session) error {
	providers := make(map[string]fetchers.Provider)
	for _, provider := range fetchers.All() {
		providers[provider.Name] = provider
	}
	for _, endpoint := range d.world.Endpoints() {
		if err := d.connectTo(s, endpoint, providers[endpoint.Provider]); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) connectTo(s *session, endpoint simulate.Endpoint, provider fetchers.Provider) error {
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
	all, err := provider.New(source, fetchers.Options{Now: s.Now, RequestsPerMinute: 1_000_000})
	if err != nil {
		return err
	}
	for _, fetcher := range all {
		rule := timeline.Rule{Snapshots: 2, For: 72 * time.Hour}
		stored, err := d.store.EnsureList(s.ctx, fetcher.List(), store.ListSettings{Rule: rule})
		if err != nil {
			return err
		}
		d.lists = append(d.lists, demoList{stored, fetcher})
	}
	return nil
}

// watch reads every list once a day of the simulated world.
func (d *demo) watch(s *session) error {
	progress := terminal.NewProgress(s.screen, "reading", demoDays, s.Now)
	for day := range demoDays {
		at := simulate.WorldStart().AddDate(0, 0, day)
		d.at.Store(&at)
		if err := d.day(s.ctx, at); err != nil {
			return err
		}
		progress.Step(day+1, fmt.Sprintf("%s  %s entries read", at.Format(time.DateOnly), terminal.Count(d.entries)))
	}
	progress.End()
	return nil
}

func (d *demo) day(ctx context.Context, at time.Time) error {
	for _, list := range d.lists {
		report, err := d.runner.SyncAt(ctx, list.stored, list.fetcher, at)
		if err != nil {
			return err
		}
		if report.Outcome == record.Held {
			return fmt.Errorf("%s at %s: held: %s", report.List, at.Format(time.DateOnly), report.HeldFor)
		}
		d.entries += report.Entries
	}
	return nil
}

func (d *demo) close() error {
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
