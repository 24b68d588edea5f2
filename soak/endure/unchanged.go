package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

const (
	unchangedLists = 20
	// warmAfter is the run from which on nothing may grow, and tolerance how
	// far it may move.
	warmAfter = 100
	tolerance = 0.10
	// slabs is what the heap may move beside, in KiB: the driver takes rows from
	// slabs of 64 and 128, which live until the last of them is used.
	slabs = 64
)

// standing is what stands at some run: what may not grow by name, and rows and
// bytes of tables at the first and the last.
type standing struct {
	runs   int
	bound  map[string]float64
	tables []table
}

type table struct {
	name        string
	rows, bytes int64
}

// unchanged runs twenty lists in turn against providers that stand still, as the
// daemon does, and wants nothing to grow but runs and snapshots by a row each.
func (s *stage) unchanged(ctx context.Context) (err error) {
	if s.pool, err = openPool(ctx, s.database); err != nil {
		return err
	}
	defer s.pool.Close()
	providers, found, err := s.program.simulate(ctx, 0, s.world("--world", "4")...)
	if err != nil {
		return err
	}
	defer providers.kill()
	opened, err := store.Open(ctx, s.database)
	if err != nil {
		return err
	}
	defer opened.Close()
	r := repeated{stage: s, runner: &ingest.Runner{Store: opened, Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)}}
	if err := r.register(ctx, found); err != nil {
		return err
	}
	began := time.Now()
	if err := r.all(ctx); err != nil {
		return err
	}
	return errors.Join(r.report(time.Since(began)), r.judge())
}

// repeated is twenty lists that are read again and again.
type repeated struct {
	*stage
	runner   *ingest.Runner
	fetchers []catalog.Fetcher
	lists    []record.List
	samples  []standing
}

// register opens the sources: each provider once, and as many a second time as
// it takes for twenty lists.
func (r *repeated) register(ctx context.Context, found fields) error {
	for _, suffix := range []string{"", "-again"} {
		for _, provider := range slices.Sorted(maps.Keys(found)) {
			all, err := fetchersOf(configured(provider, provider+suffix, found[provider]), time.Now)
			if err != nil {
				return err
			}
			r.fetchers = append(r.fetchers, all...)
		}
	}
	if len(r.fetchers) < unchangedLists {
		return fmt.Errorf("only %d lists", len(r.fetchers))
	}
	r.fetchers = r.fetchers[:unchangedLists]
	for _, fetcher := range r.fetchers {
		list, err := r.runner.Store.EnsureList(ctx, fetcher.List(), record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}})
		if err != nil {
			return err
		}
		r.lists = append(r.lists, list)
	}
	return nil
}

// configured is a source made of the fields that the simulation prints.
func configured(provider, name string, values map[string]string) catalog.Source {
	source := catalog.Source{Name: name, Provider: provider, Credentials: map[string]catalog.Secret{}, Options: map[string]string{"page_size": "20"}}
	var secret []string
	for _, known := range fetchers.All() {
		if known.Name == provider {
			secret = slices.Concat(known.Credentials...)
		}
	}
	for field, value := range values {
		switch {
		case field == "base_url":
			source.BaseURL = value
		case slices.Contains(secret, field):
			source.Credentials[field] = catalog.NewSecret(value)
		case field != "timezone":
			source.Options[field] = value
		}
	}
	return source
}

// all makes the runs and measures at twenty moments.
func (r *repeated) all(ctx context.Context) error {
	step := max(1, (r.runs-warmAfter)/20)
	for n := 1; n <= r.runs; n++ {
		i := (n - 1) % unchangedLists
		report, err := r.runner.Sync(ctx, r.lists[i], r.fetchers[i], nil)
		if err != nil {
			return err
		}
		if want := record.Unchanged; n > unchangedLists && report.Outcome != want {
			return fmt.Errorf("run %d: %s: %s, want %s", n, report.List, report.Outcome, want)
		}
		if n == warmAfter { // what measuring itself takes is there from now on
			if err := r.measure(ctx, n); err != nil {
				return err
			}
			r.samples = make([]standing, 0, 24)
		}
		if n >= warmAfter && ((n-warmAfter)%step == 0 || n == r.runs) {
			if err := r.measure(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// The names of what is measured.
const (
	heapName       = "heap after collection, KiB"
	goroutineName  = "goroutines"
	descriptorName = "open descriptors"
)

// collected is the heap when nothing is left to collect: what waits for
// finalizers, or for a goroutine to end, goes with a later collection.
func collected() float64 {
	least := math.Inf(1)
	for range 5 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		least = min(least, float64(memory.HeapAlloc))
	}
	return least
}

// measure looks at what may not grow.
func (r *repeated) measure(ctx context.Context, runs int) error {
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	connections, err := ask[int](ctx, r.pool, `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name <> $1 AND backend_type = 'client backend'`, observer)
	if err != nil {
		return err
	}
	sample := standing{runs: runs, bound: map[string]float64{
		heapName: collected() / 1024, goroutineName: float64(runtime.NumGoroutine()),
		descriptorName: float64(len(descriptors)), connectionsName: float64(connections),
	}}
	if runs == warmAfter || runs == r.runs { // in between they would only be memory of our own
		sample.tables, err = r.tables(ctx)
	}
	r.samples = append(r.samples, sample)
	return err
}

func (r *repeated) tables(ctx context.Context) ([]table, error) {
	return askAll(ctx, r.pool, func(row pgx.CollectableRow) (t table, err error) {
		return t, row.Scan(&t.name, &t.rows, &t.bytes)
	}, `SELECT relname::text, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname), false, true, '')))[1]::text::bigint,
			pg_total_relation_size(oid)
		FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`)
}

// judge compares every sample with the first.
func (r *repeated) judge() error {
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	var wrong []error
	for _, sample := range r.samples {
		for _, name := range slices.Sorted(maps.Keys(first.bound)) {
			was, is, slack := first.bound[name], sample.bound[name], 0.0
			if name == heapName {
				slack = slabs
			}
			if math.Abs(is-was) > was*tolerance+slack {
				wrong = append(wrong, fmt.Errorf("%s: %.0f at run %d, %.0f at run %d", name, was, first.runs, is, sample.runs))
			}
		}
	}
	for i, was := range first.tables {
		grown, want := last.tables[i].rows-was.rows, int64(0)
		if was.name == "runs" || was.name == "snapshots" {
			want = int64(last.runs - first.runs)
		}
		if grown != want {
			wrong = append(wrong, fmt.Errorf("table %s has %d more rows after %d runs, want %d", was.name, grown, last.runs-first.runs, want))
		}
	}
	return errors.Join(wrong...)
}

// report prints what was measured.
func (r *repeated) report(took time.Duration) error {
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	fmt.Fprintf(r.out, "%d unchanged runs of %d lists in %s (%.1f ms a run)\n\n", last.runs, unchangedLists, took.Round(time.Second/10), took.Seconds()*1000/float64(last.runs))
	fmt.Fprintf(r.out, "%-28s%12s%12s%12s%12s\n", "", fmt.Sprintf("run %d", first.runs), fmt.Sprintf("run %d", last.runs), "least", "most")
	for _, name := range slices.Sorted(maps.Keys(first.bound)) {
		least, most := first.bound[name], first.bound[name]
		for _, sample := range r.samples {
			least, most = min(least, sample.bound[name]), max(most, sample.bound[name])
		}
		fmt.Fprintf(r.out, "%-28s%12.0f%12.0f%12.0f%12.0f\n", name, first.bound[name], last.bound[name], least, most)
	}
	fmt.Fprintf(r.out, "\n%-28s%12s%12s%12s%12s%12s\n", "table", "rows", "rows", "KiB", "KiB", "bytes a run")
	for i, was := range first.tables {
		is := last.tables[i]
		fmt.Fprintf(r.out, "%-28s%12d%12d%12d%12d%12.0f\n", was.name, was.rows, is.rows, was.bytes/1024, is.bytes/1024, float64(is.bytes-was.bytes)/float64(max(1, last.runs-first.runs)))
	}
	return nil
}
