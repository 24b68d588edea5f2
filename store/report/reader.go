// Package report reads what commands, the monitor and pages show, from the views
// that analysts read too. Nothing here writes.
package report

import (
	"errors"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/sqlcgen"
)

// ErrNotFound means that there is no such entry or view.
var ErrNotFound = errors.New("not found")

// Reader reads one database.
type Reader struct {
	pool *pgxpool.Pool
	q    *sqlcgen.Queries
}

// New returns a reader of a migrated database.
func New(pool *pgxpool.Pool) *Reader { return &Reader{pool: pool, q: sqlcgen.New()} }
