// Package schema brings a database to the schema of this binary: tables by the
// steps of package migrations, views by the files of package bi, and the roles and
// rights that go with them. It says how a database stands, and changes nothing
// unless it is asked to. It knows no history.
package schema

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"

	"syncer/migrations"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// How the binary and the database disagree, and why a step could not be made.
var (
	ErrOld = errors.New("the database's schema is older than this syncer: run `syncer migrate up`")
	ErrNew = errors.New("the database's schema is newer than this syncer: install the newer syncer")
	// ErrViews means that the tables are right and the views are another syncer's.
	ErrViews = errors.New("the views of schema bi are not those of this syncer: run `syncer migrate up`")
	// ErrUnreleased means a schema of before the first release that is not the last
	// of those: only that one is carried over.
	ErrUnreleased = errors.New("the database's schema is from before version 1.0.0 and not the last of that time: bring it to step 27 with the last syncer before 1.0.0, then run `syncer migrate up` of this one")
	// ErrBusy means that others hold locks which a step needs; the steps before it
	// are made, and nothing of this one.
	ErrBusy = errors.New("others hold locks that the migration needs, a long report perhaps; pg_stat_activity shows who: wait for them or end them, and run it again")
	// ErrRights means that the user does not own the schema.
	ErrRights = errors.New("this user may not change the schema: run `syncer migrate up` as its owner")
	// ErrInTheWay means that what others made in the database depends on a view that
	// has to be made anew, or has its name. Nothing of the views is changed then.
	ErrInTheWay = errors.New("objects of others are in the way of the views of schema bi: drop them, run `syncer migrate up`, and make them again")
)

// Versions are the newest step that a database has, 0 for none, and the newest that
// this binary knows. Nothing is written. The URL is never part of an error.
func Versions(ctx context.Context, url string) (found, known int64, err error) {
	pool, err := postgres.Connect(ctx, url)
	if err != nil {
		return 0, 0, err
	}
	defer pool.Close()
	if found, err = version(ctx, pool); err != nil {
		return 0, 0, err
	}
	known, err = Newest()
	return found, known, err
}

// Newest is the newest step that this binary knows.
func Newest() (int64, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1])
}

// Check returns ErrOld, ErrNew or ErrViews where a database does not have the
// schema of this binary. A role that may only read schema bi cannot see that, and
// need not.
func Check(ctx context.Context, pool *pgxpool.Pool) error {
	err := compare(ctx, pool)
	if postgres.Code(err) == postgres.InsufficientPrivilege {
		return nil
	}
	return err
}

func compare(ctx context.Context, pool *pgxpool.Pool) error {
	found, err := version(ctx, pool)
	if err != nil {
		return err
	}
	known, err := Newest()
	switch {
	case err != nil:
		return err
	case found < known:
		return fmt.Errorf("%w (found %d, want %d)", ErrOld, found, known)
	case found > known:
		return fmt.Errorf("%w (found %d, want %d)", ErrNew, found, known)
	}
	differ, err := outdated(ctx, pool)
	if err == nil && len(differ) > 0 {
		err = fmt.Errorf("%w (%s)", ErrViews, few(differ))
	}
	return err
}

// version is the newest step that is applied, 0 for none. Goose would make its table
// where it is missing; here nothing is written.
func version(ctx context.Context, db sqlcgen.DBTX) (int64, error) {
	found, err := sqlcgen.New().SchemaVersion(ctx, db)
	if postgres.Code(err) == postgres.UndefinedTable {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return found, nil
}
