package store

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
)

// HoldRecord is one line of bi.holds: a snapshot that the guard found too
// unlikely, and what was decided about it.
type HoldRecord struct {
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
func (s *Store) Holds(ctx context.Context, most int) ([]HoldRecord, error) {
	rows, err := s.q.BIHolds(ctx, s.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	all := make([]HoldRecord, len(rows))
	for i, r := range rows {
		all[i] = HoldRecord{
			List: catalog.ListID{Source: r.Source, Name: r.List}, TakenAt: r.TakenAt.UTC(), State: r.State, HeldFor: r.HeldFor,
			HeldAt: r.HeldAt.UTC(), Entries: int(r.Entries), Baseline: int(r.BaselineEntries), Added: int(r.Added),
			Changed: int(r.Changed), Removed: int(r.Removed), Repriced: int(r.Repriced), Unpriced: int(r.Unpriced),
			DecidedAt: r.DecidedAt.UTC(), DecidedBy: r.DecidedBy, Reason: r.DecidedReason,
		}
	}
	return all, nil
}
