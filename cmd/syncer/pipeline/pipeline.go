// Package pipeline makes from a configuration what reads lists and writes
// history: an open database, a runner, the fetchers of each source, the disks
// that it watches, and the webhooks to which it delivers. What is read, and when,
// is for commands and the daemon to say.
package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/database"
	"syncer/cmd/syncer/disk"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/monitor"
	"syncer/store"
	"syncer/store/record"
)

// Environment is what a pipeline takes from outside of its configuration.
type Environment struct {
	Lookup config.Lookup
	Now    func() time.Time
	// Log receives what happens beside runs: full disks, notifications that
	// wait.
	Log *slog.Logger
	// RunLog receives what happens in runs, and requests that are repeated.
	RunLog *slog.Logger
	// Observer sees the requests to providers; nil for nobody.
	Observer fetchers.Observer
}

// Pipeline is a configuration at work on a database. It may be used from several
// goroutines; its fields are set before that.
type Pipeline struct {
	Config *config.Config
	Runner *ingest.Runner
	Disks  *disk.Watch

	environment Environment
	closeAll    func() error

	mutex sync.Mutex
	// opened holds the fetchers of each source by list: those of one source
	// share their pacing.
	opened map[string]map[string]catalog.Fetcher
}

// Open starts and opens the configured database for a command that only looks,
// or decides.
func Open(ctx context.Context, c *config.Config, env Environment) (*Pipeline, error) {
	opened, closeAll, err := database.Open(ctx, c, env.Lookup, env.Log)
	if err != nil {
		return nil, err
	}
	p := New(opened, c, env)
	p.closeAll = closeAll
	return p, nil
}

// OpenToLoad is Open for a command that reads lists: from now on reports go by
// the time zone of its configuration.
func OpenToLoad(ctx context.Context, c *config.Config, env Environment) (*Pipeline, error) {
	p, err := Open(ctx, c, env)
	if err != nil {
		return nil, err
	}
	if err := p.Runner.Store.SetReportTimezone(ctx, c.ReportTimezone); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// New returns a pipeline on a database that is open, and stays so when the
// pipeline is closed.
func New(opened *store.Store, c *config.Config, env Environment) *Pipeline {
	disks := disk.New(c, disk.Options{Now: env.Now, Log: env.Log})
	runner := &ingest.Runner{
		Store: opened, Log: env.RunLog, Room: disks.Paused, Guard: c.Guard, SetAside: ingest.SetAside(c.SetAside),
		Keep:          store.Keep{Boundaries: c.Evidence.Keep == config.KeepBoundaries, Age: c.Evidence.KeepFor},
		Subscriptions: subscriptions(c.Notifications),
	}
	if c.Evidence.Mirror != "" {
		runner.Mirror = &ingest.Mirror{Dir: c.Evidence.Mirror, Now: env.Now}
	}
	return &Pipeline{Config: c, Runner: runner, Disks: disks, environment: env, closeAll: func() error { return nil }}
}

// Reconfigured returns a pipeline on the same database with another
// configuration. What p has logged of its disks is not logged again. Closing p
// closes the database for both.
func (p *Pipeline) Reconfigured(c *config.Config) *Pipeline {
	fresh := New(p.Runner.Store, c, p.environment)
	fresh.Disks.Follow(p.Disks)
	return fresh
}

// Close closes the database that Open opened.
func (p *Pipeline) Close() error { return p.closeAll() }

// Ensure registers a list with the settings of the configuration.
func (p *Pipeline) Ensure(ctx context.Context, list config.List, described catalog.List) (record.List, error) {
	return p.Runner.Store.EnsureList(ctx, described, p.settings(list))
}

// Describe returns a list as its first live run registers it.
func (p *Pipeline) Describe(list config.List, described catalog.List) record.List {
	return record.List{List: described, ListSettings: p.settings(list)}
}

func (p *Pipeline) settings(list config.List) record.ListSettings {
	return record.ListSettings{Rule: p.Config.Absence.Rule(), Doubt: p.Config.Doubt.Rule(), StaleAfter: list.StaleAfter, LateAfter: list.LateAfter}
}

// Watched are the configured lists with what is expected of them, by source and
// name.
func Watched(c *config.Config) []monitor.Watched {
	var all []monitor.Watched
	for _, source := range c.Sources {
		for _, list := range source.Lists {
			all = append(all, monitor.Watched{ID: list.ID, Provider: source.Provider.Name, Expectation: list.Expectation})
		}
	}
	return all
}
