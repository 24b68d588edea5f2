package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// asking says in a context whether a connection of the pool is asked for a sign
// of life before it is used.
type asking struct{}

// shouldPing is pgx's own rule where the context says nothing.
func shouldPing(ctx context.Context, params pgxpool.ShouldPingParams) bool {
	if asked, said := ctx.Value(asking{}).(bool); said {
		return asked
	}
	return params.IdleDuration > time.Second
}

// onAny does work that writes nothing, or nothing that does harm twice, on any
// connection of the pool without asking, for that is a round trip; and again on
// one that gave a sign of life if the first turns out to be dead, as after a
// restart of the server.
func (s *Store) onAny(ctx context.Context, work func(context.Context) error) error {
	err := work(context.WithValue(ctx, asking{}, false))
	if err == nil || ctx.Err() != nil || !wasDead(err) {
		return err
	}
	return work(context.WithValue(ctx, asking{}, true))
}

// wasDead reports an error of a connection and not of a statement, the farewell
// of its server among them.
func wasDead(err error) bool {
	told, ok := errors.AsType[*pgconn.PgError](err)
	return !ok || isFarewell(told.Code)
}

// isFarewell is an SQLSTATE of a server that shuts down, has crashed or starts.
func isFarewell(code string) bool { return code == "57P01" || code == "57P02" || code == "57P03" }

// tooManyConnections is the SQLSTATE of a server that is full.
const tooManyConnections = "53300"

// Away says that an error is the database's, which cannot be reached for now: it
// is down, starts, stops, or is full. To wait may help.
func Away(err error) bool {
	if told, ok := errors.AsType[*pgconn.PgError](err); ok {
		return isFarewell(told.Code) || told.Code == tooManyConnections
	}
	_, unreached := errors.AsType[*pgconn.ConnectError](err)
	return unreached || errors.Is(err, context.DeadlineExceeded)
}
