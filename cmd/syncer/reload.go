package main

import (
	"context"
	"errors"
	"os"

	"syncer/cmd/syncer/config"
)

// configured loads a configuration that can be served: every scheduled list
// has its secrets.
func (d *daemon) configured() (*config.Config, error) {
	loaded, err := d.config()
	if err != nil {
		return nil, err
	}
	scheduled := scheduledLists(loaded)
	for _, list := range scheduled {
		source, _ := loaded.Source(list.ID.Source)
		if _, err := source.Open(d.Lookup); err != nil {
			return nil, err
		}
	}
	if _, err := loaded.Heartbeat.URL(d.Lookup); err != nil {
		return nil, err
	}
	if _, err := d.webhooks(loaded); err != nil {
		return nil, err
	}
	if len(scheduled) == 0 {
		d.log.Warn("no list has a schedule: nothing will be read", "configuration", loaded.Path)
	}
	return loaded, nil
}

// heed reads the configuration again at each SIGHUP.
func (d *daemon) heed(hangups <-chan os.Signal) {
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-hangups:
		}
		d.notify.reloading()
		if err := d.reload(); err != nil {
			d.log.Error("the configuration is refused; the old one stays", "err", err)
		}
		d.notify.ready()
	}
}

// reload follows a new configuration, or changes nothing. Runs that have begun
// end as they began.
func (d *daemon) reload() error {
	loaded, err := d.configured()
	if err != nil {
		return err
	}
	old := d.inUse()
	if loaded.Database != old.config.Database {
		return errors.New("another database takes a restart")
	}
	if loaded.Listen != old.config.Listen || loaded.PprofSocket != old.config.PprofSocket {
		return errors.New("another listen or pprof_socket takes a restart")
	}
	fresh := d.workshopOn(old.runner.Store, loaded)
	fresh.runner.Log = d.log
	fresh.room.follow(old.room)
	ctx, cancel := context.WithTimeout(d.ctx, answerWithin)
	defer cancel()
	jobs, err := d.jobs(ctx, fresh)
	if err != nil {
		return err
	}
	if err := fresh.runner.Store.SetReportTimezone(ctx, loaded.ReportTimezone); err != nil {
		return err
	}
	d.use(fresh, jobs)
	d.log.Info("configuration read again", "lists", len(jobs))
	return nil
}
