package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATEs by which the house decides
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
const (
	SerializationFailure  = "40001"
	DeadlockDetected      = "40P01"
	UndefinedTable        = "42P01"
	InsufficientPrivilege = "42501"
	LockNotAvailable      = "55P03"

	noSuchDatabase     = "3D000"
	readOnly           = "25006"
	tooManyConnections = "53300"
	diskFull           = "53100"
	adminShutdown      = "57P01"
	crashShutdown      = "57P02"
	cannotConnectNow   = "57P03"
)

// Code returns the SQLSTATE of a statement's error; "" for any other error, as
// that of a connection.
func Code(err error) string {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused.Code
	}
	return ""
}

// ErrReadOnly means that the database answers and takes no writes: it is a standby
// that waits, or somebody set it so.
var ErrReadOnly = errors.New("the database is read-only")

// Away reports that the database cannot be worked with for now, and that to wait
// may help: it is down, starts, stops, has no room for another connection, takes
// no writes, or lets nobody in, as while a password is changed or pg_hba.conf is
// edited. A database that does not exist has to be made first.
func Away(err error) bool {
	if errors.Is(err, ErrReadOnly) {
		return true
	}
	code := Code(err)
	if _, unreached := errors.AsType[*pgconn.ConnectError](err); unreached {
		return code != noSuchDatabase
	}
	switch {
	case code == "":
		return errors.Is(err, context.DeadlineExceeded)
	case isShutdown(code), isConnectionException(code):
		return true
	}
	return code == tooManyConnections || code == readOnly
}

// Unanswered reports that no server answered at all, so that nothing is known of
// user, password and database.
func Unanswered(err error) bool { return Code(err) == "" && Away(err) && !errors.Is(err, ErrReadOnly) }

// isConnectionException is an SQLSTATE of class 08, which poolers send for a server
// that they cannot reach.
func isConnectionException(code string) bool { return strings.HasPrefix(code, "08") }

// DiskFull reports that the server has no room left on its disk. Whatever met it
// was rolled back.
func DiskFull(err error) bool { return Code(err) == diskFull }

// isShutdown is an SQLSTATE of a server that shuts down, has crashed or starts.
func isShutdown(code string) bool {
	return code == adminShutdown || code == crashShutdown || code == cannotConnectNow
}

// isConnectionLost reports an error of a connection and not of a statement; the
// last word of a server that shuts down is one.
func isConnectionLost(err error) bool {
	code := Code(err)
	return code == "" || isShutdown(code)
}

// Unreached is an error of connecting. pgx tries each address with and without
// TLS, and mostly meets the same twice: its text has each line once.
type Unreached struct{ Err error }

// Error returns the distinct lines of the error.
func (e Unreached) Error() string {
	var lines []string
	for line := range strings.Lines(e.Err.Error()) {
		if line = strings.TrimRight(line, "\n"); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the error with all its lines.
func (e Unreached) Unwrap() error { return e.Err }
