package outbox

import (
	"context"
	"fmt"
	"time"

	"syncer/store/postgres"
)

// Figures are how many messages of a webhook wait.
type Figures struct {
	Webhook    string
	Pending    int // to be sent now, or again later
	Collecting int // for the next digest
	Parked     int // given up
	// Oldest is the age of the oldest that is pending.
	Oldest time.Duration
}

// Figures returns the figures of all webhooks for which something waits, by
// name, also of those that are no longer configured.
func (o *Outbox) Figures(ctx context.Context) ([]Figures, error) {
	rows, err := o.q.NotificationFigures(ctx, o.pool)
	if err != nil {
		return nil, fmt.Errorf("read figures of notifications: %w", err)
	}
	all := make([]Figures, len(rows))
	for i, r := range rows {
		all[i] = Figures{r.Webhook, int(r.Pending), int(r.Collecting), int(r.Parked), time.Duration(r.OldestSeconds) * time.Second}
	}
	return all, nil
}

// Row is a message of the outbox, or a piece of a digest.
type Row struct {
	MessageID string    `json:"id"`
	Webhook   string    `json:"webhook"`
	Rule      string    `json:"rule"`
	Kind      Kind      `json:"kind"`
	List      string    `json:"list,omitempty"` // "" for a digest
	State     string    `json:"state"`          // collecting, gathered, pending, delivered, parked
	CreatedAt time.Time `json:"created_at"`
	DueAt     time.Time `json:"due_at"`            // of the next try, or of the digest
	EndedAt   time.Time `json:"ended_at,omitzero"` // delivered, parked or gathered then
	Attempts  int       `json:"attempts"`
	LastError string    `json:"last_error,omitempty"`
}

// Rows returns at most most rows: what waits and what was parked first,
// then the newest.
func (o *Outbox) Rows(ctx context.Context, most int) ([]Row, error) {
	rows, err := o.q.NotificationList(ctx, o.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read notifications: %w", err)
	}
	all := make([]Row, len(rows))
	for i, r := range rows {
		all[i] = Row{
			MessageID: "msg_" + r.MessageID, Webhook: r.Webhook, Rule: r.Rule, Kind: Kind(r.Kind), List: r.List, State: r.State,
			CreatedAt: r.CreatedAt.UTC(), DueAt: r.DueAt.UTC(), Attempts: int(r.Attempts), LastError: r.LastError,
		}
		if r.EndedAt.Year() > 1 {
			all[i].EndedAt = r.EndedAt.UTC()
		}
	}
	return all, nil
}
