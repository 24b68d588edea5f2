package schema

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"syncer/migrations"
	"syncer/sqlcgen"
)

// Before the first release the schema had steps 1 to 27. The tables of step 27 are
// those of the baseline but for what unreleased.sql changes; databases at that step
// are carried over, every row as it was.
const lastUnreleased = 27

// baseline is the last step that a carried database has by being carried.
const baseline = 109

//go:embed unreleased.sql
var unreleasedText string

func isUnreleased(version int64) bool { return version > 0 && version <= lastUnreleased }

// carryOver makes a database of before the first release one of the baseline, in one
// transaction, and returns the steps that it counts as applied. Any other database
// stays as it is.
func carryOver(ctx context.Context, conn *pgx.Conn) (done []Migration, err error) {
	if found, err := version(ctx, conn); err != nil || !isUnreleased(found) {
		return nil, err
	}
	steps, err := baselineSteps()
	if err != nil {
		return nil, err
	}
	err = patiently(ctx, func() error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			done = nil
			if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+lockWait+"'; LOCK TABLE goose_db_version IN SHARE ROW EXCLUSIVE MODE",
				pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
			switch found, err := version(ctx, tx); {
			case err != nil || !isUnreleased(found): // another process was first
				return err
			case found < lastUnreleased:
				return fmt.Errorf("%w (found %d)", ErrUnreleased, found)
			}
			if _, err := tx.Exec(ctx, unreleasedText, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
			versions := make([]int64, len(steps))
			for i, step := range steps {
				versions[i] = step.Version
			}
			if err := sqlcgen.New().SchemaVersionsRecord(ctx, tx, versions); err != nil {
				return err
			}
			done = steps
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("carry over the schema of before 1.0.0: %w", err)
	}
	return done, nil
}

// baselineSteps are the steps of the baseline, as if they were applied.
func baselineSteps() ([]Migration, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var steps []Migration
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if version <= baseline {
			steps = append(steps, Migration{version, name, true})
		}
	}
	return steps, nil
}
