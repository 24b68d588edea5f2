package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/store"
)

// serveCommand is `syncer serve`.
type serveCommand struct{}

// Help is the longer text of `syncer serve --help`.
func (serveCommand) Help() string {
	return `Reads every list that has a schedule at its due times, in its source's time zone, until interrupted. Lists of one source are read one after the other, sources side by side. Several daemons may share a database: each due time runs once. This is the plain daemon: web page, metrics and systemd notification are not built yet.`
}

// Run serves until the session ends.
func (c *serveCommand) Run(s *session) error {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	w, err := s.openWith(loaded)
	if err != nil {
		return err
	}
	w.runner.Log = s.log
	var sources sync.WaitGroup
	for _, source := range loaded.Sources {
		agenda, err := agendaOf(source, s.Now())
		if err != nil {
			return errors.Join(err, w.close())
		}
		sources.Go(func() { serveAgenda(s, w, agenda) })
	}
	s.log.Info("serving", "sources", len(loaded.Sources))
	sources.Wait()
	return w.close()
}

// duty is one scheduled list and when it is due next.
type duty struct {
	list     config.List
	schedule cron.Schedule
	zone     *time.Location
	due      time.Time
}

// agendaOf lists the duties of one source.
func agendaOf(source config.Source, now time.Time) ([]*duty, error) {
	var agenda []*duty
	for _, list := range source.Lists {
		if list.Schedule == "" {
			continue
		}
		schedule, err := cron.ParseStandard(list.Schedule)
		if err != nil {
			return nil, fmt.Errorf("%s: schedule %q: %w", list.ID, list.Schedule, err)
		}
		agenda = append(agenda, &duty{list, schedule, source.Location, schedule.Next(now.In(source.Location))})
	}
	return agenda, nil
}

// serveAgenda runs one duty after the other, the earliest first. A due time
// that passes while its own list is being read is skipped.
func serveAgenda(s *session, w *workshop, agenda []*duty) {
	for len(agenda) > 0 {
		next := earliest(agenda)
		timer := time.NewTimer(next.due.Sub(s.Now()))
		select {
		case <-s.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if err := serveDuty(s.ctx, s, w, next); err != nil {
			s.log.Error("run failed", "list", next.list.ID.String(), "err", err)
		}
		next.due = next.schedule.Next(s.Now().In(next.zone))
	}
}

func earliest(agenda []*duty) *duty {
	first := agenda[0]
	for _, d := range agenda[1:] {
		if d.due.Before(first.due) {
			first = d
		}
	}
	return first
}

// serveDuty reads a list for its due time. A due time that another daemon took
// is no failure, and a panic is one.
func serveDuty(ctx context.Context, s *session, w *workshop, d *duty) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%s: panic: %v", d.list.ID, reason)
		}
	}()
	fetcher, err := s.fetcher(w, d.list, func(source config.Source) (catalog.Source, error) { return source.Open(s.Lookup) })
	if err != nil {
		return err
	}
	stored, err := w.ensure(ctx, d.list, fetcher.List())
	if err != nil {
		return err
	}
	due := d.due.UTC()
	if _, err = w.runner.Sync(ctx, stored, fetcher, &due); errors.Is(err, store.ErrTaken) {
		return nil
	}
	return err
}
