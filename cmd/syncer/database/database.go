// Package database reaches the configured database: an embedded server, which
// it starts and stops, or one at an address. What is in it is for store.
package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"syncer/cmd/syncer/config"
	"syncer/pgtemp"
	"syncer/store"
	"syncer/store/postgres"
)

// Start returns the address of the configured database, after starting the
// embedded server if that is what is configured; stop ends it. The address may
// hold a password. An embedded server that ends by itself is started again at the
// same address, which is logged.
func Start(ctx context.Context, c *config.Config, lookup config.Lookup, log *slog.Logger) (url string, stop func() error, err error) {
	if c.Database.Embedded == "" {
		secret, err := c.Database.URL(lookup)
		if err != nil {
			return "", nil, err
		}
		url, err := postgres.WithExecMode(secret.Reveal(), c.Database.ExecMode)
		return url, func() error { return nil }, err
	}
	binDir, _ := lookup("SYNCER_PG_BIN")
	if err := os.MkdirAll(c.Database.Embedded, 0o700); err != nil {
		return "", nil, fmt.Errorf("make the folder of the embedded database: %w", err)
	}
	server, err := pgtemp.Start(ctx, pgtemp.Options{Dir: c.Database.Embedded, BinDir: binDir, Logger: log})
	if err != nil {
		return "", nil, err
	}
	url, err = postgres.WithExecMode(server.URL(), c.Database.ExecMode)
	return url, server.Stop, err
}

// Open starts and opens the configured database, which has to have the schema
// of this program; closing it also stops an embedded server.
func Open(ctx context.Context, c *config.Config, lookup config.Lookup, log *slog.Logger) (opened *store.Store, closeAll func() error, err error) {
	url, stop, err := Start(ctx, c, lookup, log)
	if err != nil {
		return nil, nil, err
	}
	opened, err = store.Open(ctx, url)
	if err != nil {
		return nil, nil, errors.Join(Unreached(c, err), stop())
	}
	return opened, func() error { opened.Close(); return stop() }, nil
}

// Unreached adds to the error of a server that does not answer where its address
// is from, and what to do. Other errors are returned as they are.
func Unreached(c *config.Config, err error) error {
	switch {
	case c.Database.Embedded != "" || !postgres.Away(err):
		return err
	case postgres.Unanswered(err):
		return fmt.Errorf("%w\nthe address is from %s; is Postgres running? syncer check tells more", err, c.Database.From())
	}
	return fmt.Errorf("%w\nthe address is from %s; syncer check tells more", err, c.Database.From())
}
