package proof

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/record"
)

// accounts are the rows of a list that say who did what and when: its runs and
// its snapshots, of whatever status.
type accounts struct {
	list      sqlcgen.List
	runs      []sqlcgen.Run // that recorded something, in the order in which they did
	without   []sqlcgen.Run // that ended and recorded nothing, in the order in which they began
	snapshots []sqlcgen.Snapshot
	decisions []sqlcgen.Decision // of persons, in their order

	byID    map[int64]*sqlcgen.Run
	brought map[int64]*sqlcgen.Snapshot // by the run that brought it
	decided map[int64]*sqlcgen.Snapshot // by the run that decided it, of those that waited
}

func loadAccounts(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, id catalog.ListID) (*accounts, error) {
	row, err := q.ListFind(ctx, db, sqlcgen.ListFindParams{Source: id.Source, List: id.Name})
	if err != nil {
		return nil, fmt.Errorf("find list: %w", err)
	}
	a := &accounts{
		list: row, byID: make(map[int64]*sqlcgen.Run),
		brought: make(map[int64]*sqlcgen.Snapshot), decided: make(map[int64]*sqlcgen.Snapshot),
	}
	if a.runs, err = q.RunsRecorded(ctx, db, row.ID); err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	if a.without, err = q.RunsUnrecorded(ctx, db, row.ID); err != nil {
		return nil, fmt.Errorf("read runs that recorded nothing: %w", err)
	}
	if a.snapshots, err = q.SnapshotsEver(ctx, db, row.ID); err != nil {
		return nil, fmt.Errorf("read snapshots: %w", err)
	}
	if a.decisions, err = q.DecisionsMade(ctx, db, row.ID); err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	a.index()
	return a, nil
}

func (a *accounts) index() {
	for i := range a.runs {
		a.byID[a.runs[i].ID] = &a.runs[i]
	}
	for i := range a.snapshots {
		row := &a.snapshots[i]
		a.brought[row.RunID] = row
		if row.RecordedBy != row.RunID {
			a.decided[row.RecordedBy] = row
		}
		if row.RejectedBy != nil {
			a.decided[*row.RejectedBy] = row
		}
	}
}

// at is the snapshot of a moment, nil if there is none.
func (a *accounts) at(moment time.Time) *sqlcgen.Snapshot {
	i, found := slices.BinarySearchFunc(a.snapshots, moment, func(row sqlcgen.Snapshot, at time.Time) int { return row.TakenAt.Compare(at) })
	if !found {
		return nil
	}
	return &a.snapshots[i]
}

// endedWell reports that a run says of itself that it recorded what it had to.
func endedWell(run *sqlcgen.Run) bool {
	return run != nil && record.Outcome(run.Outcome).Committed() && record.Outcome(run.Outcome) != record.Skipped
}
