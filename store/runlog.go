package store

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// RunRecord is one line of bi.runs; moments are zero and texts "" where there
// is none.
type RunRecord struct {
	List       catalog.ListID `json:"list"`
	ID         int64          `json:"run_id"`
	Kind       string         `json:"kind"`            // sync, backfill, accept, reject or rebuild
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
	ErrorClass string         `json:"error_class,omitempty"`
	ErrorText  string         `json:"error_text,omitempty"`
	Actor      string         `json:"actor,omitempty"`
	Reason     string         `json:"reason,omitempty"`
}

// Runs returns the newest runs, newest first; at most most. An empty source or
// name in the list's id means every one.
func (s *Store) Runs(ctx context.Context, list catalog.ListID, most int) ([]RunRecord, error) {
	rows, err := s.q.BIRuns(ctx, s.pool, sqlcgen.BIRunsParams{Source: list.Source, List: list.Name, Most: postgres.Count(most)})
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	all := make([]RunRecord, len(rows))
	for i, r := range rows {
		all[i] = RunRecord{
			List: catalog.ListID{Source: r.Source, Name: r.List}, ID: r.RunID, Kind: r.Kind, DueAt: r.DueAt.UTC(),
			StartedAt: r.StartedAt.UTC(), EndedAt: r.EndedAt.UTC(), Outcome: r.Outcome, Pages: int(r.Pages),
			Entries: int(r.Entries), Added: int(r.Added), Changed: int(r.Changed), Removed: int(r.Removed),
			Warnings: int(r.Warnings), ErrorClass: r.ErrorClass, ErrorText: r.ErrorText, Actor: r.Actor, Reason: r.Reason,
		}
	}
	return all, nil
}
