package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/notify"
	"syncer/store"
)

// subscriptions are the configured rules as the store reads them.
func subscriptions(n config.Notifications) []store.Subscription {
	var all []store.Subscription
	for _, rule := range n.Rules {
		on := func(event string) bool { return slices.Contains(rule.Events, event) }
		subscription := store.Subscription{
			Rule: rule.Name, Webhook: rule.Webhook, Lists: rule.Lists,
			Statuses: on(config.OnStatusChange), Holds: on(config.OnHold), Stale: on(config.OnStale),
		}
		if on(config.OnPriceChange) {
			subscription.Prices = &store.PriceWatch{AtLeast: rule.Threshold, Up: rule.Up, Down: rule.Down, Kinds: rule.Kinds}
		}
		if !rule.Digest.IsZero() {
			subscription.Digest = rule.Digest.Next
		}
		all = append(all, subscription)
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
		Outbox: p.Runner.Store, Webhooks: webhooks, PageURL: p.Config.Notifications.PageURL, Log: p.Runner.Log,
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
