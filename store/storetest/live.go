package storetest

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/outbox"
	"syncer/store/record"
	"syncer/timeline"
)

// Live is a list with live runs.
type Live struct {
	T      testing.TB
	Pool   *pgxpool.Pool
	Store  *store.Store
	Source *Source
	List   store.List
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

// Register makes the source, as it is described now, the list of further runs.
func (l *Live) Register(rule timeline.Rule) {
	l.T.Helper()
	list, err := l.Store.EnsureList(l.T.Context(), l.Source.Described, store.ListSettings{Rule: rule})
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
	result, err := l.Store.Update(l.T.Context(), l.Begin(record.Sync, at), l.Source.Snapshot(l.T, entries...), func(store.Delta) string { return held })
	if err != nil {
		l.T.Fatal(err)
	}
	return result
}

// Lines are the rows of a query with one column of text.
func (l *Live) Lines(sql string, args ...any) []string {
	l.T.Helper()
	rows, err := l.Pool.Query(l.T.Context(), sql, args...)
	if err != nil {
		l.T.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		l.T.Fatal(err)
	}
	return lines
}

// Exec runs a statement.
func (l *Live) Exec(sql string, args ...any) {
	l.T.Helper()
	if _, err := l.Pool.Exec(l.T.Context(), sql, args...); err != nil {
		l.T.Fatal(err)
	}
}

// Item is an entry with a name, a status and one price of a kind.
func Item(key, amount string, kind catalog.PriceKind) catalog.Entry {
	status := "sale"
	return catalog.Entry{Key: key, Name: "name of " + key, Status: &status, Prices: []catalog.Price{{
		SKUPriceID: key + "/hour", Kind: kind, Variant: "on-demand", Unit: "Hour", Currency: "KRW",
		TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.RequireFromString(amount),
	}}}
}

// Contracted makes a contract of an entry.
func Contracted(entry catalog.Entry) catalog.Entry {
	ends := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	entry.Contract = &catalog.Contract{ContractID: "c-" + entry.Name, ContractType: "1-year", PeriodEnd: &ends}
	entry.Lifecycle, entry.ZoneStatuses = nil, nil
	return entry
}
