package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/simulate"
	"syncer/simulate/world"
	"syncer/snapshot"
)

// lastDay is the day of the simulated world after which nothing happens.
const lastDay = 7 * world.Weeks

// shown is what a list holds on one day.
type shown struct {
	digest  catalog.Digest
	entries map[string]parts
	// aside are the keys of which a snapshot does not say all; nameless counts its
	// rows without a key.
	aside    map[string]bool
	nameless int
	// collapsed counts rows that stood twice: each may stand where another should.
	collapsed int
}

// parts are what an entry is made of, by name. Providers state them in answers to
// different requests, so that the parts of one entry may be of different days.
type parts map[string]any

func partsOf(entry catalog.Entry) parts {
	all := parts{"status": textOf(entry.Status), "lifecycle": textOf(entry.Lifecycle)}
	for i := range entry.Prices {
		price := &entry.Prices[i]
		all[fmt.Sprintf("price %v", price.Identity())] = price.AmountDigest()
	}
	for _, zone := range entry.ZoneStatuses {
		all["zone "+zone.Zone] = fmt.Sprint(zone)
	}
	entry.Status, entry.Lifecycle, entry.Prices, entry.ZoneStatuses = nil, nil, nil, nil
	all["rest"] = entry.Digest()
	return all
}

func textOf(text *string) string {
	if text == nil {
		return "none"
	}
	return "is " + *text
}

// worlds is what undisturbed walks find on each day of the simulated world that
// was shown. Some questions name today's date (what would it cost to cancel
// today?), so that there may be several contents for a day.
type worlds struct {
	seed     int64
	products int
	fetchers map[catalog.ListID]catalog.Fetcher
	mutex    sync.Mutex // guards days while they are learned
	days     [lastDay + 1]map[catalog.ListID][]*shown
}

// newWorlds knows the lists, and nothing of what they hold.
func newWorlds(ctx context.Context, seed int64, products int) (*worlds, error) {
	w := &worlds{seed: seed, products: products}
	for day := range w.days {
		w.days[day] = map[catalog.ListID][]*shown{}
	}
	return w, w.learnAt(ctx, time.Now)
}

// learn walks every list on the days of the simulated world up to one, and on the
// last of all, as of the date when they began to be shown and, if somewhere it
// changed until they no longer were, of that one.
func (w *worlds) learn(ctx context.Context, from, until time.Time, day int) error {
	clocks := []func() time.Time{func() time.Time { return from }}
	if dateChanges(from, until) {
		clocks = append(clocks, func() time.Time { return until })
	}
	days := []int{lastDay}
	for ; day >= 0; day-- {
		days = append(days, day)
	}
	slices.Sort(days)
	for _, now := range clocks {
		if err := w.learnAt(ctx, now, slices.Compact(days)...); err != nil {
			return err
		}
	}
	return nil
}

// dateChanges reports that somewhere among the providers a day begins.
func dateChanges(from, until time.Time) bool {
	for _, provider := range fetchers.All() {
		if zone, err := time.LoadLocation(provider.Timezone); err == nil && from.In(zone).Format(time.DateOnly) != until.In(zone).Format(time.DateOnly) {
			return true
		}
	}
	return false
}

// learnAt walks every list on some days, and the one with a manifold price once
// more, with that.
func (w *worlds) learnAt(ctx context.Context, now func() time.Time, days ...int) error {
	fault, err := simulate.ParseFault(manifold)
	if err != nil {
		return err
	}
	odd := func(list catalog.ListID) bool { return list.Source == fault.Provider && list.Name == fault.List }
	if err := w.walkAt(ctx, now, []simulate.Fault{fault}, odd, days...); err != nil {
		return err
	}
	return w.walkAt(ctx, now, nil, func(catalog.ListID) bool { return true }, days...)
}

func (w *worlds) walkAt(ctx context.Context, now func() time.Time, faults []simulate.Fault, walked func(catalog.ListID) bool, days ...int) error {
	var day atomic.Int64
	simulation, err := simulate.New(simulate.Options{
		Seed: w.seed, Products: w.products, Now: now, Faults: faults,
		At: func() time.Time { return simulate.WorldStart().AddDate(0, 0, int(day.Load())) },
	})
	if err != nil {
		return err
	}
	if err := simulation.Start(ctx); err != nil {
		return err
	}
	defer func() { _ = simulation.Close() }() // it holds nothing
	if w.fetchers, err = everyFetcher(simulation.Endpoints(), now); err != nil {
		return err
	}
	for _, on := range days {
		day.Store(int64(on))
		if err := w.seeAll(ctx, on, walked); err != nil {
			return fmt.Errorf("an undisturbed walk on day %d: %w", on, err)
		}
	}
	return nil
}

// seeAll walks lists on a day, those of different sources side by side.
func (w *worlds) seeAll(ctx context.Context, day int, walked func(catalog.ListID) bool) error {
	bySource := map[string][]catalog.ListID{}
	for list := range w.fetchers {
		if walked(list) {
			bySource[list.Source] = append(bySource[list.Source], list)
		}
	}
	var walks sync.WaitGroup
	failed := make(chan error, len(w.fetchers))
	for _, lists := range bySource {
		walks.Go(func() {
			for _, list := range lists {
				failed <- w.see(ctx, day, list, w.fetchers[list])
			}
		})
	}
	walks.Wait()
	close(failed)
	var all error
	for err := range failed {
		all = errors.Join(all, err)
	}
	return all
}

// see notes what a list holds; what is known from the day before is not kept
// twice.
func (w *worlds) see(ctx context.Context, day int, list catalog.ListID, fetcher catalog.Fetcher) error {
	snapshot, err := walk(ctx, fetcher)
	if err != nil {
		return err
	}
	digest := snapshot.Digest()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, known := range w.between(list, day-1, day) {
		if known.digest == digest {
			w.days[day][list] = append(w.days[day][list], known)
			return nil
		}
	}
	seen, err := contentOf(snapshot)
	w.days[day][list] = append(w.days[day][list], seen)
	return err
}

func contentOf(snapshot *snapshot.Snapshot) (*shown, error) {
	all := &shown{digest: snapshot.Digest(), entries: map[string]parts{}, aside: map[string]bool{}, nameless: snapshot.Nameless(), collapsed: snapshot.Collapsed()}
	if snapshot.Ambiguous() {
		all.collapsed++
	}
	for _, key := range snapshot.SilentKeys() {
		all.aside[key] = true
	}
	for entry, err := range snapshot.Entries(func(string) bool { return true }) {
		if err != nil {
			return nil, err
		}
		all.entries[entry.Key] = partsOf(entry)
		if snapshot.Silent(entry.Key) != 0 {
			all.aside[entry.Key] = true
		}
	}
	return all, nil
}

func walk(ctx context.Context, fetcher catalog.Fetcher) (*snapshot.Snapshot, error) {
	var pages []catalog.Page
	for page, err := range fetcher.Pages(ctx) {
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return ingest.Collect(fetcher, time.Now(), pages)
}

// between are the contents of a list from one day to another, each once.
func (w *worlds) between(list catalog.ListID, from, to int) []*shown {
	var all []*shown
	for day := max(0, from); day <= min(to, lastDay); day++ {
		for _, content := range w.days[day][list] {
			if !slices.Contains(all, content) {
				all = append(all, content)
			}
		}
	}
	return all
}

// lists are all lists in order.
func (w *worlds) lists() []catalog.ListID {
	return slices.SortedFunc(maps.Keys(w.fetchers), func(a, b catalog.ListID) int { return strings.Compare(a.String(), b.String()) })
}

// everyFetcher reads every list of the simulated providers as fast as it can.
func everyFetcher(endpoints []simulate.Endpoint, now func() time.Time) (map[catalog.ListID]catalog.Fetcher, error) {
	all := map[catalog.ListID]catalog.Fetcher{}
	for _, endpoint := range endpoints {
		found, err := fetchersOf(sourceOf(endpoint), now)
		if err != nil {
			return nil, err
		}
		for _, fetcher := range found {
			all[fetcher.List().ID] = fetcher
		}
	}
	return all, nil
}

func sourceOf(endpoint simulate.Endpoint) catalog.Source {
	source := catalog.Source{
		Name: endpoint.Provider, Provider: endpoint.Provider, BaseURL: endpoint.BaseURL,
		Credentials: map[string]catalog.Secret{}, Options: maps.Clone(endpoint.Settings),
	}
	for name, text := range endpoint.Credentials {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	return source
}

// fetchersOf are the fetchers of a source, which pause for nothing.
func fetchersOf(source catalog.Source, now func() time.Time) ([]catalog.Fetcher, error) {
	for _, provider := range fetchers.All() {
		if provider.Name != source.Provider {
			continue
		}
		zone, err := time.LoadLocation(provider.Timezone) // "" is UTC
		if err != nil {
			return nil, err
		}
		source.Location = zone
		return provider.New(source, fetchers.Options{
			Now: now, RequestsPerMinute: 1_000_000,
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		})
	}
	return nil, fmt.Errorf("%s is simulated and has no fetcher", source.Provider)
}
