package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/database"
	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// defaultConfig is read when --config is not given.
const defaultConfig = "syncer.yaml"

// session is what every command works with.
type session struct {
	environment
	ctx    context.Context //nolint:containedctx // one session is one call of run
	path   string          // of --config; "" when it is not given
	screen terminal.Screen
	log    *slog.Logger
}

func newSession(ctx context.Context, env environment, path string) *session {
	return &session{
		environment: env, ctx: ctx, path: path,
		screen: terminal.NewScreen(env.Stdout, env.Lookup),
		log:    slog.New(slog.NewTextHandler(env.Stderr, nil)),
	}
}

// configPath is the file of the configuration.
func (s *session) configPath() string {
	if s.path == "" {
		return defaultConfig
	}
	return s.path
}

// config loads the configuration that the command line names.
func (s *session) config() (*config.Config, error) {
	loaded, err := config.Load(s.configPath(), configProviders(), s.Lookup)
	if s.path == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, errNoConfiguration
	}
	return loaded, err
}

var errNoConfiguration = errors.New("no configuration: there is no ./syncer.yaml here; write one with `syncer init`, or name one with --config FILE")

// pipelineEnvironment is what a pipeline takes from a command that runs once.
func (s *session) pipelineEnvironment() pipeline.Environment {
	return pipeline.Environment{Lookup: s.Lookup, Now: s.Now, Log: s.log, RunLog: runLog(s.Stderr, nil)}
}

// look opens the configured database for a command that only looks. Who has an
// address and no configuration, as an analyst, may look too.
func (s *session) look(show func(*store.Store, *time.Location) error) error {
	loaded, err := s.config()
	if address, _ := s.Lookup("DATABASE_URL"); errors.Is(err, errNoConfiguration) && address != "" {
		loaded, err = &config.Config{ReportTimezone: time.UTC}, nil
	}
	if err != nil {
		return err
	}
	opened, closeAll, err := database.Open(s.ctx, loaded, s.Lookup, s.log)
	if err != nil {
		return err
	}
	return errors.Join(show(opened, loaded.ReportTimezone), closeAll())
}

// showJSON writes a value for machines, indented, with a newline.
func (s *session) showJSON(value any) error {
	encoder := json.NewEncoder(s.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
