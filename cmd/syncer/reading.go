package main

import (
	"errors"
	"time"

	"syncer/store"
)

// reading opens the configured database for a command that only looks.
func (s *session) reading(look func(*store.Store, *time.Location) error) error {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	url, stop, err := s.database(loaded)
	if err != nil {
		return err
	}
	opened, err := store.Open(s.ctx, url)
	if err != nil {
		return errors.Join(err, stop())
	}
	defer opened.Close()
	return errors.Join(look(opened, loaded.ReportTimezone), stop())
}
