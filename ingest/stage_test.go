package ingest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

// stage is one database, one list and a runner. The list's address stays the
// same while what answers behind it is exchanged, as in life.
type stage struct {
	pool    *pgxpool.Pool
	runner  *ingest.Runner
	list    record.List
	fetcher catalog.Fetcher
	behind  *behind
	spoiled bool // the test leaves a page, a pool or a decoder with which nothing can be proven
}

// behind is a transport that sends every request to whoever plays the
// provider now.
type behind struct {
	host atomic.Value
	edit func(body string) string // changes what the provider says; may be nil
	http.Transport
}

func (b *behind) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.URL.Host, _ = b.host.Load().(string)
	response, err := b.Transport.RoundTrip(request)
	if err != nil || b.edit == nil {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Header.Del("Content-Length")
	response.Body = io.NopCloser(strings.NewReader(b.edit(string(body))))
	return response, nil
}

func (b *behind) play(t testing.TB, baseURL string) {
	t.Helper()
	at, err := url.Parse(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	b.host.Store(at.Host)
}

func clock() time.Time { return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) }

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// newStage has a healthy simulation behind its list and pages of ten rows.
func newStage(t testing.TB, provider, list string) *stage {
	t.Helper()
	pool := pgtest.New(t)
	s := &stage{pool: pool, behind: &behind{}, runner: newRunner(pool)}
	t.Cleanup(s.behind.CloseIdleConnections)
	endpoint := s.simulated(t, provider)
	s.fetcher = newFetcher(t, endpoint, list, s.behind)
	known, err := s.runner.Store.EnsureList(t.Context(), s.fetcher.List(), record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	s.list = known
	t.Cleanup(func() { s.mustBeProven(t) })
	return s
}

// mustBeProven wants every test to leave a history that its pages prove, unless
// it spoils something on purpose.
func (s *stage) mustBeProven(t testing.TB) {
	t.Helper()
	if s.spoiled {
		return
	}
	report, err := s.runner.Verify(context.Background(), s.list, s.fetcher)
	if err != nil || len(report.Contradictions) > 0 {
		t.Errorf("at the end: %v, %v", report.Contradictions, err)
	}
}

func newRunner(pool *pgxpool.Pool) *ingest.Runner {
	return &ingest.Runner{Store: store.New(pool), Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)}
}

func newFetcher(t testing.TB, endpoint simulate.Endpoint, list string, transport http.RoundTripper) catalog.Fetcher {
	t.Helper()
	source := catalog.Source{
		Name: endpoint.Provider, Provider: endpoint.Provider, BaseURL: endpoint.BaseURL, Location: time.UTC,
		Credentials: map[string]catalog.Secret{}, Options: map[string]string{"page_size": "10"},
	}
	maps.Copy(source.Options, endpoint.Settings)
	for name, text := range endpoint.Credentials {
		source.Credentials[name] = catalog.NewSecret(text)
	}
	for _, provider := range fetchers.All() {
		if provider.Name != endpoint.Provider {
			continue
		}
		all, err := provider.New(source, fetchers.Options{Now: clock, Sleep: noSleep, Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.List().ID.Name == list {
				return one
			}
		}
	}
	t.Fatalf("no list %s/%s", endpoint.Provider, list)
	return nil
}

// simulated puts a new simulation with faults behind the list.
func (s *stage) simulated(t testing.TB, provider string, faults ...string) simulate.Endpoint {
	t.Helper()
	return s.simulatedAt(t, provider, simulate.WorldStart(), faults...)
}

func (s *stage) simulatedAt(t testing.TB, provider string, at time.Time, faults ...string) simulate.Endpoint {
	t.Helper()
	options := simulate.Options{Seed: 1, Products: 25, Now: clock, At: func() time.Time { return at }}
	for _, text := range faults {
		fault, err := simulate.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		options.Faults = append(options.Faults, fault)
	}
	for _, endpoint := range started(t, options).Endpoints() {
		if endpoint.Provider == provider {
			s.behind.play(t, endpoint.BaseURL)
			return endpoint
		}
	}
	t.Fatalf("%s is not simulated", provider)
	return simulate.Endpoint{}
}

func started(t testing.TB, options simulate.Options) *simulate.Simulation {
	t.Helper()
	simulation, err := simulate.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulation.Close() })
	return simulation
}

func (s *stage) sync(t testing.TB) (ingest.Report, error) {
	t.Helper()
	return s.runner.Sync(t.Context(), s.list, s.fetcher, nil)
}

// mustSync wants an outcome.
func (s *stage) mustSync(t testing.TB, want record.Outcome) ingest.Report {
	t.Helper()
	report, err := s.sync(t)
	if err != nil || report.Outcome != want {
		t.Fatalf("sync: outcome %q (held for %q), error %v; want %q", report.Outcome, report.HeldFor, err, want)
	}
	return report
}

// counts is how many rows every table of history and evidence has.
func (s *stage) counts(t testing.TB) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{
		"products", "product_versions", "prices", "price_history", "product_status_changes",
		"absences", "snapshots", "pages", "snapshot_pages", "drift",
	} {
		counts[table] = one[int](t, s.pool, "SELECT count(*) FROM "+table)
	}
	return counts
}

func one[T any](t testing.TB, pool *pgxpool.Pool, sql string, args ...any) T {
	t.Helper()
	all := column[T](t, pool, sql, args...)
	if len(all) != 1 {
		t.Fatalf("%s: %d rows, want 1", sql, len(all))
	}
	return all[0]
}

func column[T any](t testing.TB, pool *pgxpool.Pool, sql string, args ...any) []T {
	t.Helper()
	rows, err := pool.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", sql, err))
	}
	return all
}
