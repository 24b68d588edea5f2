package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/snapshot"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/record"
)

// Import makes a dated snapshot from an archive part of history, wherever its
// moment falls. The snapshot is complete and valid before a run begins. One
// that is stored already writes nothing, not even a run; other content of its
// moment is store.ErrExists.
func (r *Runner) Import(ctx context.Context, list record.List, snapshot *snapshot.Snapshot, takenAt time.Time) (Report, error) {
	if err := r.SetAside.Judge(snapshot); err != nil {
		return Report{List: list.ID}, err
	}
	report, err := r.stored(ctx, list, snapshot, takenAt)
	if !errors.Is(err, store.ErrNotFound) {
		return report, err
	}
	run, err := r.Store.BeginAt(ctx, list, record.Backfill, takenAt)
	if err != nil {
		return Report{List: list.ID}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	ctx, stop := r.beat(ctx, run)
	defer stop()
	return r.write(ctx, run, snapshot)
}

// ImportAccepted is Import for a snapshot that a person lets pass: the guard is
// not asked, and one that was held by an earlier load is accepted.
func (r *Runner) ImportAccepted(ctx context.Context, list record.List, snapshot *snapshot.Snapshot, takenAt time.Time, decision store.Decision) (Report, error) {
	unguarded := *r
	unguarded.Guard = Guard{}
	report, err := unguarded.Import(ctx, list, snapshot, takenAt)
	if err != nil || report.Outcome != record.Held {
		return report, err
	}
	run, err := r.Store.BeginAccept(ctx, list, takenAt, decision)
	if err != nil {
		return Report{List: list.ID}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	ctx, stop := r.beat(ctx, run)
	defer stop()
	return unguarded.write(ctx, run, snapshot)
}

// stored is what an earlier load made of this very snapshot. One that another
// decoder read in other pages cannot be compared before the list is rebuilt, and
// counts as not found.
func (r *Runner) stored(ctx context.Context, list record.List, snapshot *snapshot.Snapshot, takenAt time.Time) (Report, error) {
	report := Report{List: list.ID, TakenAt: takenAt.UTC(), Pages: pagesOf(snapshot), Entries: snapshot.Len(), SetAside: snapshot.RowsSetAside()}
	there, err := r.Store.SnapshotAt(ctx, list, takenAt)
	switch {
	case err != nil:
		return report, err
	case there.PagesDigest == snapshot.PagesDigest():
	case there.ReadBy != list.ReadBy():
		return report, store.ErrNotFound
	case there.Digest != snapshot.Digest():
		return report, fmt.Errorf("%s: %w: %s", list.ID, store.ErrExists, takenAt.UTC().Format(time.RFC3339Nano))
	}
	report.Delta = delta.Delta{Entries: snapshot.Len()}
	report.Outcome, report.HeldFor = there.Status.Again(), there.HeldFor
	return report, nil
}
