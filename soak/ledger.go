package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/store"
	"syncer/store/schema"
	"syncer/timeline"
)

// rule is the absence rule of the configurations.
func rule() timeline.Rule { return timeline.Rule{Snapshots: 2} }

// ledger is the database that is written under disturbance, and beside it the
// one that is not disturbed.
type ledger struct {
	shown *worlds
	url   string
	pool  *pgxpool.Pool // to look, never through a proxy

	calm   *pgxpool.Pool
	store  *store.Store
	list   store.List
	runner *ingest.Runner
	known  map[time.Time]bool // the moments that the calm database has
}

// template is the migrated database of which all others are copies.
func template() string { return fmt.Sprintf("soak_%d_template", os.Getpid()) }

// makeTemplate makes it on a server.
func makeTemplate(ctx context.Context, server string) error {
	if err := execute(ctx, server, "CREATE DATABASE "+template()+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	at, err := databaseURL(server, template())
	if err != nil {
		return err
	}
	_, err = schema.Migrate(ctx, at)
	return err
}

// openLedger makes two databases on a server, both migrated and empty.
func openLedger(ctx context.Context, server string, name string, w *worlds) (*ledger, error) {
	l := &ledger{shown: w, known: map[time.Time]bool{}}
	var err error
	if l.url, l.pool, err = makeDatabase(ctx, server, name); err != nil {
		return nil, err
	}
	var calm string
	if calm, l.calm, err = makeDatabase(ctx, server, name+"_calm"); err != nil {
		return nil, err
	}
	if l.store, err = store.Open(ctx, calm); err != nil {
		return nil, err
	}
	l.runner = &ingest.Runner{Store: l.store, Log: slog.New(slog.DiscardHandler)}
	l.list, err = l.store.EnsureList(ctx, w.fetcher.List(), store.ListSettings{Rule: rule()})
	return l, err
}

func makeDatabase(ctx context.Context, server, name string) (string, *pgxpool.Pool, error) {
	at, err := databaseURL(server, name)
	if err != nil {
		return "", nil, err
	}
	if err := execute(ctx, server, "CREATE DATABASE "+name+" TEMPLATE "+template()+" STRATEGY file_copy"); err != nil {
		return "", nil, err
	}
	config, err := pgxpool.ParseConfig(at)
	if err != nil {
		return "", nil, err
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return at, pool, err
}

// databaseURL names another database in a server's address.
func databaseURL(server, name string) (string, error) {
	at, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("read the server's address: %w", err)
	}
	at.Path = "/" + name
	return at.String(), nil
}

func execute(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// drop ends all connections and removes both databases.
func (l *ledger) drop(ctx context.Context, server string) error {
	name := l.pool.Config().ConnConfig.Database
	l.store.Close()
	l.calm.Close()
	l.pool.Close()
	return execute(ctx, server, "DROP DATABASE "+name+" WITH (FORCE)", "DROP DATABASE "+name+"_calm WITH (FORCE)")
}

// ask reads one value.
func ask[T any](ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) (T, error) {
	rows, err := pool.Query(ctx, sql, args...)
	if err != nil {
		return *new(T), err
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		return value, fmt.Errorf("%s: %w", sql, err)
	}
	return value, nil
}

func askAll[T any](ctx context.Context, pool *pgxpool.Pool, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	return all, nil
}

// newestRun is the id of the newest run, 0 for none.
func (l *ledger) newestRun(ctx context.Context) (int64, error) {
	return ask[int64](ctx, l.pool, "SELECT coalesce(max(id), 0) FROM runs")
}

// age makes every running run look as if its process had died a while ago.
func (l *ledger) age(ctx context.Context) error {
	_, err := l.pool.Exec(ctx, "UPDATE runs SET heartbeat_at = heartbeat_at - interval '2 minutes' WHERE outcome = 'running'")
	return err
}

// committed are the snapshots that are part of history, as days of the
// simulated world.
func (l *ledger) committed(ctx context.Context) ([]dated, error) {
	return askAll(ctx, l.pool, func(row pgx.CollectableRow) (one dated, err error) {
		var digest []byte
		if err = row.Scan(&one.at, &digest); err != nil {
			return one, err
		}
		day, found := l.shown.byDigest[catalog.Digest(digest)]
		if !found {
			return one, violated("the snapshot of %s holds what the provider never showed", one.at)
		}
		one.at, one.day = one.at.UTC(), day
		return one, nil
	}, "SELECT taken_at, digest FROM snapshots WHERE status = 'committed' ORDER BY taken_at")
}

// follow gives the calm database the snapshots it lacks, in any order.
func (l *ledger) follow(ctx context.Context, random *rand.Rand) error {
	all, err := l.committed(ctx)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(all, func(one dated) bool { return l.known[one.at] })
	random.Shuffle(len(fresh), func(i, j int) { fresh[i], fresh[j] = fresh[j], fresh[i] })
	for _, one := range fresh {
		if _, err := l.runner.Import(ctx, l.list, l.shown.snapshots[one.day], one.at); err != nil {
			return errors.Join(errors.New("undisturbed import"), err)
		}
		l.known[one.at] = true
	}
	return nil
}
