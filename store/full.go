package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// diskFull is the SQLSTATE of a server that has no room left.
const diskFull = "53100"

// Full reports that the database has no room left on its disk. Whatever met it
// was rolled back.
func Full(err error) bool {
	told, ok := errors.AsType[*pgconn.PgError](err)
	return ok && told.Code == diskFull
}
