package main

import (
	"errors"
	"fmt"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/store"
	"syncer/store/postgres"
)

// reading opens the configured database for a command that only looks. Who has
// an address and no configuration, as an analyst, may look too.
func (s *session) reading(look func(*store.Store, *time.Location) error) error {
	loaded, err := s.config()
	if address, _ := s.Lookup("DATABASE_URL"); errors.Is(err, errNoConfiguration) && address != "" {
		loaded, err = &config.Config{ReportTimezone: time.UTC}, nil
	}
	if err != nil {
		return err
	}
	url, stop, err := s.database(loaded)
	if err != nil {
		return err
	}
	opened, err := store.Open(s.ctx, url)
	if err != nil {
		return errors.Join(unreached(loaded, err), stop())
	}
	defer opened.Close()
	return errors.Join(look(opened, loaded.ReportTimezone), stop())
}

// unreached adds to the error of a server that does not answer where its address
// is from, and what to do.
func unreached(c *config.Config, err error) error {
	if c.Database.Embedded != "" || !postgres.Away(err) {
		return err
	}
	return fmt.Errorf("%w\nthe address is from %s; is Postgres running? syncer check tells more", err, c.Database.From())
}
