package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"syncer/migrations"
)

// Schema errors: which way the binary and the database disagree.
var (
	ErrSchemaOld = errors.New("the database's schema is older than this syncer: run `syncer migrate up`")
	ErrSchemaNew = errors.New("the database's schema is newer than this syncer: install the newer syncer")
)

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// Migrate brings the database to this binary's schema and returns the steps
// that were applied now. Several processes may call it at once.
func Migrate(ctx context.Context, url string) ([]Migration, error) {
	return withProvider(url, func(p *goose.Provider) ([]Migration, error) {
		results, err := p.Up(ctx)
		if err != nil {
			return nil, fmt.Errorf("migrate up: %w", err)
		}
		return applied(results), nil
	})
}

// MigrateDown takes the newest step back.
func MigrateDown(ctx context.Context, url string) ([]Migration, error) {
	return withProvider(url, func(p *goose.Provider) ([]Migration, error) {
		result, err := p.Down(ctx)
		if err != nil {
			return nil, fmt.Errorf("migrate down: %w", err)
		}
		return applied([]*goose.MigrationResult{result}), nil
	})
}

// MigrationStatus lists all steps this binary knows, in order.
func MigrationStatus(ctx context.Context, url string) ([]Migration, error) {
	return withProvider(url, func(p *goose.Provider) ([]Migration, error) {
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

func withProvider(url string, work func(*goose.Provider) ([]Migration, error)) ([]Migration, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errAddress
	}
	if err := checkHosts(config.Config); err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	provider, err := newProvider(db)
	if err != nil {
		return nil, err
	}
	return work(provider)
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresTableLocker()
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return provider, nil
}

// checkSchema compares the newest applied migration with the newest known.
func (s *Store) checkSchema(ctx context.Context) error {
	found, err := s.schemaVersion(ctx)
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

// undefinedTable is the SQLSTATE of a table that is not there.
const undefinedTable = "42P01"

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
	if missing, ok := errors.AsType[*pgconn.PgError](err); ok && missing.Code == undefinedTable {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return version, nil
}

func newestMigration() (int64, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1])
}
