package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
)

// Freshness is one line of bi.freshness; moments are zero and texts "" where
// there is none.
type Freshness struct {
	List           catalog.ListID `json:"list"`
	Provider       string         `json:"provider"`
	State          string         `json:"state"` // fresh, late, failed, held or never
	LastSnapshotAt time.Time      `json:"last_snapshot_at,omitzero"`
	Entries        int            `json:"last_entries"`
	HeldAt         time.Time      `json:"held_at,omitzero"`
	HeldFor        string         `json:"held_for,omitempty"`
	LastRunAt      time.Time      `json:"last_run_at,omitzero"`
	LastOutcome    string         `json:"last_outcome,omitempty"`
	LastError      string         `json:"last_error,omitempty"`
	SetAside       int            `json:"set_aside"`   // entries of the newest snapshot
	Nameless       int            `json:"nameless"`    // rows of it without a key
	DoubtsOpen     int            `json:"doubts_open"` // prices that wait to be confirmed
	// PricesUnreadSince is the first of the newest snapshots that could have no prices.
	PricesUnreadSince time.Time `json:"prices_unread_since,omitzero"`
	PricesAnnounced   int       `json:"prices_announced"`
}

// Freshness returns how far each list can be trusted now, by source and list.
func (r *Reader) Freshness(ctx context.Context) ([]Freshness, error) {
	rows, err := r.q.BIFreshness(ctx, r.pool)
	if err != nil {
		return nil, fmt.Errorf("read freshness: %w", err)
	}
	all := make([]Freshness, len(rows))
	for i, row := range rows {
		all[i] = Freshness{
			List: catalog.ListID{Source: row.Source, Name: row.List}, Provider: row.Provider, State: row.State,
			LastSnapshotAt: row.LastSnapshotAt.UTC(), Entries: int(row.LastEntries), HeldAt: row.HeldAt.UTC(), HeldFor: row.HeldFor,
			LastRunAt: row.LastRunAt.UTC(), LastOutcome: row.LastOutcome, LastError: row.LastError,
			SetAside: int(row.SetAside), Nameless: int(row.Nameless), DoubtsOpen: int(row.DoubtsOpen),
			PricesUnreadSince: row.PricesUnreadSince.UTC(), PricesAnnounced: int(row.PricesAnnounced),
		}
	}
	return all, nil
}
