package daemon

import (
	"context"
	"sync"
	"time"

	"syncer/cmd/syncer/pipeline"
	"syncer/store/outbox"
	"syncer/store/postgres"
)

// deliver sends notifications by the configuration of a pipeline from now on,
// and no more by that of the one before. A configuration is only used when its
// webhooks could be opened.
func (d *daemon) deliver(p *pipeline.Pipeline) {
	if d.delivery != nil {
		d.delivery()
	}
	ctx, cancel := context.WithCancel(d.ctx)
	d.delivery = cancel
	deliverer, err := p.Deliverer()
	if err != nil { // a secret was taken away since it was last read
		d.Log.Error("notifications wait for a configuration that can be used", "err", err)
		return
	}
	deliverer.Notified = d.monitor.Notified
	deliverer.Trouble = d.undelivered()
	d.deliveries.Go(func() { deliverer.Run(ctx) })
}

// undelivered logs why the outbox cannot be used, once a minute at most: that
// the database is away, or what it refuses.
func (d *daemon) undelivered() func(error) {
	var mutex sync.Mutex
	var last time.Time
	return func(err error) {
		if postgres.Away(err) {
			d.outage.begin(err)
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		if now := d.Now(); now.Sub(last).Abs() >= time.Minute {
			last = now
			d.Log.Warn("notifications wait; syncer check may know why", "err", err)
		}
	}
}

// staleEvery is how often lists are looked at that may have become stale.
const staleEvery = time.Minute

// announceStale puts into the outbox that lists became stale, which no run can.
func (d *daemon) announceStale() {
	p := d.inUse()
	if len(p.Runner.Subscriptions) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(d.ctx, answerWithin)
	defer cancel()
	lists, err := d.monitor.Stale(ctx)
	var stale []outbox.StaleList
	for _, list := range lists {
		stale = append(stale, outbox.StaleList{List: list.List, Provider: list.Provider, LastSnapshot: list.LastSnapshotAt})
	}
	if err == nil {
		err = p.Runner.Store.Outbox.AnnounceStale(ctx, p.Runner.Subscriptions, stale)
	}
	if err != nil && d.ctx.Err() == nil {
		d.outage.begin(err)
	}
}
