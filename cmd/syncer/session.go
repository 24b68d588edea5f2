package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/fetchers"
	"syncer/pgtemp"
	"syncer/store/postgres"
)

// defaultConfig is read when --config is not given.
const defaultConfig = "syncer.yaml"

// session is what every command works with.
type session struct {
	environment
	ctx    context.Context //nolint:containedctx // one session is one call of run
	path   string
	screen terminal.Screen
	log    *slog.Logger
	// observer is told of requests to providers; nil for nobody.
	observer fetchers.Observer
}

func newSession(ctx context.Context, env environment, path string) *session {
	return &session{
		environment: env, ctx: ctx, path: path,
		screen: terminal.NewScreen(env.Stdout, env.Lookup),
		log:    slog.New(slog.NewTextHandler(env.Stderr, nil)),
	}
}

// config loads the configuration that the command line names.
func (s *session) config() (*config.Config, error) {
	path := s.path
	if path == "" {
		path = defaultConfig
	}
	loaded, err := config.Load(path, configProviders(), s.Lookup)
	if s.path == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, errNoConfiguration
	}
	return loaded, err
}

var errNoConfiguration = errors.New("no configuration: there is no ./syncer.yaml here; write one with `syncer init`, or name one with --config FILE")

// database returns the address of the database, starting the embedded one if
// that is what is configured; stop ends it.
func (s *session) database(c *config.Config) (url string, stop func() error, err error) {
	if c.Database.Embedded == "" {
		secret, err := c.Database.URL(s.Lookup)
		if err != nil {
			return "", nil, err
		}
		url, err := postgres.WithExecMode(secret.Reveal(), c.Database.ExecMode)
		return url, func() error { return nil }, err
	}
	binDir, _ := s.Lookup("SYNCER_PG_BIN")
	if err := os.MkdirAll(c.Database.Embedded, 0o700); err != nil {
		return "", nil, fmt.Errorf("make the folder of the embedded database: %w", err)
	}
	server, err := pgtemp.Start(s.ctx, pgtemp.Options{Dir: c.Database.Embedded, BinDir: binDir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", nil, err
	}
	url, err = postgres.WithExecMode(server.URL(), c.Database.ExecMode)
	return url, server.Stop, err
}

// showJSON writes a value for machines, indented, with a newline.
func (s *session) showJSON(value any) error {
	encoder := json.NewEncoder(s.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
