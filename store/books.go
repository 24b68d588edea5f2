package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/sqlcgen"
)

// books are the rows of a list that say who did what and when: its runs and its
// snapshots, of whatever status.
type books struct {
	list      sqlcgen.List
	runs      []sqlcgen.Run // that recorded something, in the order in which they did
	snapshots []sqlcgen.Snapshot

	byID    map[int64]*sqlcgen.Run
	brought map[int64]*sqlcgen.Snapshot // by the run that brought it
	decided map[int64]*sqlcgen.Snapshot // by the run that decided it, of those that waited
}

func (u *update) loadBooks(ctx context.Context) (*books, error) {
	id := u.run.List.ID
	row, err := u.q.ListFind(ctx, u.tx, sqlcgen.ListFindParams{Source: id.Source, List: id.Name})
	if err != nil {
		return nil, fmt.Errorf("find list: %w", err)
	}
	b := &books{
		list: row, byID: make(map[int64]*sqlcgen.Run),
		brought: make(map[int64]*sqlcgen.Snapshot), decided: make(map[int64]*sqlcgen.Snapshot),
	}
	if b.runs, err = u.q.RunsRecorded(ctx, u.tx, row.ID); err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	if b.snapshots, err = u.q.SnapshotsEver(ctx, u.tx, row.ID); err != nil {
		return nil, fmt.Errorf("read snapshots: %w", err)
	}
	b.index()
	return b, nil
}

func (b *books) index() {
	for i := range b.runs {
		b.byID[b.runs[i].ID] = &b.runs[i]
	}
	for i := range b.snapshots {
		one := &b.snapshots[i]
		b.brought[one.RunID] = one
		if one.RecordedBy != one.RunID {
			b.decided[one.RecordedBy] = one
		}
		if one.RejectedBy != nil {
			b.decided[*one.RejectedBy] = one
		}
	}
}

// at is the snapshot of a moment, nil if there is none.
func (b *books) at(moment time.Time) *sqlcgen.Snapshot {
	i, found := slices.BinarySearchFunc(b.snapshots, moment, func(one sqlcgen.Snapshot, at time.Time) int { return one.TakenAt.Compare(at) })
	if !found {
		return nil
	}
	return &b.snapshots[i]
}

// endedWell reports that a run says of itself that it recorded what it had to.
func endedWell(run *sqlcgen.Run) bool {
	return run != nil && (run.Outcome == string(Unchanged) || run.Outcome == string(Changed) || run.Outcome == string(Held))
}
