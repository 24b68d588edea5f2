package daemon

import (
	"context"
	"sync"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/monitor"
)

// watch lets the daemon be watched, from before its database is reached until
// the last run has ended; the returned function ends it.
func (d *daemon) watch(loaded *config.Config) (stop func()) {
	d.monitor.Use(d.view(&pipeline.Pipeline{Config: loaded}))
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.ctx))
	var watching sync.WaitGroup
	if loaded.Listen != "" {
		watching.Go(func() { d.monitor.Serve(ctx, loaded.Listen) })
	}
	if loaded.PprofSocket != "" {
		watching.Go(func() {
			if err := monitor.Profile(ctx, loaded.PprofSocket, d.Log); err != nil {
				d.Log.Error("profiles cannot be served; lists are read all the same", "err", err)
			}
		})
	}
	watching.Go(func() { d.monitor.Beat(ctx) })
	return func() { cancel(); watching.Wait() }
}

// view is what the monitor watches of a pipeline, which has nothing but its
// configuration before the database was reached.
func (d *daemon) view(p *pipeline.Pipeline) monitor.View {
	heartbeat, err := p.Config.Heartbeat.URL(d.Lookup)
	if err != nil { // it was there a moment ago
		d.Log.Error("no heartbeat is sent", "err", err)
	}
	seen := monitor.View{Lists: pipeline.Watched(p.Config), Zone: p.Config.ReportTimezone, Heartbeat: heartbeat.Reveal(), Webhooks: p.Config.Notifications.Names()}
	if p.Runner != nil {
		opened := p.Runner.Store
		seen.Database, seen.Disks = &monitor.Database{Ready: opened.Ready, Report: opened.Report, Outbox: opened.Outbox}, p.Disks.Last
	}
	return seen
}
