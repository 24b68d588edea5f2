package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/schema"
	"syncer/timeline"
)

// rule is that of the configurations for absence and for doubt.
func rule() timeline.Rule { return timeline.Rule{Snapshots: 2} }

// databases are the one that is written under disturbance, and beside it the
// one that is not disturbed.
type databases struct {
	shown *worlds
	url   string
	pool  *pgxpool.Pool // to look, never through a proxy

	calm   *pgxpool.Pool
	store  *store.Store
	list   record.List
	runner *ingest.Runner
	known  map[time.Time]bool // the moments that the calm database has
	// decided are the decisions, by id in the disturbed database, that the calm one
	// has too; true: one that was undone again.
	decided map[int64]bool
}

// makeTemplate makes a migrated database on a server, for others to be copies of.
func makeTemplate(ctx context.Context, server, name string) error {
	if err := execute(ctx, server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	at, err := databaseURL(server, name)
	if err != nil {
		return err
	}
	_, err = schema.Migrate(ctx, at)
	return err
}

// openDatabases makes two copies of a template on a server.
func openDatabases(ctx context.Context, server, template, name string, w *worlds) (*databases, error) {
	d := &databases{shown: w, known: map[time.Time]bool{}, decided: map[int64]bool{}}
	var err error
	if d.url, d.pool, err = makeDatabase(ctx, server, name, template); err != nil {
		return nil, err
	}
	var calm string
	if calm, d.calm, err = makeDatabase(ctx, server, name+"_calm", template); err != nil {
		return nil, err
	}
	if d.store, err = store.Open(ctx, calm); err != nil {
		return nil, err
	}
	d.runner = &ingest.Runner{Store: d.store, Log: slog.New(slog.DiscardHandler)}
	d.list, err = d.store.EnsureList(ctx, w.fetcher.List(), record.ListSettings{Rule: rule(), Doubt: rule()})
	return d, err
}

func makeDatabase(ctx context.Context, server, name, template string) (string, *pgxpool.Pool, error) {
	at, err := databaseURL(server, name)
	if err != nil {
		return "", nil, err
	}
	// A copy has not the settings of its template (store/settings.sql).
	if err := execute(ctx, server, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy", "ALTER DATABASE "+name+" SET jit = off"); err != nil {
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
func (d *databases) drop(ctx context.Context, server string) error {
	name := d.pool.Config().ConnConfig.Database
	d.store.Close()
	d.calm.Close()
	d.pool.Close()
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
func (d *databases) newestRun(ctx context.Context) (int64, error) {
	return ask[int64](ctx, d.pool, "SELECT coalesce(max(id), 0) FROM runs")
}

// age makes every running run look as if its process had died a while ago.
func (d *databases) age(ctx context.Context) error {
	_, err := d.pool.Exec(ctx, "UPDATE runs SET heartbeat_at = heartbeat_at - interval '2 minutes' WHERE outcome = 'running'")
	return err
}

// committed are the snapshots that are part of history, as days of the
// simulated world.
func (d *databases) committed(ctx context.Context) ([]dated, error) {
	return askAll(ctx, d.pool, func(row pgx.CollectableRow) (found dated, err error) {
		var digest []byte
		if err = row.Scan(&found.at, &digest); err != nil {
			return found, err
		}
		day, known := d.shown.byDigest[catalog.Digest(digest)]
		if !known {
			return found, violated("the snapshot of %s holds what the provider never showed", found.at)
		}
		found.at, found.day = found.at.UTC(), day
		return found, nil
	}, "SELECT taken_at, digest FROM snapshots WHERE status = 'committed' ORDER BY taken_at")
}

// follow gives the calm database the snapshots it lacks, in any order, and then the
// decisions.
func (d *databases) follow(ctx context.Context, random *rand.Rand) error {
	all, err := d.committed(ctx)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(all, func(snapshot dated) bool { return d.known[snapshot.at] })
	random.Shuffle(len(fresh), func(i, j int) { fresh[i], fresh[j] = fresh[j], fresh[i] })
	for _, snapshot := range fresh {
		if _, err := d.runner.Import(ctx, d.list, d.shown.snapshots[snapshot.day], snapshot.at); err != nil {
			return errors.Join(errors.New("undisturbed import"), err)
		}
		d.known[snapshot.at] = true
	}
	return d.followDecisions(ctx)
}
