package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
)

// Hold is one line of bi.holds: a snapshot that the guard found too
// unlikely, and what was decided about it.
type Hold struct {
	List    catalog.ListID `json:"list"`
	TakenAt time.Time      `json:"taken_at"`
	State   string         `json:"state"` // held, accepted or rejected
	HeldFor string         `json:"held_for"`
	HeldAt  time.Time      `json:"held_at"`
	// What the snapshot held, and what would change against the one before.
	Entries  int `json:"entries"`
	Baseline int `json:"baseline_entries"`
	Added    int `json:"added"`
	Changed  int `json:"changed"`
	Removed  int `json:"removed"`
	Repriced int `json:"repriced"` // prices
	Unpriced int `json:"unpriced"` // entries that lose a price

	DecidedAt time.Time `json:"decided_at,omitzero"` // zero unless accepted
	DecidedBy string    `json:"decided_by,omitempty"`
	Reason    string    `json:"decided_reason,omitempty"`
}

// Holds returns held, accepted and rejected snapshots of all lists, the newest
// first; at most most.
func (r *Reader) Holds(ctx context.Context, most int) ([]Hold, error) {
	rows, err := r.q.BIHolds(ctx, r.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	all := make([]Hold, len(rows))
	for i, row := range rows {
		all[i] = Hold{
			List: catalog.ListID{Source: row.Source, Name: row.List}, TakenAt: row.TakenAt.UTC(), State: row.State, HeldFor: row.HeldFor,
			HeldAt: row.HeldAt.UTC(), Entries: int(row.Entries), Baseline: int(row.BaselineEntries), Added: int(row.Added),
			Changed: int(row.Changed), Removed: int(row.Removed), Repriced: int(row.Repriced), Unpriced: int(row.Unpriced),
			DecidedAt: row.DecidedAt.UTC(), DecidedBy: row.DecidedBy, Reason: row.DecidedReason,
		}
	}
	return all, nil
}

// HeldSnapshot is one that waits for a decision, without its delta.
type HeldSnapshot struct {
	List    catalog.ListID
	TakenAt time.Time // UTC
	Entries int
	HeldFor string // the guard's reason
}

// Waiting returns the newest held snapshot of each list, the newest first; at
// most most.
func (r *Reader) Waiting(ctx context.Context, most int) ([]HeldSnapshot, error) {
	rows, err := r.q.MonitorHeld(ctx, r.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read held snapshots: %w", err)
	}
	all := make([]HeldSnapshot, len(rows))
	for i, row := range rows {
		all[i] = HeldSnapshot{List: catalog.ListID{Source: row.Source, Name: row.List}, TakenAt: row.TakenAt.UTC(), Entries: int(row.Entries), HeldFor: row.HeldFor}
	}
	return all, nil
}
