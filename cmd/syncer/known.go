package main

import (
	"errors"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/store"
)

// offline opens a source for reading stored pages: no secret is needed.
func (s *session) offline(source config.Source) (catalog.Source, error) {
	return source.Offline(s.Lookup), nil
}

// eachKnown does something with every named list that the database knows; a
// list that was never read has no history to look at.
func (s *session) eachKnown(names []string, do func(*workshop, config.List, store.List) error) (err error) {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	lists, err := selectLists(loaded, names)
	if err != nil {
		return err
	}
	w, err := s.openWith(loaded)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for _, list := range lists {
		fetcher, err := s.fetcher(w, list, s.offline)
		if err != nil {
			return err
		}
		known, err := w.runner.Store.FindList(s.ctx, fetcher.List())
		if errors.Is(err, store.ErrNotFound) && len(names) == 0 {
			continue
		}
		if err != nil {
			return err
		}
		if err := do(w, list, known); err != nil {
			return err
		}
	}
	return nil
}
