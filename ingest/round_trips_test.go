package ingest_test

import (
	"log/slog"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/soak/wire"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

// mostRoundTrips is what an unchanged small list may cost: begin the run; begin
// the transaction and lock the list; look; write; commit.
const mostRoundTrips = 5

// TestUnchangedListCostsFewRoundTrips counts what the server is asked, beside
// pages that state a total and pages that do not, also when the connection has
// been idle for longer than pgx trusts one.
func TestUnchangedListCostsFewRoundTrips(t *testing.T) {
	t.Parallel()
	for provider, list := range map[string]string{"iwinv": "flavors", "zstack": "instance-offerings", "scp": "planned-computes"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, provider, list)
			var asked atomic.Int32
			proxy, err := wire.Listen(t.Context(), pgtest.URL(t), func(m wire.Message) wire.Action {
				if m.First && m.Type != 'X' {
					asked.Add(1)
				}
				return wire.Forward
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = proxy.Close() })
			opened, err := store.Open(t.Context(), proxy.URL("counted"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(opened.Close)
			runner := &ingest.Runner{Store: opened, Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)}
			sync := func() int32 {
				before := asked.Load()
				described := record.List{List: s.fetcher.List(), ListSettings: record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}}}
				if _, err := runner.Sync(t.Context(), described, s.fetcher, nil); err != nil {
					t.Fatal(err)
				}
				return asked.Load() - before
			}
			first := sync()
			for range 3 { // what is asked again is prepared once
				sync()
			}
			time.Sleep(1100 * time.Millisecond)
			if got := sync(); got > mostRoundTrips || got < 3 {
				t.Errorf("an unchanged list cost %d round trips, want at most %d (the first run: %d)", got, mostRoundTrips, first)
			}
		})
	}
}

// TestDeadConnectionsFailNoRun kills what idles in the pool, as a restart of
// the server does: the next run begins on another connection, and so does its
// write.
func TestDeadConnectionsFailNoRun(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	s.spoiled = true
	opened, err := store.Open(t.Context(), named(t, pgtest.URL(t), "doomed"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	s.runner.Store = opened
	killed := 0
	s.runner.Notice = func(ingest.Progress) { killed += s.killIdle(t) } // within the walk
	for range 2 {
		killed += s.killIdle(t)
		described := record.List{List: s.fetcher.List(), ListSettings: record.ListSettings{Rule: timeline.Rule{Snapshots: 2}}}
		if _, err := s.runner.Sync(t.Context(), described, s.fetcher, nil); err != nil {
			t.Fatal(err)
		}
	}
	if killed < 3 {
		t.Errorf("%d connections were killed: nothing was tried", killed)
	}
}

// named is a database's address with a name for its connections.
func named(t *testing.T, address, name string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("application_name", name)
	at.RawQuery = query.Encode()
	return at.String()
}

// killIdle kills the server's side of every idle connection that is named
// doomed.
func (s *stage) killIdle(t *testing.T) (killed int) {
	t.Helper()
	err := s.pool.QueryRow(t.Context(), `WITH doomed AS MATERIALIZED (SELECT pid FROM pg_stat_activity
			WHERE state = 'idle' AND application_name = 'doomed')
		SELECT count(pg_terminate_backend(pid, 5000)) FROM doomed`).Scan(&killed)
	if err != nil {
		t.Fatal(err)
	}
	return killed
}
