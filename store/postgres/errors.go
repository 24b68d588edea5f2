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

// Away reports that the database cannot be reached for now: it is down, starts,
// stops, or has no room for another connection. To wait may help.
func Away(err error) bool {
	if code := Code(err); code != "" {
		return isShutdown(code) || code == tooManyConnections
	}
	_, unreached := errors.AsType[*pgconn.ConnectError](err)
	return unreached || errors.Is(err, context.DeadlineExceeded)
}

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
