package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// Delivery is a message that is leased to this process.
type Delivery struct {
	// MessageID stays the same however often the message is sent.
	MessageID string
	Rule      string
	Kind      Kind
	// Payloads is the one that was composed, or those of a digest in the order
	// they came; none if the row cannot be read.
	Payloads  []json.RawMessage
	CreatedAt time.Time // UTC
	Attempt   int       // 1 is the first
	Now       time.Time // the database's clock when it was leased, UTC
	id        int64
}

// Gather makes digests of what is due for these webhooks: each piece becomes
// part of one, however many processes gather.
func (o *Outbox) Gather(ctx context.Context, webhooks []string) error {
	err := postgres.Retry(ctx, func() error {
		_, err := o.q.NotificationGather(ctx, o.pool, webhooks)
		return err
	})
	if err != nil {
		return fmt.Errorf("gather digests: %w", err)
	}
	return nil
}

// Claim leases the oldest message that is due for a webhook; nobody else gets
// it before the lease ends. false if there is none.
func (o *Outbox) Claim(ctx context.Context, webhook string, lease time.Duration) (Delivery, bool, error) {
	row, err := o.q.NotificationClaim(ctx, o.pool, sqlcgen.NotificationClaimParams{Webhook: webhook, Lease: lease})
	if errors.Is(err, pgx.ErrNoRows) {
		return Delivery{}, false, nil
	}
	if err != nil {
		return Delivery{}, false, fmt.Errorf("webhook %s: lease a notification: %w", webhook, err)
	}
	claimed := Delivery{
		MessageID: "msg_" + row.MessageID, Rule: row.Rule, Kind: Kind(row.Kind), CreatedAt: row.CreatedAt.UTC(),
		Attempt: int(row.Attempts), Now: row.Now.UTC(), id: row.ID, Payloads: []json.RawMessage{row.Facts},
	}
	if claimed.Kind == Digest { // gathered as an array
		if err := json.Unmarshal(row.Facts, &claimed.Payloads); err != nil {
			claimed.Payloads = nil // for the deliverer to give up
		}
	}
	return claimed, true, nil
}

// ErrLease means that a lease had ended and another process has the message.
var ErrLease = errors.New("the lease of the notification had ended")

// Delivered records that a leased message arrived.
func (o *Outbox) Delivered(ctx context.Context, d Delivery) error {
	rows, err := o.q.NotificationDelivered(ctx, o.pool, sqlcgen.NotificationDeliveredParams{ID: d.id, Attempts: postgres.Count(d.Attempt)})
	return marked("delivered", rows, err)
}

// Postpone gives a leased message back, to be sent after a wait. The reason is
// kept.
func (o *Outbox) Postpone(ctx context.Context, d Delivery, wait time.Duration, reason string) error {
	rows, err := o.q.NotificationRetry(ctx, o.pool, sqlcgen.NotificationRetryParams{ID: d.id, Attempts: postgres.Count(d.Attempt), Wait: wait, LastError: &reason})
	return marked("postponed", rows, err)
}

// Park gives a leased message up until a person has it sent again. The reason
// is kept.
func (o *Outbox) Park(ctx context.Context, d Delivery, reason string) error {
	rows, err := o.q.NotificationPark(ctx, o.pool, sqlcgen.NotificationParkParams{ID: d.id, Attempts: postgres.Count(d.Attempt), LastError: &reason})
	return marked("parked", rows, err)
}

func marked(how string, rows int64, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("mark a notification as %s: %w", how, err)
	case rows == 0:
		return ErrLease
	}
	return nil
}

// Unpark has the parked messages of a webhook, or with "" of all, sent again;
// it returns how many.
func (o *Outbox) Unpark(ctx context.Context, webhook string) (int, error) {
	rows, err := o.q.NotificationUnpark(ctx, o.pool, webhook)
	if err != nil {
		return 0, fmt.Errorf("have parked notifications sent again: %w", err)
	}
	return int(rows), nil
}

// Prune deletes what was delivered 30 days ago and before.
func (o *Outbox) Prune(ctx context.Context) error {
	if _, err := o.q.NotificationPrune(ctx, o.pool); err != nil {
		return fmt.Errorf("forget old notifications: %w", err)
	}
	return nil
}
