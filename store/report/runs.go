package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// Run is one line of bi.runs; moments are zero and texts "" where there
// is none.
type Run struct {
	List       catalog.ListID `json:"list"`
	ID         int64          `json:"run_id"`
	Kind       string         `json:"kind"`            // sync, backfill, accept, reject, retract, restore, believe or rebuild
	DueAt      time.Time      `json:"due_at,omitzero"` // zero where a person started it
	StartedAt  time.Time      `json:"started_at"`
	EndedAt    time.Time      `json:"ended_at,omitzero"` // zero while running
	Outcome    string         `json:"outcome"`
	Pages      int            `json:"pages"`
	Entries    int            `json:"entries"`
	Added      int            `json:"added"`
	Changed    int            `json:"changed"`
	Removed    int            `json:"removed"`
	Warnings   int            `json:"warnings"`
	SetAside   int            `json:"set_aside"` // rows of the snapshot
	Doubts     int            `json:"doubts"`    // prices of the list in doubt when it ended
	ErrorClass string         `json:"error_class,omitempty"`
	ErrorText  string         `json:"error_text,omitempty"`
	Actor      string         `json:"actor,omitempty"`
	Reason     string         `json:"reason,omitempty"`
}

// Runs returns the newest runs, newest first; at most most. An empty source or
// name in the list's id means every one.
func (r *Reader) Runs(ctx context.Context, list catalog.ListID, most int) ([]Run, error) {
	rows, err := r.q.BIRuns(ctx, r.pool, sqlcgen.BIRunsParams{Source: list.Source, List: list.Name, Most: postgres.Count(most)})
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	all := make([]Run, len(rows))
	for i, row := range rows {
		all[i] = Run{
			List: catalog.ListID{Source: row.Source, Name: row.List}, ID: row.RunID, Kind: row.Kind, DueAt: row.DueAt.UTC(),
			StartedAt: row.StartedAt.UTC(), EndedAt: row.EndedAt.UTC(), Outcome: row.Outcome, Pages: int(row.Pages),
			Entries: int(row.Entries), Added: int(row.Added), Changed: int(row.Changed), Removed: int(row.Removed),
			Warnings: int(row.Warnings), SetAside: int(row.SetAside), Doubts: int(row.Doubts), ErrorClass: row.ErrorClass, ErrorText: row.ErrorText, Actor: row.Actor, Reason: row.Reason,
		}
	}
	return all, nil
}
