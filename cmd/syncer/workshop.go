package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/ingest"
	"syncer/store"
	"syncer/timeline"
)

// workshop is what the commands share that write history.
type workshop struct {
	config *config.Config
	runner *ingest.Runner
	room   *room
	close  func() error

	mutex sync.Mutex
	// opened holds the fetchers of each source by list: those of one source
	// share their pacing.
	opened map[string]map[string]catalog.Fetcher
}

// openWith opens the configured database.
func (s *session) openWith(loaded *config.Config) (*workshop, error) {
	url, stop, err := s.database(loaded)
	if err != nil {
		return nil, err
	}
	opened, err := store.Open(s.ctx, url)
	if err != nil {
		_ = stop() // the reason why nothing could be opened is told instead
		return nil, unreached(loaded, err)
	}
	w := s.workshopOn(opened, loaded)
	w.close = func() error { opened.Close(); return stop() }
	return w, nil
}

// openToLoad opens the configured database for a command that reads lists: from
// now on reports go by its configuration. One that only looks, or decides, leaves
// that as it is.
func (s *session) openToLoad(loaded *config.Config) (*workshop, error) {
	w, err := s.openWith(loaded)
	if err != nil {
		return nil, err
	}
	if err := w.runner.Store.SetReportTimezone(s.ctx, loaded.ReportTimezone); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// workshopOn is a workshop on a database that is open.
func (s *session) workshopOn(opened *store.Store, loaded *config.Config) *workshop {
	runner := &ingest.Runner{Store: opened, Guard: ingest.Guard{
		Enabled: loaded.Guard.Enabled, MaxRemovedPercent: loaded.Guard.MaxRemovedPercent,
		MaxChangedPercent: loaded.Guard.MaxChangedPercent, IgnoreUpTo: loaded.Guard.IgnoreUpTo,
	}, Log: s.doubts(nil)}
	runner.Keep = store.Keep{Boundaries: loaded.Evidence.Keep == config.KeepBoundaries, Age: loaded.Evidence.KeepFor}
	runner.Subscriptions = subscriptionsOf(loaded.Notifications)
	if loaded.Evidence.Mirror != "" {
		runner.Mirror = &ingest.Mirror{Dir: loaded.Evidence.Mirror, Now: s.Now}
	}
	measured := newRoom(s, loaded, s.log)
	runner.Room = measured.paused
	return &workshop{config: loaded, runner: runner, room: measured}
}

// ensure registers a list with the settings of the configuration.
func (w *workshop) ensure(ctx context.Context, list config.List, described catalog.List) (store.List, error) {
	return w.runner.Store.EnsureList(ctx, described, w.settings(list))
}

// describe is a list as its first live run registers it.
func (w *workshop) describe(list config.List, described catalog.List) store.List {
	return store.Describe(described, w.settings(list))
}

func (w *workshop) settings(list config.List) store.ListSettings {
	return store.ListSettings{
		Rule:       ruleOf(w.config),
		StaleAfter: list.StaleAfter, LateAfter: list.LateAfter,
	}
}

// ruleOf is the configured rule of absence.
func ruleOf(c *config.Config) timeline.Rule {
	return timeline.Rule{Snapshots: c.Absence.ConfirmSnapshots, For: c.Absence.ConfirmFor}
}

// fetcher returns the fetcher of a list; open gives the source its secrets.
func (s *session) fetcher(w *workshop, list config.List, open func(config.Source) (catalog.Source, error)) (catalog.Fetcher, error) {
	all, err := s.fetchersBySource(w, list.ID.Source, open)
	if err != nil {
		return nil, err
	}
	if all[list.ID.Name] == nil {
		return nil, fmt.Errorf("%s: its provider has no fetcher for it", list.ID)
	}
	return all[list.ID.Name], nil
}

func (s *session) fetchersBySource(w *workshop, name string, open func(config.Source) (catalog.Source, error)) (map[string]catalog.Fetcher, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if all := w.opened[name]; all != nil {
		return all, nil
	}
	configured, _ := w.config.Source(name)
	source, err := open(configured)
	if err != nil {
		return nil, err
	}
	all, err := s.fetchersOf(source, w.runner.Log)
	if err != nil {
		return nil, err
	}
	if w.opened == nil {
		w.opened = make(map[string]map[string]catalog.Fetcher)
	}
	w.opened[name] = all
	return all, nil
}
