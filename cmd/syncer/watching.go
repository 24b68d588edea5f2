package main

import (
	"context"
	"sync"

	"syncer/cmd/syncer/config"
	"syncer/monitor"
	"syncer/store"
)

// watch lets the daemon be watched, from before its database is reached until
// the last run has ended; the returned function ends it.
func (d *daemon) watch(loaded *config.Config) (stop func()) {
	d.monitor.Use(viewOf(loaded, nil))
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

// viewOf is what the monitor watches by a configuration.
func viewOf(loaded *config.Config, opened *store.Store) monitor.View {
	view := monitor.View{Lists: watchedLists(loaded), Zone: loaded.ReportTimezone, Heartbeat: loaded.Heartbeat.Reveal(), Webhooks: loaded.Notifications.Names()}
	if opened != nil { // a nil store in an interface would not be nil
		view.Database = opened
	}
	return view
}

func watchedLists(loaded *config.Config) []monitor.Watched {
	var all []monitor.Watched
	for _, source := range loaded.Sources {
		for _, list := range source.Lists {
			all = append(all, monitor.Watched{
				ID: list.ID, Provider: source.Provider.Name, Times: list.Times, Jitter: list.Jitter, StaleAfter: list.StaleAfter,
			})
		}
	}
	return all
}
