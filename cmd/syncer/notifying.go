package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/notify"
	"syncer/store/outbox"
	"syncer/store/postgres"
)

// subscriptionsOf are the configured rules as the outbox needs them.
func subscriptionsOf(n config.Notifications) []outbox.Subscription {
	var all []outbox.Subscription
	for _, configured := range n.Rules {
		on := func(event string) bool { return slices.Contains(configured.Events, event) }
		rule := notify.Rule{
			Name: configured.Name, Webhook: configured.Webhook, Lists: configured.Lists,
			Statuses: on(config.OnStatusChange), Holds: on(config.OnHold), Stale: on(config.OnStale),
		}
		if on(config.OnPriceChange) {
			rule.Prices = &notify.PriceFilter{AtLeast: configured.Threshold, Up: configured.Up, Down: configured.Down, Kinds: configured.Kinds}
		}
		if !configured.Digest.IsZero() {
			rule.Digest = configured.Digest.Next
		}
		all = append(all, rule.Subscription())
	}
	return all
}

// webhook opens one webhook.
func (s *session) webhook(configured config.Webhook) (*notify.Webhook, error) {
	opened, err := configured.Open(s.Lookup)
	if err != nil {
		return nil, err
	}
	key, err := notify.ParseKey(opened.Key)
	if err != nil {
		return nil, fmt.Errorf("webhook %s: secret: %w", configured.Name, err)
	}
	return notify.New(notify.Options{
		Name: configured.Name, URL: opened.URL, Key: key, Roots: opened.Roots,
		InsecureHTTP: configured.InsecureHTTP, PrivateNetwork: configured.PrivateNetwork,
	})
}

// webhooks opens all that are configured.
func (s *session) webhooks(loaded *config.Config) ([]*notify.Webhook, error) {
	var all []*notify.Webhook
	for _, one := range loaded.Notifications.Webhooks {
		opened, err := s.webhook(one)
		if err != nil {
			return nil, err
		}
		all = append(all, opened)
	}
	return all, nil
}

// deliverer sends what the outbox of a workshop holds.
func (s *session) deliverer(w *workshop) (*notify.Deliverer, error) {
	webhooks, err := s.webhooks(w.config)
	if err != nil {
		return nil, err
	}
	return &notify.Deliverer{
		Outbox: w.runner.Store.Outbox, Webhooks: webhooks, PageURL: w.config.Notifications.PageURL, Log: w.runner.Log,
		Trouble: func(err error) { s.log.Warn("notifications wait", "err", err) },
	}, nil
}

// deliverWithin bounds how long `syncer sync` delivers; the rest waits for the
// next one, or for a daemon.
const deliverWithin = 20 * time.Second

// deliverOnce delivers what is due once lists were read. It fails nothing: what
// could not be delivered stays in the outbox.
func (s *session) deliverOnce(w *workshop) {
	deliverer, err := s.deliverer(w)
	if err != nil {
		s.log.Warn("notifications wait", "err", err)
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, deliverWithin)
	defer cancel()
	deliverer.Once(ctx)
}

// deliver sends notifications by the configuration of a workshop from now on,
// and no more by that of the one before. A configuration is only used when its
// webhooks could be opened.
func (d *daemon) deliver(w *workshop) {
	if d.delivery != nil {
		d.delivery()
	}
	ctx, cancel := context.WithCancel(d.ctx)
	d.delivery = cancel
	deliverer, err := d.deliverer(w)
	if err != nil { // a secret was taken away since it was last read
		d.log.Error("notifications wait for a configuration that can be used", "err", err)
		return
	}
	deliverer.Notified = d.monitor.Notified
	deliverer.Trouble = d.undelivered()
	d.notifying.Go(func() { deliverer.Run(ctx) })
}

// undelivered tells why the outbox cannot be used, once a minute at most: that
// the database is away, or what it refuses.
func (d *daemon) undelivered() func(error) {
	var mutex sync.Mutex
	var last time.Time
	return func(err error) {
		if postgres.Away(err) {
			d.away.tell(err)
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		if now := d.Now(); now.Sub(last).Abs() >= time.Minute {
			last = now
			d.log.Warn("notifications wait; syncer check may know why", "err", err)
		}
	}
}

// staleEvery is how often lists are looked at that may have become stale.
const staleEvery = time.Minute

// announceStale puts into the outbox that lists became stale, which no run can.
func (d *daemon) announceStale() {
	w := d.inUse()
	if len(w.runner.Subscriptions) == 0 {
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
		err = w.runner.Store.Outbox.AnnounceStale(ctx, w.runner.Subscriptions, stale)
	}
	if err != nil && d.ctx.Err() == nil {
		d.away.tell(err)
	}
}
