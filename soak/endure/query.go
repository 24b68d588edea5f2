package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// observer names the connections that only look.
const observer = "endure"

func openPool(ctx context.Context, address string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	config.MaxConns = 2
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["application_name"] = observer
	return pgxpool.NewWithConfig(ctx, config)
}

// ask reads one value.
func ask[T any](ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) (T, error) {
	all, err := askAll(ctx, pool, pgx.RowTo[T], sql, args...)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("%s: %d rows", sql, len(all))
	}
	if err != nil {
		return *new(T), err
	}
	return all[0], nil
}

func askAll[T any](ctx context.Context, pool *pgxpool.Pool, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	return all, nil
}
