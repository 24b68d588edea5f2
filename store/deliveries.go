package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// Delivery is a message of the outbox that is leased to this process.
type Delivery struct {
	// MessageID stays the same however often the message is sent.
	MessageID string
	Rule      string
	Kind      string
	// News is one, or those of a digest in the order they came; none if the row
	// cannot be read.
	News      []News
	CreatedAt time.Time // UTC
	Attempt   int       // 1 is the first
	Now       time.Time // the database's clock when it was leased, UTC
	id        int64
}

// Gather makes digests of what is due for these webhooks: each piece becomes
// part of one, however many processes gather.
func (s *Store) Gather(ctx context.Context, webhooks []string) error {
	gather := func() error { _, err := s.q.NotificationGather(ctx, s.pool, webhooks); return err }
	if err := postgres.Retry(ctx, gather); err != nil {
		return fmt.Errorf("gather digests: %w", err)
	}
	return nil
}

// Claim leases the oldest message that is due for a webhook; nobody else gets
// it before the lease ends. false if there is none.
func (s *Store) Claim(ctx context.Context, webhook string, lease time.Duration) (Delivery, bool, error) {
	row, err := s.q.NotificationClaim(ctx, s.pool, sqlcgen.NotificationClaimParams{Webhook: webhook, Lease: lease})
	if errors.Is(err, pgx.ErrNoRows) {
		return Delivery{}, false, nil
	}
	if err != nil {
		return Delivery{}, false, fmt.Errorf("webhook %s: lease a notification: %w", webhook, err)
	}
	claimed := Delivery{
		MessageID: "msg_" + row.MessageID, Rule: row.Rule, Kind: row.Kind, CreatedAt: row.CreatedAt.UTC(),
		Attempt: int(row.Attempts), Now: row.Now.UTC(), id: row.ID,
	}
	claimed.News = newsIn(row.Kind, row.Facts)
	return claimed, true, nil
}

// newsIn reads what put wrote; nil if it cannot be read, which is for the
// deliverer to give up.
func newsIn(kind string, facts json.RawMessage) (all []News) {
	if kind != NewsDigest {
		facts = slices.Concat(json.RawMessage("["), facts, json.RawMessage("]"))
	}
	if err := json.Unmarshal(facts, &all); err != nil {
		return nil
	}
	return all
}

// ErrLease means that a lease had ended and another process has the message.
var ErrLease = errors.New("the lease of the notification had ended")

// Delivered notes that a leased message arrived.
func (s *Store) Delivered(ctx context.Context, d Delivery) error {
	rows, err := s.q.NotificationDelivered(ctx, s.pool, sqlcgen.NotificationDeliveredParams{ID: d.id, Attempts: postgres.Count(d.Attempt)})
	return marked("delivered", rows, err)
}

// Postpone gives a leased message back, to be sent after a wait. The reason is
// kept.
func (s *Store) Postpone(ctx context.Context, d Delivery, wait time.Duration, reason string) error {
	rows, err := s.q.NotificationRetry(ctx, s.pool, sqlcgen.NotificationRetryParams{ID: d.id, Attempts: postgres.Count(d.Attempt), Wait: wait, LastError: &reason})
	return marked("postponed", rows, err)
}

// Park gives a leased message up until a person has it sent again. The reason
// is kept.
func (s *Store) Park(ctx context.Context, d Delivery, reason string) error {
	rows, err := s.q.NotificationPark(ctx, s.pool, sqlcgen.NotificationParkParams{ID: d.id, Attempts: postgres.Count(d.Attempt), LastError: &reason})
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
func (s *Store) Unpark(ctx context.Context, webhook string) (int, error) {
	rows, err := s.q.NotificationUnpark(ctx, s.pool, webhook)
	if err != nil {
		return 0, fmt.Errorf("have parked notifications sent again: %w", err)
	}
	return int(rows), nil
}

// PruneNotifications forgets what was told 30 days ago and before.
func (s *Store) PruneNotifications(ctx context.Context) error {
	if _, err := s.q.NotificationPrune(ctx, s.pool); err != nil {
		return fmt.Errorf("forget old notifications: %w", err)
	}
	return nil
}

// OutboxFigures are how many messages of a webhook wait.
type OutboxFigures struct {
	Webhook    string
	Pending    int // to be sent now, or again later
	Collecting int // for the next digest
	Parked     int // given up
	// Oldest is the age of the oldest that is pending.
	Oldest time.Duration
}

// Outbox returns the figures of all webhooks for which something waits, by
// name, also of those that are no longer configured.
func (s *Store) Outbox(ctx context.Context) ([]OutboxFigures, error) {
	rows, err := s.q.NotificationFigures(ctx, s.pool)
	if err != nil {
		return nil, fmt.Errorf("read figures of notifications: %w", err)
	}
	all := make([]OutboxFigures, len(rows))
	for i, r := range rows {
		all[i] = OutboxFigures{r.Webhook, int(r.Pending), int(r.Collecting), int(r.Parked), time.Duration(r.OldestSeconds) * time.Second}
	}
	return all, nil
}

// OutboxRow is a message of the outbox, or a piece of a digest.
type OutboxRow struct {
	MessageID string    `json:"id"`
	Webhook   string    `json:"webhook"`
	Rule      string    `json:"rule"`
	Kind      string    `json:"kind"`
	List      string    `json:"list,omitempty"` // "" for a digest
	State     string    `json:"state"`          // collecting, gathered, pending, delivered, parked
	CreatedAt time.Time `json:"created_at"`
	DueAt     time.Time `json:"due_at"`            // of the next try, or of the digest
	EndedAt   time.Time `json:"ended_at,omitzero"` // delivered, parked or gathered then
	Attempts  int       `json:"attempts"`
	LastError string    `json:"last_error,omitempty"`
}

// OutboxRows returns at most most rows: what waits and what was parked first,
// then the newest.
func (s *Store) OutboxRows(ctx context.Context, most int) ([]OutboxRow, error) {
	rows, err := s.q.NotificationList(ctx, s.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read notifications: %w", err)
	}
	all := make([]OutboxRow, len(rows))
	for i, r := range rows {
		all[i] = OutboxRow{
			MessageID: "msg_" + r.MessageID, Webhook: r.Webhook, Rule: r.Rule, Kind: r.Kind, List: r.List, State: r.State,
			CreatedAt: r.CreatedAt.UTC(), DueAt: r.DueAt.UTC(), Attempts: int(r.Attempts), LastError: r.LastError,
		}
		if r.EndedAt.Year() > 1 {
			all[i].EndedAt = r.EndedAt.UTC()
		}
	}
	return all, nil
}
