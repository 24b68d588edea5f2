package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
)

// Rewritten counts the rows of one kind that a write replaced and added.
type Rewritten struct {
	Superseded int64 `json:"superseded"`
	Inserted   int64 `json:"inserted"`
}

// Restatement is one line of bi.restatements: a write that changed what had
// been published before.
type Restatement struct {
	List       catalog.ListID `json:"list"`
	Run        int64          `json:"run_id"`
	RecordedAt time.Time      `json:"recorded_at"`
	Kind       string         `json:"kind"`              // late_sync, late_backfill, accept, retract, restore, rebuild, absence_confirmed or doubt_confirmed
	TakenAt    time.Time      `json:"taken_at,omitzero"` // of the snapshot; zero for a rebuild
	Actor      string         `json:"actor,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	// From is a bound: answers about moments before it are as they were.
	From          time.Time `json:"restated_from"`
	Entries       int64     `json:"entries"` // products or contracts of which rows were superseded
	Versions      Rewritten `json:"versions"`
	Prices        Rewritten `json:"prices"`
	StatusChanges Rewritten `json:"status_changes"`
	MonthEnds     string    `json:"month_ends,omitempty"` // at which prices are others than before: 2026-01, 2026-02
}

// Restatements returns the newest restatements of all lists, newest first; at
// most most.
func (r *Reader) Restatements(ctx context.Context, most int) ([]Restatement, error) {
	rows, err := r.q.BIRestatements(ctx, r.pool, postgres.Count(most))
	if err != nil {
		return nil, fmt.Errorf("read restatements: %w", err)
	}
	all := make([]Restatement, len(rows))
	for i, row := range rows {
		all[i] = Restatement{
			List: catalog.ListID{Source: row.Source, Name: row.List}, Run: row.RunID, RecordedAt: row.RecordedAt.UTC(), Kind: row.Kind,
			TakenAt: row.TakenAt.UTC(), Actor: row.Actor, Reason: row.Reason, From: row.RestatedFrom.UTC(), Entries: row.Entries,
			Versions:      Rewritten{row.VersionsSuperseded, row.VersionsInserted},
			Prices:        Rewritten{row.PricesSuperseded, row.PricesInserted},
			StatusChanges: Rewritten{row.StatusChangesSuperseded, row.StatusChangesInserted}, MonthEnds: row.MonthEnds,
		}
	}
	return all, nil
}
