package main

import (
	"errors"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/store"
	"syncer/store/postgres"
)

// offline opens a source for reading stored pages: no secret is needed.
func (s *session) offline(source config.Source) (catalog.Source, error) {
	return source.Offline(s.Lookup), nil
}

// eachKnown does something with every named list that the database knows; a
// list that was never read has no history to look at. What goes wrong with one
// list does not keep the others from being looked at; what goes wrong with the
// database, or an interruption, ends it.
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
		known, one := s.find(w, list)
		if errors.Is(one, store.ErrNotFound) && len(names) == 0 {
			continue
		}
		if one == nil {
			one = do(w, list, known)
		}
		err = errors.Join(err, one)
		if s.ctx.Err() != nil || postgres.Away(one) {
			break
		}
	}
	return err
}

// find is a list as the database knows it.
func (s *session) find(w *workshop, list config.List) (store.List, error) {
	fetcher, err := s.fetcher(w, list, s.offline)
	if err != nil {
		return store.List{}, err
	}
	return w.runner.Store.FindList(s.ctx, fetcher.List())
}
