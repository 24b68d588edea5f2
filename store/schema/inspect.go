package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/store/postgres"
)

// Inspection is what a database says about itself to who may only look.
type Inspection struct {
	Version     string // as the server names it: "17.2"
	Number      int    // server_version_num: 170002
	Encoding    string
	Now         time.Time // the database's clock
	TimeZoneSet bool      // the server knows the zone that was asked about
	User        string
	Superuser   bool
	// SchemaFound and SchemaWant are the newest applied and the newest known
	// migration.
	SchemaFound, SchemaWant int64
	// Views are the views and functions of schema bi that are not this binary's,
	// where this user may know it; sorted.
	Views []string
	// Missing are privileges that the daemon needs and the user lacks, such as
	// "INSERT on runs".
	Missing []string
	// Excessive are privileges over history that no daemon needs.
	Excessive []string
}

// leastServer is server_version_num of PostgreSQL 15.
const leastServer = 150000

// VersionSupported reports whether the server is PostgreSQL 15 or newer.
func (i Inspection) VersionSupported() bool { return i.Number >= leastServer }

// Inspect asks a database, whatever its schema, about itself and about a time
// zone, in a read-only session. The URL is never part of an error.
func Inspect(ctx context.Context, url string, zone *time.Location) (Inspection, error) {
	pool, err := postgres.Connect(ctx, url)
	if err != nil {
		return Inspection{}, err
	}
	defer pool.Close()
	var found Inspection
	err = pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return found.ask(ctx, tx, zone)
	})
	if err != nil {
		return Inspection{}, fmt.Errorf("inspect the database: %w", err)
	}
	if found.SchemaFound, err = version(ctx, pool); err != nil {
		return Inspection{}, err
	}
	if found.SchemaWant, err = Newest(); err != nil {
		return Inspection{}, err
	}
	found.Views, err = outdated(ctx, pool)
	if postgres.Code(err) == postgres.InsufficientPrivilege {
		return found, nil
	}
	return found, err
}

func (i *Inspection) ask(ctx context.Context, tx pgx.Tx, zone *time.Location) error {
	const about = `SELECT current_setting('server_version'), current_setting('server_version_num')::integer,
		current_setting('server_encoding'), clock_timestamp(), EXISTS (SELECT FROM pg_timezone_names WHERE name = $1),
		current_user::text, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`
	err := tx.QueryRow(ctx, about, zone.String()).Scan(&i.Version, &i.Number, &i.Encoding, &i.Now, &i.TimeZoneSet, &i.User, &i.Superuser)
	if err != nil {
		return err
	}
	if i.Missing, err = missingRights(ctx, tx); err != nil {
		return err
	}
	i.Excessive, err = excessiveRights(ctx, tx)
	return err
}

// missingRights compares what a writer is given with what this user has.
// Tables that are not there are the schema's affair.
func missingRights(ctx context.Context, tx pgx.Tx) ([]string, error) {
	var missing []string
	for _, right := range writerRights {
		for _, privilege := range right.privileges() {
			var has bool
			const query = `SELECT to_regclass('public.' || $1) IS NULL OR CASE WHEN $3 = ''
				THEN has_table_privilege(to_regclass('public.' || $1), $2)
				ELSE has_column_privilege(to_regclass('public.' || $1), $3, $2) END`
			if err := tx.QueryRow(ctx, query, right.table, privilege.word, privilege.column).Scan(&has); err != nil {
				return nil, fmt.Errorf("%s on %s: %w", privilege, right.table, err)
			}
			if !has {
				missing = append(missing, privilege.String()+" on "+right.table)
			}
		}
	}
	return missing, nil
}

// excessiveRights are DELETE and TRUNCATE where the writer has none.
func excessiveRights(ctx context.Context, tx pgx.Tx) ([]string, error) {
	var all []string
	for _, right := range writerRights {
		if right.deletes {
			continue
		}
		var may bool
		const query = `SELECT coalesce(has_table_privilege(to_regclass('public.' || $1), 'DELETE, TRUNCATE'), false)`
		if err := tx.QueryRow(ctx, query, right.table).Scan(&may); err != nil {
			return nil, fmt.Errorf("rights on %s: %w", right.table, err)
		}
		if may {
			all = append(all, right.table)
		}
	}
	return all, nil
}
