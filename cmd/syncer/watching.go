package main

import (
	"context"
	"sync"

	"syncer/cmd/syncer/config"
	"syncer/monitor"
)

// watch lets the daemon be watched, from before its database is reached until
// the last run has ended; the returned function ends it.
func (d *daemon) watch(loaded *config.Config) (stop func()) {
	d.monitor.Use(d.viewOf(&workshop{config: loaded}))
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.ctx))
	var watching sync.WaitGroup
	if loaded.Listen != "" {
		watching.Go(func() { d.monitor.Serve(ctx, loaded.Listen) })
	}
	if loaded.PprofSocket != "" {
		watching.Go(func() {
			if err := monitor.Profile(ctx, loaded.PprofSocket, d.log); err != nil {
				d.log.Error("profiles cannot be served; lists are read all the same", "err", err)
			}
		})
	}
	watching.Go(func() { d.monitor.Beat(ctx) })
	return func() { cancel(); watching.Wait() }
}

// viewOf is what the monitor watches by a workshop, which has nothing but its
// configuration before the database was reached.
func (d *daemon) viewOf(w *workshop) monitor.View {
	heartbeat, err := w.config.Heartbeat.URL(d.Lookup)
	if err != nil { // it was there a moment ago
		d.log.Error("no heartbeat is sent", "err", err)
	}
	view := monitor.View{Lists: watchedLists(w.config), Zone: w.config.ReportTimezone, Heartbeat: heartbeat.Reveal(), Webhooks: w.config.Notifications.Names()}
	if w.runner != nil {
		opened := w.runner.Store
		view.Database, view.Disks = &monitor.Database{Ready: opened.Ready, Report: opened.Report, Outbox: opened.Outbox}, w.room.last
	}
	return view
}

func watchedLists(loaded *config.Config) []monitor.Watched {
	var all []monitor.Watched
	for _, source := range loaded.Sources {
		for _, list := range source.Lists {
			all = append(all, monitor.Watched{ID: list.ID, Provider: source.Provider.Name, Expectation: list.Expectation})
		}
	}
	return all
}
