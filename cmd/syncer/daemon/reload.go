package daemon

import (
	"context"
	"errors"
	"os"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
)

// configured loads a configuration that can be served: every scheduled list
// has its secrets.
func (d *daemon) configured() (*config.Config, error) {
	loaded, err := d.Load()
	if err != nil {
		return nil, err
	}
	scheduled := loaded.Scheduled()
	for _, list := range scheduled {
		source, _ := loaded.Source(list.ID.Source)
		if _, err := source.Open(d.Lookup); err != nil {
			return nil, err
		}
	}
	if _, err := loaded.Heartbeat.URL(d.Lookup); err != nil {
		return nil, err
	}
	if _, err := pipeline.Webhooks(loaded, d.Lookup); err != nil {
		return nil, err
	}
	if len(scheduled) == 0 {
		d.Log.Warn("no list has a schedule: nothing will be read", "configuration", loaded.Path)
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
		d.systemd.reloading()
		if err := d.reload(); err != nil {
			d.Log.Error("the configuration is refused; the old one stays", "err", err)
		}
		d.systemd.ready()
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
	if loaded.Database != old.Config.Database {
		return errors.New("another database takes a restart")
	}
	if loaded.Listen != old.Config.Listen || loaded.PprofSocket != old.Config.PprofSocket {
		return errors.New("another listen or pprof_socket takes a restart")
	}
	fresh := old.Reconfigured(loaded)
	ctx, cancel := context.WithTimeout(d.ctx, answerWithin)
	defer cancel()
	jobs, err := d.jobs(ctx, fresh)
	if err != nil {
		return err
	}
	if err := fresh.Runner.Store.SetReportTimezone(ctx, loaded.ReportTimezone); err != nil {
		return err
	}
	d.use(fresh, jobs)
	d.Log.Info("configuration read again", "lists", len(jobs))
	return nil
}
