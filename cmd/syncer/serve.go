package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"syncer/cmd/syncer/config"
)

// serveCommand is `syncer serve`.
type serveCommand struct{}

// Help is the longer text of `syncer serve --help`.
func (serveCommand) Help() string {
	return `Runs every list that has a schedule, until interrupted. A due time that passes while its list is still being read is skipped. This is the plain daemon: web page, metrics and systemd notification are not built yet.`
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
	lists, err := selectLists(loaded, nil)
	if err != nil {
		return errors.Join(err, w.close())
	}
	var loops sync.WaitGroup
	for _, list := range lists {
		if list.Schedule != "" {
			loops.Go(func() { serveList(s, w, list) })
		}
	}
	s.log.Info("serving", "lists", len(lists))
	loops.Wait()
	return w.close()
}

// serveList runs one list at its due times. A run that fails is logged and
// recorded; the next due time is not affected.
func serveList(s *session, w *workshop, list config.List) {
	schedule, err := cron.ParseStandard(list.Schedule)
	if err != nil {
		s.log.Error("schedule", "list", list.ID.String(), "err", err)
		return
	}
	for {
		due := schedule.Next(s.Now())
		timer := time.NewTimer(due.Sub(s.Now()))
		select {
		case <-s.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if line := serveOnce(s, w, list); line.Error != "" {
			s.log.Error("run failed", "list", list.ID.String(), "err", line.Error)
		}
	}
}

func serveOnce(s *session, w *workshop, list config.List) (line syncLine) {
	defer func() {
		if reason := recover(); reason != nil {
			line.Error = fmt.Sprintf("panic: %v", reason)
		}
	}()
	return (&syncCommand{}).one(s, w, list)
}
