// Package postgres is the connection to the database below the rooms of store:
// addresses, pools, errors by kind, transactions tried again, and columns as Go
// values. It knows no table.
package postgres

import (
	"context"
	"fmt"
	"time"

	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connectWithin bounds how long a server may take to answer for the first time.
const connectWithin = 10 * time.Second

// Connect opens a pool and reaches the database. The address is never part of an
// error.
func Connect(ctx context.Context, database string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, errAddress
	}
	if err := checkHosts(config.ConnConfig.Config); err != nil {
		return nil, err
	}
	setSession(&config.ConnConfig.Config)
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxdecimal.Register(conn.TypeMap()) // else every amount goes the slow way, as text
		return nil
	}
	config.ShouldPing = shouldPing
	config.AfterRelease = mayWrite
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, Unreached{fmt.Errorf("reach database: %w", err)}
	}
	return pool, nil
}

// mayWrite keeps a connection for further use unless its session is read-only: such
// a one stays so, also when the database takes writes again. The server reports
// both settings by itself.
func mayWrite(conn *pgx.Conn) bool {
	server := conn.PgConn()
	return server.ParameterStatus("default_transaction_read_only") != "on" && server.ParameterStatus("in_hot_standby") != "on"
}

// Single is a pool of one connection to the database of another pool, not opened
// yet.
func Single(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Pool, error) {
	config := pool.Config()
	config.MaxConns, config.MinConns, config.MinIdleConns = 1, 0, 0
	return pgxpool.NewWithConfig(ctx, config)
}

// pinged says in a context whether a connection of the pool is asked for a sign
// of life before it is used.
type pinged struct{}

// shouldPing is pgx's own rule where the context says nothing.
func shouldPing(ctx context.Context, params pgxpool.ShouldPingParams) bool {
	if ping, said := ctx.Value(pinged{}).(bool); said {
		return ping
	}
	return params.IdleDuration > time.Second
}

// OnAnyConnection does work that writes nothing, or nothing that does harm
// twice, on any connection of a pool without a ping, for that is a round trip;
// and again on one that answered a ping if the first turns out to be dead, as
// after a restart of the server.
func OnAnyConnection(ctx context.Context, work func(context.Context) error) error {
	err := work(context.WithValue(ctx, pinged{}, false))
	if err == nil || ctx.Err() != nil || !isConnectionLost(err) {
		return err
	}
	return work(context.WithValue(ctx, pinged{}, true))
}
