package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/daemon"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// Fifty sources on one daemon, ten of them of providers that do not answer.
const (
	healthySources = 40
	hangingSources = 10
)

// smallList is a list of each provider that takes few requests.
func smallList() map[string]string {
	return map[string]string{"huawei": "availability-zones", "iwinv": "zones", "ncp": "regions", "scp": "os-types", "zstack": "disk-offerings"}
}

// endpoints are the simulated providers with some faults.
func endpoints(t *testing.T, faults ...string) []simulate.Endpoint {
	t.Helper()
	options := simulate.Options{Now: time.Now}
	for _, text := range faults {
		fault, err := simulate.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		options.Faults = append(options.Faults, fault)
	}
	simulation, err := simulate.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	return simulation.Endpoints()
}

// manySources writes a configuration of so many sources of the providers in
// turn, each with one list every five seconds.
func manySources(t *testing.T, prefix string, count int, providers []simulate.Endpoint, dir string) string {
	t.Helper()
	var text strings.Builder
	for i := range count {
		endpoint := providers[i%len(providers)]
		fmt.Fprintf(&text, "  %s-%d:\n    provider: %s\n    base_url: %s\n    credentials:\n", prefix, i, endpoint.Provider, endpoint.BaseURL)
		for field, value := range endpoint.Credentials {
			file := fmt.Sprintf("%s-%d-%s", prefix, i, field)
			if err := os.WriteFile(filepath.Join(dir, file), []byte(value), 0o600); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "      %s_file: %s\n", field, file)
		}
		for name, value := range endpoint.Settings {
			fmt.Fprintf(&text, "    %s: %q\n", name, value)
		}
		list := smallList()[endpoint.Provider]
		if list == "" {
			t.Fatalf("%s: name a list that takes few requests in smallList", endpoint.Provider)
		}
		fmt.Fprintf(&text, "    lists: { %s: { schedule: \"@every 5s\" } }\n", list)
	}
	return text.String()
}

// stepped is a clock that moves when the test says so, by five seconds, and then
// stands still a tenth of a second before the next due time. It lags a minute
// behind, for a due time that is ahead of the database's clock is not taken.
type stepped struct {
	begun time.Time
	steps atomic.Int64
}

func newStepped() *stepped {
	const wait = 100 * time.Millisecond // of the scheduler for the next due time, by its own timer
	return &stepped{begun: time.Now().Add(-time.Minute).Truncate(5 * time.Second).Add(5*time.Second - wait)}
}

func (c *stepped) now() time.Time {
	return c.begun.Add(time.Duration(c.steps.Load()) * 5 * time.Second)
}

// TestFiftySourcesAndWhoHangsDelaysNobody lets ten of fifty sources wait for
// answers that never come. The others are read again and again at their due
// times, no connection to the database waits with those that hang, and stopping
// ends them.
func TestFiftySourcesAndWhoHangsDelaysNobody(t *testing.T) {
	t.Parallel()
	var hangs []string
	for provider := range smallList() {
		hangs = append(hangs, provider+":hang")
	}
	database, dir := pgtest.URL(t), t.TempDir()
	text := "listen: \"off\"\nsources:\n" + manySources(t, "healthy", healthySources, endpoints(t), dir) + manySources(t, "hanging", hangingSources, endpoints(t, hangs...), dir)
	path := filepath.Join(dir, "syncer.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	clock := newStepped()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, ended := &served{}, make(chan error, 1)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log:\n%s", log.text())
		}
	})
	values := map[string]string{"DATABASE_URL": database}
	lookup := func(name string) (string, bool) { value, found := values[name]; return value, found }
	go func() {
		ended <- daemon.Serve(ctx, daemon.Options{
			Load:   func() (*config.Config, error) { return config.Load(path, configProviders(), lookup) },
			Lookup: lookup, Now: clock.now, Log: slog.New(slog.NewTextHandler(log, nil)), Grace: 2 * time.Second,
		})
	}()
	eventually(t, "it serves", func() bool { return strings.Contains(log.text(), "msg=serving") })
	for step := range 5 {
		clock.steps.Add(1)
		eventually(t, fmt.Sprintf("run %d of each healthy source", step+1), func() bool {
			return scan[int](t, database, `SELECT count(*) FROM (SELECT FROM runs JOIN lists ON lists.id = list_id
				WHERE source LIKE 'healthy-%' AND outcome IN ('changed', 'unchanged') GROUP BY list_id HAVING count(*) > $1) AS read`, step) == healthySources
		})
		eventually(t, "a row for each due time of those that hang", func() bool {
			return scan[int](t, database, "SELECT count(*) FROM runs JOIN lists ON lists.id = list_id WHERE source LIKE 'hanging-%'") == hangingSources*(step+1)
		})
	}
	if got := scan[int](t, database, "SELECT count(*) FROM runs JOIN lists ON lists.id = list_id WHERE source LIKE 'hanging-%' AND outcome = 'running'"); got != hangingSources {
		t.Errorf("%d runs hang, want %d", got, hangingSources)
	}
	wantNoneWaits(t, database)
	rows := dueTimesOf(t, database)
	for name, want := range map[string]string{"healthy missed": "0", "healthy failed": "0", "hanging missed": "0", "hanging ended": "0"} {
		if rows[name] != want {
			t.Errorf("%s: %s due times, want %s", name, rows[name], want)
		}
	}
	t.Logf("due times: %v", rows)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if got := scan[string](t, database, "SELECT string_agg(DISTINCT concat_ws(' ', outcome, error_class), ', ') FROM runs JOIN lists ON lists.id = list_id WHERE source LIKE 'hanging-%'"); got != "failed canceled, skipped" {
		t.Errorf("those that hung ended as %q", got)
	}
}

// wantNoneWaits wants no connection to be held for good by a transaction that does
// nothing, and no more of them than the pool may have and one for heartbeats.
func wantNoneWaits(t *testing.T, database string) {
	t.Helper()
	const own = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
	eventually(t, "no connection waits in a transaction", func() bool {
		return scan[int](t, database, own+" AND state LIKE 'idle in transaction%'") == 0
	})
	if n, most := scan[int](t, database, own), max(4, runtime.NumCPU())+1; n > most {
		t.Errorf("%d connections, want at most %d", n, most)
	}
}

// dueTimesOf counts, for healthy and hanging sources, what became of their due
// times.
func dueTimesOf(t *testing.T, database string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), `
		WITH spans AS (SELECT list_id, split_part(source, '-', 1) AS sort, min(due_at) AS first, max(due_at) AS last
			FROM runs JOIN lists ON lists.id = list_id GROUP BY list_id, source),
		times AS (SELECT sort, coalesce(outcome, 'missed') AS outcome
			FROM spans CROSS JOIN generate_series(first, last, interval '5 seconds') AS due
				LEFT JOIN runs ON runs.list_id = spans.list_id AND due_at = due)
		SELECT sort || ' ' || name, count(*) FILTER (WHERE outcome = ANY (outcomes))::text
		FROM times CROSS JOIN (VALUES ('missed', ARRAY['missed']), ('failed', ARRAY['failed', 'abandoned', 'held']), ('ended', ARRAY['changed', 'unchanged']),
			('skipped', ARRAY['skipped']), ('running', ARRAY['running'])) AS kinds (name, outcomes)
		GROUP BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]string{}
	var name, count string
	if _, err := pgx.ForEachRow(rows, []any{&name, &count}, func() error { counts[name] = count; return nil }); err != nil {
		t.Fatal(err)
	}
	return counts
}
