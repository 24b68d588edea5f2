package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"syncer/store/outbox"
)

// Outbox is what is asked of a store.
type Outbox interface {
	Gather(ctx context.Context, webhooks []string) error
	Claim(ctx context.Context, webhook string, lease time.Duration) (outbox.Delivery, bool, error)
	Delivered(ctx context.Context, d outbox.Delivery) error
	Postpone(ctx context.Context, d outbox.Delivery, wait time.Duration, reason string) error
	Park(ctx context.Context, d outbox.Delivery, reason string) error
	Prune(ctx context.Context) error
}

// What became of an attempt to deliver.
const (
	OutcomeDelivered = "delivered"
	OutcomeFailed    = "failed" // it is made again
	OutcomeParked    = "parked" // it is not
)

// Deliverer sends what is due.
type Deliverer struct {
	Outbox   Outbox
	Webhooks []*Webhook
	PageURL  string // where people see more; "" for nowhere
	Log      *slog.Logger
	// Notified is called after each attempt; nil for nobody.
	Notified func(webhook, outcome string)
	// Trouble is called when the outbox cannot be read or written; nil for nobody.
	Trouble func(error)
}

const (
	// lease is how long a message is out of others' reach: longer than an
	// attempt and the mark after it may take.
	lease = time.Minute
	// markWithin bounds the mark.
	markWithin = 10 * time.Second
	// lookEvery is how often the outbox is looked into.
	lookEvery = 5 * time.Second
	// forgetEvery is how often what is old is forgotten.
	forgetEvery = time.Hour
)

// Run delivers until ctx ends: each webhook beside the others, so that one that
// hangs delays nobody else. A message that is under way when ctx ends is sent to
// its end.
func (d *Deliverer) Run(ctx context.Context) {
	if len(d.Webhooks) == 0 {
		return
	}
	var working sync.WaitGroup
	for _, webhook := range d.Webhooks {
		working.Go(func() { every(ctx, lookEvery, func() { d.trouble(ctx, d.drain(ctx, webhook)) }) })
	}
	every(ctx, forgetEvery, func() { d.trouble(ctx, d.Outbox.Prune(ctx)) })
	working.Wait()
}

// every does something now, and again after each interval, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		do()
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// trouble reports an error, unless it may only mean that ctx has ended.
func (d *Deliverer) trouble(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil && d.Trouble != nil {
		d.Trouble(err)
	}
}

// Once delivers what is due now and forgets what is old; it ends with ctx at the
// latest, but for a message that is under way.
func (d *Deliverer) Once(ctx context.Context) {
	if len(d.Webhooks) == 0 {
		return
	}
	var working sync.WaitGroup
	for _, webhook := range d.Webhooks {
		working.Go(func() { d.trouble(ctx, d.drain(ctx, webhook)) })
	}
	working.Wait()
	if ctx.Err() == nil {
		d.trouble(ctx, d.Outbox.Prune(ctx))
	}
}

// drain sends all that is due for a webhook, one message after the other.
func (d *Deliverer) drain(ctx context.Context, to *Webhook) error {
	if err := d.Outbox.Gather(ctx, []string{to.Name}); err != nil {
		return err
	}
	for ctx.Err() == nil {
		message, found, err := d.Outbox.Claim(ctx, to.Name, lease)
		if err != nil || !found {
			return err
		}
		if err := d.deliver(context.WithoutCancel(ctx), to, message); err != nil {
			return err
		}
	}
	return nil
}

// deliver makes one attempt and marks what came of it. Who dies between the two
// leaves a lease that ends, and the message is sent again.
func (d *Deliverer) deliver(ctx context.Context, to *Webhook, message outbox.Delivery) error {
	body, err := Body(message, d.PageURL)
	if err != nil {
		return d.park(ctx, to, message, err)
	}
	answer, err := to.Send(ctx, message.MessageID, message.Now, body)
	ctx, cancel := context.WithTimeout(ctx, markWithin)
	defer cancel()
	switch {
	case err == nil && answer.Arrived():
		d.notified(to, OutcomeDelivered)
		return d.Outbox.Delivered(ctx, message)
	case err == nil:
		err = fmt.Errorf("%s answered %s", to.Host(), answer)
	}
	if answer.Gone() || message.Attempt >= mostAttempts {
		return d.park(ctx, to, message, err)
	}
	wait := waitAfter(message.Attempt, answer.RetryAfter)
	d.notified(to, OutcomeFailed)
	d.Log.WarnContext(ctx, "a notification was not delivered; it is sent again", "webhook", to.Name, "id", message.MessageID,
		"attempt", message.Attempt, "wait", wait.Round(time.Second).String(), "err", err)
	return d.Outbox.Postpone(ctx, message, wait, err.Error())
}

func (d *Deliverer) park(ctx context.Context, to *Webhook, message outbox.Delivery, reason error) error {
	d.notified(to, OutcomeParked)
	d.Log.ErrorContext(ctx, "a notification is given up; it waits for: syncer notify retry "+to.Name, "webhook", to.Name,
		"id", message.MessageID, "attempt", message.Attempt, "err", reason)
	return d.Outbox.Park(ctx, message, reason.Error())
}

func (d *Deliverer) notified(to *Webhook, outcome string) {
	if d.Notified != nil {
		d.Notified(to.Name, outcome)
	}
}
