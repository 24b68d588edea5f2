package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/notify"
	"syncer/store/outbox"
)

// subscriptions are the configured rules as the outbox needs them.
func subscriptions(n config.Notifications) []outbox.Subscription {
	var all []outbox.Subscription
	for _, configured := range n.Rules {
		on := func(event string) bool { return slices.Contains(configured.Events, event) }
		rule := notify.Rule{
			Name: configured.Name, Webhook: configured.Webhook, Lists: configured.Lists,
			Statuses: on(config.OnStatusChange), Doubts: on(config.OnDoubt), Holds: on(config.OnHold), Retractions: on(config.OnRetraction), Stale: on(config.OnStale),
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

// Webhook opens a configured webhook with its secrets.
func Webhook(configured config.Webhook, lookup config.Lookup) (*notify.Webhook, error) {
	opened, err := configured.Open(lookup)
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

// Webhooks opens all webhooks of a configuration.
func Webhooks(c *config.Config, lookup config.Lookup) ([]*notify.Webhook, error) {
	var all []*notify.Webhook
	for _, configured := range c.Notifications.Webhooks {
		opened, err := Webhook(configured, lookup)
		if err != nil {
			return nil, err
		}
		all = append(all, opened)
	}
	return all, nil
}

// Deliverer returns what sends the messages of the pipeline's outbox. It logs
// why they wait; a daemon replaces that.
func (p *Pipeline) Deliverer() (*notify.Deliverer, error) {
	webhooks, err := Webhooks(p.Config, p.environment.Lookup)
	if err != nil {
		return nil, err
	}
	return &notify.Deliverer{
		Outbox: p.Runner.Store.Outbox, Webhooks: webhooks, PageURL: p.Config.Notifications.PageURL, Log: p.Runner.Log,
		Trouble: func(err error) { p.environment.Log.Warn("notifications wait", "err", err) },
	}, nil
}

// deliverWithin bounds how long DeliverOnce takes; the rest waits for the next
// call, or for a daemon.
const deliverWithin = 20 * time.Second

// DeliverOnce delivers what is due. It fails nothing: what could not be
// delivered stays in the outbox.
func (p *Pipeline) DeliverOnce(ctx context.Context) {
	deliverer, err := p.Deliverer()
	if err != nil {
		p.environment.Log.Warn("notifications wait", "err", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	deliverer.Once(ctx)
}
