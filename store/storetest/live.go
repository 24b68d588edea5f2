package storetest

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/outbox"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/timeline"
)

// Live is a list with live runs.
type Live struct {
	T      testing.TB
	Pool   *pgxpool.Pool
	Store  *store.Store
	Source *Source
	List   record.List
	// Subscriptions get messages of its runs.
	Subscriptions []outbox.Subscription
}

// NewLive returns a list in a migrated database, whose absences are believed at
// once, without a snapshot.
func NewLive(t testing.TB, pool *pgxpool.Pool, kind catalog.EntryKind, subscriptions ...outbox.Subscription) *Live {
	t.Helper()
	l := &Live{T: t, Pool: pool, Store: store.New(pool), Source: NewSource(kind), Subscriptions: subscriptions}
	l.Register(timeline.Rule{Snapshots: 1})
	return l
}

// NewList registers a further list of a store.
func NewList(t testing.TB, s *store.Store, pool *pgxpool.Pool, name string, kind catalog.EntryKind, rule timeline.Rule) *Live {
	t.Helper()
	l := &Live{T: t, Pool: pool, Store: s, Source: NewSource(kind)}
	l.Source.Described.ID.Name = name
	l.Register(rule)
	return l
}

// Register makes the source, as it is described now, the list of further runs, in
// which nothing is doubted.
func (l *Live) Register(rule timeline.Rule) {
	l.T.Helper()
	l.RegisterWith(record.ListSettings{Rule: rule})
}

// RegisterWith is Register with other settings too.
func (l *Live) RegisterWith(settings record.ListSettings) {
	l.T.Helper()
	list, err := l.Store.EnsureList(l.T.Context(), l.Source.Described, settings)
	if err != nil {
		l.T.Fatal(err)
	}
	l.List = list
}

// Begin begins a run of a moment.
func (l *Live) Begin(origin record.Origin, at time.Time) store.Run {
	l.T.Helper()
	run, err := l.Store.BeginAt(l.T.Context(), l.List, origin, at)
	if err != nil {
		l.T.Fatal(err)
	}
	run.Subscriptions = l.Subscriptions
	return run
}

// Sync makes entries the snapshot of a live run; held is why the guard holds it,
// "" for not at all.
func (l *Live) Sync(at time.Time, held string, entries ...catalog.Entry) store.Result {
	l.T.Helper()
	var reasons []string
	if held != "" {
		reasons = append(reasons, held)
	}
	result, err := l.Store.Update(l.T.Context(), l.Begin(record.Sync, at), l.Source.Snapshot(l.T, entries...), func(delta.Delta) []string { return reasons })
	if err != nil {
		l.T.Fatal(err)
	}
	return result
}

// Put makes entries the snapshot of a moment, which nothing holds.
func (l *Live) Put(at time.Time, entries ...catalog.Entry) store.Result {
	l.T.Helper()
	return l.Write(at, l.Source.Snapshot(l.T, entries...))
}

// Write makes a snapshot that of a moment, which nothing holds.
func (l *Live) Write(at time.Time, taken *snapshot.Snapshot) store.Result {
	l.T.Helper()
	result, err := l.Store.Update(l.T.Context(), l.Begin(record.Backfill, at), taken, Pass)
	if err != nil {
		l.T.Fatal(err)
	}
	return result
}

// Accept makes a held snapshot, read again, part of history.
func (l *Live) Accept(at time.Time) {
	l.T.Helper()
	pages, err := l.Store.PagesOf(l.T.Context(), l.List, at)
	if err != nil {
		l.T.Fatal(err)
	}
	taken, err := l.Source.Reread(at, pages)
	if err != nil {
		l.T.Fatal(err)
	}
	run, err := l.Store.BeginAccept(l.T.Context(), l.List, at, store.Decision{Actor: "kim", Reason: "so it is"})
	if err == nil {
		_, err = l.Store.Update(l.T.Context(), run, taken, Pass)
	}
	if err != nil {
		l.T.Fatal(err)
	}
}

// Reject leaves a held snapshot out of history for good.
func (l *Live) Reject(at time.Time, actor, reason string) {
	l.T.Helper()
	if err := l.Store.Reject(l.T.Context(), l.List, at, store.Decision{Actor: actor, Reason: reason}); err != nil {
		l.T.Fatal(err)
	}
}

// Rebuild writes history from its pages again, by a rule.
func (l *Live) Rebuild(rule timeline.Rule) proof.Rebuilt {
	l.T.Helper()
	run, err := l.Store.BeginRebuild(l.T.Context(), l.List, store.Decision{Actor: "kim", Reason: "try"})
	if err != nil {
		l.T.Fatal(err)
	}
	rebuilt, err := l.Store.Rebuild(l.T.Context(), run, rule, l.Source.Reread)
	if err != nil {
		l.T.Fatal(err)
	}
	return rebuilt
}

// Verify compares history with its pages.
func (l *Live) Verify() proof.Verified {
	l.T.Helper()
	verified, err := l.Store.Verify(l.T.Context(), l.List, l.Source.Reread)
	if err != nil {
		l.T.Fatal(err)
	}
	return verified
}

// Alter makes the list's next decoder read every entry otherwise.
func (l *Live) Alter(alter func(catalog.Entry) catalog.Entry) {
	for _, entries := range l.Source.Entries {
		for i := range entries {
			entries[i] = alter(entries[i])
		}
	}
	l.Source.Described.DecoderVersion++
	l.List.DecoderVersion++
}

// Ignore leaves attributes out of what is tracked from now on.
func (l *Live) Ignore(paths ...string) {
	l.Source.Described.Ignored, l.List.Ignored = paths, paths
}

// GiveUp removes the pages that a rule does not keep.
func (l *Live) GiveUp(keep store.Keep) store.GivenUp {
	l.T.Helper()
	looked, err := l.Store.ToGiveUp(l.T.Context(), l.List, keep)
	if err != nil {
		l.T.Fatal(err)
	}
	given, err := l.Store.GiveUp(l.T.Context(), l.List, keep, looked)
	if err != nil {
		l.T.Fatal(err)
	}
	return given
}

// Lines are the rows of a query with one column of text.
func (l *Live) Lines(sql string, args ...any) []string {
	l.T.Helper()
	return Rows(l.T, l.Pool, sql, pgx.RowTo[string], args...)
}

// Exec runs a statement.
func (l *Live) Exec(sql string, args ...any) {
	l.T.Helper()
	if _, err := l.Pool.Exec(l.T.Context(), sql, args...); err != nil {
		l.T.Fatal(err)
	}
}

// Rows are the rows of a query.
func Rows[T any](t testing.TB, pool *pgxpool.Pool, sql string, scan pgx.RowToFunc[T], args ...any) []T {
	t.Helper()
	result, err := pool.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	all, err := pgx.CollectRows(result, scan)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

// Counts are how many rows stand in each table that history and evidence fill.
func Counts(t testing.TB, pool *pgxpool.Pool) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{
		"products", "product_versions", "prices", "price_history", "product_status_changes",
		"absences", "snapshots", "pages", "snapshot_pages", "drift",
	} {
		counts[table] = Rows(t, pool, "SELECT count(*) FROM "+table, pgx.RowTo[int])[0]
	}
	return counts
}

// PlansOnce returns a pool for queries that a test asks again and again while
// little is in the tables: it plans each once, whatever the values, and compiles
// none. Planning a query to bi takes ten times as long as its answer.
func PlansOnce(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.RuntimeParams["jit"] = "off"
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
