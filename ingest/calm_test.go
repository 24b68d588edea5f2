package ingest_test

import (
	"maps"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
	"syncer/store/record"
	"syncer/timeline"
)

// TestACalmWorldHoldsNothing reads every list of the simulated providers day by
// day: their script has price rises, delistings, sold out zones and new products,
// and with Calm no slip. SYNCER_CALM_DAYS and SYNCER_CALM_SEEDS make it longer.
func TestACalmWorldHoldsNothing(t *testing.T) {
	t.Parallel()
	days, seeds := fromEnvironment(t, "SYNCER_CALM_DAYS", 60), fromEnvironment(t, "SYNCER_CALM_SEEDS", 1)
	for seed := range seeds {
		t.Run(strconv.Itoa(seed+1), func(t *testing.T) {
			t.Parallel()
			calm(t, int64(seed+1), days)
		})
	}
}

func fromEnvironment(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text, set := os.LookupEnv(name)
	if !set {
		return otherwise
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return number
}

func calm(t *testing.T, seed int64, days int) {
	var day atomic.Int64
	simulation := started(t, simulate.Options{
		Seed: seed, Products: 25, Calm: true, Now: clock, At: func() time.Time { return at(int(day.Load())) },
	})
	runner := newRunner(pgtest.New(t))
	rule := timeline.Rule{Snapshots: 2, For: 72 * time.Hour}
	type readable struct {
		list    record.List
		fetcher catalog.Fetcher
	}
	var sources [][]readable
	for _, endpoint := range simulation.Endpoints() {
		var source []readable
		for _, fetcher := range allFetchers(t, endpoint) {
			list, err := runner.Store.EnsureList(t.Context(), fetcher.List(), record.ListSettings{Rule: rule, Doubt: rule})
			if err != nil {
				t.Fatal(err)
			}
			source = append(source, readable{list, fetcher})
		}
		sources = append(sources, source)
	}
	changed := make(map[record.Outcome]int)
	for ; day.Load() < int64(days); day.Add(1) {
		reading, ctx := errgroup.WithContext(t.Context())
		outcomes := make([]map[record.Outcome]int, len(sources))
		for i, source := range sources {
			outcomes[i] = make(map[record.Outcome]int)
			reading.Go(func() error {
				for _, read := range source {
					report, err := runner.SyncAt(ctx, read.list, read.fetcher, at(int(day.Load())))
					if err != nil && at(int(day.Load())).After(simulate.WorldEnd()) {
						outcomes[i]["failed"]++ // contracts end, for which the script has no successors
						continue
					}
					if err != nil {
						return err
					}
					if outcomes[i][report.Outcome]++; report.Outcome == record.Held {
						t.Errorf("seed %d, day %d: %s is held: %s", seed, day.Load(), report.List, report.HeldFor)
					}
				}
				return nil
			})
		}
		if err := reading.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, all := range outcomes {
			for outcome, n := range all {
				changed[outcome] += n
			}
		}
	}
	t.Logf("seed %d, %d days: %v", seed, days, changed)
	if changed[record.Changed] < 2*len(sources) {
		t.Errorf("nothing happens in this world: %v", changed)
	}
}

// allFetchers are those of a simulated provider.
func allFetchers(t *testing.T, endpoint simulate.Endpoint) []catalog.Fetcher {
	t.Helper()
	source := catalog.Source{
		Name: endpoint.Provider, Provider: endpoint.Provider, BaseURL: endpoint.BaseURL, Location: time.UTC,
		Credentials: map[string]catalog.Secret{}, Options: map[string]string{},
	}
	maps.Copy(source.Options, endpoint.Settings)
	for name, text := range endpoint.Credentials {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	for _, provider := range fetchers.All() {
		if provider.Name == endpoint.Provider {
			all, err := provider.New(source, fetchers.Options{Now: clock, Sleep: noSleep, RequestsPerMinute: 1_000_000})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
	}
	t.Fatalf("nothing reads %s", endpoint.Provider)
	return nil
}
