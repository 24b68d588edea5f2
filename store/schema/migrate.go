package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"syncer/migrations"
	"syncer/store/postgres"
)

// Schema errors: which way the binary and the database disagree, and why a step
// could not be made.
var (
	ErrSchemaOld = errors.New("the database's schema is older than this syncer: run `syncer migrate up`")
	ErrSchemaNew = errors.New("the database's schema is newer than this syncer: install the newer syncer")
	// ErrSchemaBusy means that others hold locks which a step needs; the steps
	// before it are made, and nothing of this one.
	ErrSchemaBusy = errors.New("others hold locks that the migration needs, a long report perhaps; pg_stat_activity shows who: wait for them or end them, and run it again")
	// ErrSchemaRights means that the user does not own the schema.
	ErrSchemaRights = errors.New("this user may not change the schema: run `syncer migrate up` as its owner")
)

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// SchemaVersions are the newest migration that a database has, 0 for none, and
// the newest that this binary knows. Nothing is written. The URL is never part
// of an error.
func SchemaVersions(ctx context.Context, url string) (found, known int64, err error) {
	pool, err := postgres.Connect(ctx, url)
	if err != nil {
		return 0, 0, err
	}
	s := New(pool)
	defer s.Close()
	if found, err = s.schemaVersion(ctx); err != nil {
		return 0, 0, err
	}
	known, err = newestMigration()
	return found, known, err
}

// Migrate brings the database to this binary's schema and returns the steps
// that were applied now. Several processes may call it at once: one applies, the
// others wait for it. A step whose locks others hold is tried again for two
// minutes, then ErrSchemaBusy.
func Migrate(ctx context.Context, url string) ([]Migration, error) {
	return withProvider(url, func(p *goose.Provider, db *sql.DB) (done []Migration, err error) {
		err = patiently(ctx, func() error {
			results, err := p.Up(ctx)
			if err == nil {
				done = append(done, applied(results)...)
			} else if partial, ok := errors.AsType[*goose.PartialError](err); ok {
				done = append(done, applied(partial.Applied)...)
			}
			return err
		})
		if err != nil {
			return done, fmt.Errorf("migrate up: %w", err)
		}
		if err := notNewer(ctx, p); err != nil {
			return done, err
		}
		return done, settle(ctx, db)
	})
}

// notNewer refuses a database that a newer binary has migrated: there is
// nothing to apply there, which does not mean that all is well.
func notNewer(ctx context.Context, p *goose.Provider) error {
	found, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if known, err := newestMigration(); err != nil || found > known {
		return errors.Join(err, fmt.Errorf("%w (found %d, want %d)", ErrSchemaNew, found, known))
	}
	return nil
}

// MigrateDown takes the newest step back.
func MigrateDown(ctx context.Context, url string) ([]Migration, error) {
	return withProvider(url, func(p *goose.Provider, _ *sql.DB) (done []Migration, err error) {
		err = patiently(ctx, func() error {
			result, err := p.Down(ctx)
			if err == nil {
				done = applied([]*goose.MigrationResult{result})
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("migrate down: %w", err)
		}
		return done, nil
	})
}

// MigrationStatus lists all steps this binary knows, in order.
func MigrationStatus(ctx context.Context, url string) ([]Migration, error) {
	return withProvider(url, func(p *goose.Provider, _ *sql.DB) ([]Migration, error) {
		status, err := p.Status(ctx)
		if err != nil {
			return nil, fmt.Errorf("migrate status: %w", err)
		}
		var all []Migration
		for _, step := range status {
			all = append(all, Migration{step.Source.Version, step.Source.Path, step.State == goose.StateApplied})
		}
		return all, nil
	})
}

func applied(results []*goose.MigrationResult) []Migration {
	var all []Migration
	for _, result := range results {
		all = append(all, Migration{result.Source.Version, result.Source.Path, result.Direction == "up"})
	}
	return all
}

func withProvider(url string, work func(*goose.Provider, *sql.DB) ([]Migration, error)) ([]Migration, error) {
	config, err := postgres.ParseAddress(url)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	provider, err := newProvider(db)
	if err != nil {
		return nil, err
	}
	done, err := work(provider, db)
	if _, unreached := errors.AsType[*pgconn.ConnectError](err); unreached {
		err = postgres.Unreached{Err: err}
	}
	return done, err
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(time.Second, othersMigrate),
		lock.WithTableRetryPolicy(heldByOthers), lock.WithTableLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, bounded{migrations.FS}, goose.WithLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return provider, nil
}

// checkSchema compares the newest applied migration with the newest known.
// A role that may only read schema bi cannot see it, and need not.
func (s *Store) checkSchema(ctx context.Context) error {
	found, err := s.schemaVersion(ctx)
	if postgres.Code(err) == postgres.InsufficientPrivilege {
		return nil
	}
	if err != nil {
		return err
	}
	want, err := newestMigration()
	switch {
	case err != nil:
		return err
	case found < want:
		return fmt.Errorf("%w (found %d, want %d)", ErrSchemaOld, found, want)
	case found > want:
		return fmt.Errorf("%w (found %d, want %d)", ErrSchemaNew, found, want)
	}
	return nil
}

// schemaVersion reads goose's own table, which no query file can name since
// no migration makes it. A goose provider would make the table if it is
// missing; who only looks writes nothing.
func (s *Store) schemaVersion(ctx context.Context) (int64, error) {
	versions, err := database.NewStore(database.DialectPostgres, goose.DefaultTablename)
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	version, err := versions.GetLatestVersion(ctx, db)
	if postgres.Code(err) == postgres.UndefinedTable {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return version, nil
}

// NewestSchema is the newest step of the schema that this program knows.
func NewestSchema() (int64, error) { return newestMigration() }

func newestMigration() (int64, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1])
}
