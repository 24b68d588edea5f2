package ingest

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/record"
)

// Accept makes held snapshots part of history, as if they had come now: that
// of a moment, or, without one, all that are newer than history, oldest first.
func (r *Runner) Accept(ctx context.Context, list record.List, fetcher catalog.Fetcher, at *time.Time, decision store.Decision) ([]Report, error) {
	moments, err := r.undecided(ctx, list, at, r.Store.Acceptable)
	if err != nil {
		return nil, err
	}
	var reports []Report
	for _, moment := range moments {
		report, err := r.accept(ctx, list, fetcher, moment, decision)
		if err != nil {
			return reports, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func (r *Runner) accept(ctx context.Context, list record.List, fetcher catalog.Fetcher, at time.Time, decision store.Decision) (Report, error) {
	pages, err := r.Store.PagesOf(ctx, list, at)
	if err != nil {
		return Report{}, err
	}
	snapshot, err := reader(fetcher)(at, pages)
	if err != nil {
		return Report{}, fmt.Errorf("read the held snapshot of %s again: %w", at.Format(time.RFC3339Nano), err)
	}
	run, err := r.Store.BeginAccept(ctx, list, at, decision)
	if err != nil {
		return Report{}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	run.Subscriptions = r.Subscriptions
	ctx, stop := r.beat(ctx, run)
	defer stop()
	return r.write(ctx, run, snapshot)
}

// Reject decides that held snapshots never become part of history; the moments
// are those of Accept. It returns what was rejected.
func (r *Runner) Reject(ctx context.Context, list record.List, at *time.Time, decision store.Decision) ([]time.Time, error) {
	moments, err := r.undecided(ctx, list, at, r.Store.Rejectable)
	if err != nil {
		return nil, err
	}
	for i, moment := range moments {
		if err := r.Store.Reject(ctx, list, moment, decision); err != nil {
			return moments[:i], err
		}
	}
	return moments, nil
}

func (r *Runner) undecided(ctx context.Context, list record.List, at *time.Time, decidable decidable) ([]time.Time, error) {
	if at != nil {
		return heldAt(ctx, list, at.UTC(), decidable)
	}
	moments, err := r.Store.Undecided(ctx, list)
	if err == nil && len(moments) == 0 {
		err = fmt.Errorf("%s: nothing newer than its history: %w", list.ID, store.ErrNotHeld)
	}
	return moments, err
}

// decidable says whether a decision can be made on the snapshot of a moment.
type decidable func(ctx context.Context, list record.List, at time.Time) (bool, error)

// heldAt is a moment whose snapshot can be decided.
func heldAt(ctx context.Context, list record.List, at time.Time, decidable decidable) ([]time.Time, error) {
	can, err := decidable(ctx, list, at)
	if err == nil && !can {
		err = fmt.Errorf("%s: snapshot %s: %w; syncer held %s shows what is", list.ID, at.Format(time.RFC3339Nano), store.ErrNotHeld, list.ID)
	}
	return []time.Time{at}, err
}
