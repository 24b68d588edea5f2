package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"syncer/bi"
	"syncer/migrations"
	"syncer/store/postgres"
)

// Migration is one step of the tables.
type Migration struct {
	Version int64
	Name    string // of its file
	Applied bool
}

// Changes are what Migrate or Down has changed.
type Changes struct {
	Steps []Migration // in the order in which they were made
	Views []string    // names of views and functions of schema bi, sorted
}

// State is how far a database is from the schema of this binary.
type State struct {
	Steps []Migration // all that this binary knows, in order
	// Views are the views and functions of schema bi that Migrate would install,
	// change or remove, sorted.
	Views []string
}

// Migrate brings the database to this binary's schema, first the tables, then in one
// transaction the views, and returns what it changed. Several processes may call it
// at once: one applies, the others wait for it. A step whose locks others hold is
// tried again for two minutes, then ErrBusy.
func Migrate(ctx context.Context, url string) (Changes, error) {
	var done Changes
	err := withDatabase(ctx, url, func(d database) error {
		carried, err := carryOver(ctx, d.conn)
		if err != nil {
			return fmt.Errorf("migrate up: %w", err)
		}
		done.Steps = carried
		granted, err := readGrants(ctx, d.conn) // a step may drop a view
		if err != nil {
			return fmt.Errorf("migrate up: %w", err)
		}
		if err := d.up(ctx, &done); err != nil {
			return fmt.Errorf("migrate up: %w", err)
		}
		if err := d.notNewer(ctx); err != nil {
			return err
		}
		objects, err := bi.Objects()
		if err != nil {
			return err
		}
		if done.Views, err = install(ctx, d.conn, objects, granted); err != nil {
			return fmt.Errorf("migrate up: %w", err)
		}
		return settle(ctx, d.db)
	})
	return done, err
}

// Down takes the newest step back, and the views with it, which stand on the tables:
// Migrate installs them again, with the rights that syncer gives.
func Down(ctx context.Context, url string) (Changes, error) {
	var done Changes
	err := withDatabase(ctx, url, func(d database) error {
		if err := d.notUnreleased(ctx); err != nil {
			return err
		}
		objects, err := bi.Objects()
		if err != nil {
			return err
		}
		drops, views, err := removal(ctx, d.conn, objects)
		if err != nil {
			return fmt.Errorf("migrate down: %w", err)
		}
		provider, err := newProvider(d.db, bounded{FS: migrations.FS, down: drops})
		if err != nil {
			return err
		}
		err = patiently(ctx, func() error {
			result, err := provider.Down(ctx)
			if err == nil {
				done = Changes{Steps: steps([]*goose.MigrationResult{result}), Views: views}
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("migrate down: %w", err)
		}
		return nil
	})
	return done, err
}

// Status says how far a database is from the schema of this binary.
func Status(ctx context.Context, url string) (State, error) {
	var state State
	err := withDatabase(ctx, url, func(d database) error {
		status, err := d.provider.Status(ctx)
		if err != nil {
			return fmt.Errorf("migrate status: %w", err)
		}
		for _, step := range status {
			state.Steps = append(state.Steps, Migration{step.Source.Version, step.Source.Path, step.State == goose.StateApplied})
		}
		if state.Views, err = outdated(ctx, d.conn); err != nil {
			return fmt.Errorf("migrate status: %w", err)
		}
		return nil
	})
	return state, err
}

// database is a database that is migrated: goose, its connections, and one for the
// rest.
type database struct {
	provider *goose.Provider
	db       *sql.DB
	conn     *pgx.Conn
}

func withDatabase(ctx context.Context, url string, work func(database) error) (err error) {
	config, err := postgres.ParseAddress(url)
	if err != nil {
		return err
	}
	defer func() {
		if _, unreached := errors.AsType[*pgconn.ConnectError](err); unreached {
			err = postgres.Unreached{Err: err}
		}
	}()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	db := stdlib.OpenDB(*config)
	defer db.Close()
	provider, err := newProvider(db, bounded{FS: migrations.FS})
	if err != nil {
		return err
	}
	return work(database{provider, db, conn})
}

func newProvider(db *sql.DB, files fs.FS) (*goose.Provider, error) {
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(time.Second, othersMigrate),
		lock.WithTableRetryPolicy(heldByOthers), lock.WithTableLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return provider, nil
}

// up applies the steps that are missing.
func (d database) up(ctx context.Context, done *Changes) error {
	return patiently(ctx, func() error {
		results, err := d.provider.Up(ctx)
		if err == nil {
			done.Steps = append(done.Steps, steps(results)...)
		} else if partial, ok := errors.AsType[*goose.PartialError](err); ok {
			done.Steps = append(done.Steps, steps(partial.Applied)...)
		}
		return err
	})
}

func steps(results []*goose.MigrationResult) []Migration {
	var all []Migration
	for _, result := range results {
		all = append(all, Migration{result.Source.Version, result.Source.Path, result.Direction == "up"})
	}
	return all
}

// notNewer refuses a database that a newer binary has migrated: there is
// nothing to apply there, which does not mean that all is well.
func (d database) notNewer(ctx context.Context) error {
	found, err := version(ctx, d.conn)
	if err != nil {
		return err
	}
	if known, err := Newest(); err != nil || found > known {
		return errors.Join(err, fmt.Errorf("%w (found %d, want %d)", ErrNew, found, known))
	}
	return nil
}

// notUnreleased refuses a database of before the first release.
func (d database) notUnreleased(ctx context.Context) error {
	found, err := version(ctx, d.conn)
	if err == nil && isUnreleased(found) {
		known, unknown := Newest()
		err = errors.Join(unknown, fmt.Errorf("%w (found %d, want %d)", ErrOld, found, known))
	}
	return err
}
