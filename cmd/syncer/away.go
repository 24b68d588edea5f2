package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/store/postgres"
	"syncer/store/schema"
)

// away remembers that the database does not answer, and tells it once a
// minute at most, however many ask.
type away struct {
	now func() time.Time
	log *slog.Logger

	mutex         sync.Mutex
	from, lastLog time.Time
}

// tell notes that the database did not answer.
func (a *away) tell(err error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	now := a.now()
	if a.from.IsZero() {
		a.from = now
	}
	if now.Sub(a.lastLog).Abs() >= time.Minute {
		a.lastLog = now
		a.log.Warn("the database is away; waiting for it", "since", a.from.UTC().Format(time.RFC3339), "err", err)
	}
}

// back notes that it answers again.
func (a *away) back() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if !a.from.IsZero() {
		a.log.Info("the database is back", "was_away", a.now().Sub(a.from).Round(time.Second).String())
	}
	a.from = time.Time{}
}

// since is when the database was last seen to go; zero while it answers.
func (a *away) since() time.Time {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.from
}

// backoff is how long to wait before the next try: from a second to half a
// minute.
func backoff(tries int) time.Duration { return min(time.Second<<min(tries, 5), 30*time.Second) }

// open opens the database, and waits for it as long as waiting may help.
func (d *daemon) open(loaded *config.Config) (*workshop, error) {
	for tries := 0; ; tries++ {
		w, err := d.openToLoad(loaded)
		if d.migrates && (errors.Is(err, schema.ErrOld) || errors.Is(err, schema.ErrViews)) {
			if err = d.bringUp(loaded); err == nil {
				w, err = d.openToLoad(loaded)
			}
		}
		if err == nil {
			w.runner.Log = d.log
			d.away.back()
			return w, nil
		}
		if !postgres.Away(err) {
			return nil, err
		}
		d.away.tell(err)
		d.notify.status(statusText(nil, d.away.since()))
		if err := d.pause(backoff(tries)); err != nil {
			return nil, err
		}
	}
}

// answerWithin bounds one question whether the database is there.
const answerWithin = 10 * time.Second

// reach waits until the database answers.
func (d *daemon) reach(w *workshop) error {
	for tries := 0; ; tries++ {
		ctx, cancel := context.WithTimeout(d.ctx, answerWithin)
		_, err := w.runner.Store.Time(ctx)
		cancel()
		if err == nil {
			d.away.back()
			return nil
		}
		if d.ctx.Err() != nil {
			return errStopping
		}
		d.away.tell(err)
		if err := d.pause(backoff(tries)); err != nil {
			return err
		}
	}
}

// pause waits, and less when the daemon is to stop.
func (d *daemon) pause(length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-d.ctx.Done():
		return errStopping
	case <-timer.C:
		return nil
	}
}
