package main

import (
	"errors"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/ingest"
	"syncer/store"
	"syncer/store/postgres"
	"syncer/store/record"
	"syncer/timeline"
)

// openList is a list that was read before, opened without a secret of its
// source: its fetcher decodes stored pages and asks nobody.
type openList struct {
	record.List // as the database knows it
	fetcher     catalog.Fetcher
	runner      *ingest.Runner
	rule        timeline.Rule // the configured one, as are those that follow
	zone        string        // of reports
	staleAfter  time.Duration // 0: the schedule says
}

// eachOpen opens the named lists and does something with each; without a name
// those that the database knows, for a list that was never read has no history to
// look at. What goes wrong with one list does not keep the others from being
// looked at; what goes wrong with the database, or an interruption, ends it.
func (s *session) eachOpen(names []string, do func(openList) error) (err error) {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	lists, err := selectLists(loaded, names)
	if err != nil {
		return err
	}
	p, err := pipeline.Open(s.ctx, loaded, s.pipelineEnvironment())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	for _, list := range lists {
		opened, failure := s.openList(p, list)
		if errors.Is(failure, store.ErrNotFound) && len(names) == 0 {
			continue
		}
		if failure == nil {
			failure = do(opened)
		}
		err = errors.Join(err, failure)
		if s.ctx.Err() != nil || postgres.Away(failure) {
			break
		}
	}
	return err
}

// openList is store.ErrNotFound for a list that was never read.
func (s *session) openList(p *pipeline.Pipeline, list config.List) (openList, error) {
	fetcher, err := p.OfflineFetcher(list)
	if err != nil {
		return openList{}, err
	}
	stored, err := p.Runner.Store.FindList(s.ctx, fetcher.List())
	return openList{stored, fetcher, p.Runner, p.Config.Absence.Rule(), p.Config.ReportTimezone.String(), list.StaleAfter}, err
}
