package ingest

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/proof"
	"syncer/timeline"
)

// reader reads kept pages by the decoder of a fetcher.
func reader(fetcher catalog.Fetcher) proof.Read { return snapshot.New(fetcher).Restore }

// Rebuild writes the history of a list from its evidence again, by today's
// decoder and a rule of absence.
func (r *Runner) Rebuild(ctx context.Context, list store.List, fetcher catalog.Fetcher, rule timeline.Rule, decision store.Decision) (proof.Rebuilt, error) {
	return r.rebuild(ctx, list, reader(fetcher), rule, decision)
}

func (r *Runner) rebuild(ctx context.Context, list store.List, read proof.Read, rule timeline.Rule, decision store.Decision) (proof.Rebuilt, error) {
	run, err := r.Store.BeginRebuild(ctx, list, decision)
	if err != nil {
		return proof.Rebuilt{}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	ctx, stop := r.beat(ctx, run)
	defer stop()
	report, err := r.Store.Rebuild(ctx, run, rule, read)
	if err != nil {
		return report, r.failed(ctx, run, store.Failure{Class: "rebuild"}, err)
	}
	r.Log.InfoContext(ctx, "rebuilt", "list", list.ID.String(), "entries", report.Entries, "superseded", report.Superseded.Sum(),
		"inserted", report.Inserted.Sum(), "snapshots", report.Snapshots, "with_pages", report.Proven)
	return report, nil
}

// PreviewRebuild says what Rebuild would change; nothing stands afterwards.
func (r *Runner) PreviewRebuild(ctx context.Context, list store.List, fetcher catalog.Fetcher, rule timeline.Rule) (proof.Rebuilt, error) {
	return r.Store.PreviewRebuild(ctx, list, rule, reader(fetcher))
}

// Verify proves the history of a list from its evidence.
func (r *Runner) Verify(ctx context.Context, list store.List, fetcher catalog.Fetcher) (proof.Verified, error) {
	return r.Store.Verify(ctx, list, reader(fetcher))
}

// Accept makes held snapshots part of history, as if they had come now: that
// of a moment, or, without one, all that are newer than history, oldest first.
func (r *Runner) Accept(ctx context.Context, list store.List, fetcher catalog.Fetcher, at *time.Time, decision store.Decision) ([]Report, error) {
	moments, err := r.undecided(ctx, list, at, r.Store.Acceptable)
	if err != nil {
		return nil, err
	}
	var reports []Report
	for _, moment := range moments {
		report, err := r.acceptOne(ctx, list, fetcher, moment, decision)
		if err != nil {
			return reports, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func (r *Runner) acceptOne(ctx context.Context, list store.List, fetcher catalog.Fetcher, at time.Time, decision store.Decision) (Report, error) {
	pages, err := r.Store.PagesOf(ctx, list, at)
	if err != nil {
		return Report{}, err
	}
	snapshot, err := reader(fetcher)(pages)
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
func (r *Runner) Reject(ctx context.Context, list store.List, at *time.Time, decision store.Decision) ([]time.Time, error) {
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

func (r *Runner) undecided(ctx context.Context, list store.List, at *time.Time, decidable decidable) ([]time.Time, error) {
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
type decidable func(ctx context.Context, list store.List, at time.Time) (bool, error)

// heldAt is a moment whose snapshot can be decided.
func heldAt(ctx context.Context, list store.List, at time.Time, decidable decidable) ([]time.Time, error) {
	can, err := decidable(ctx, list, at)
	if err == nil && !can {
		err = fmt.Errorf("%s: snapshot %s: %w; syncer held %s shows what is", list.ID, at.Format(time.RFC3339Nano), store.ErrNotHeld, list.ID)
	}
	return []time.Time{at}, err
}

// upToDate rebuilds history that an older decoder wrote, before anything is
// added to it.
func (r *Runner) upToDate(ctx context.Context, run store.Run, read proof.Read) error {
	if !run.Outdated() {
		return nil
	}
	decision := store.Decision{Actor: "syncer", Reason: fmt.Sprintf("decoder version %d", run.List.DecoderVersion)}
	_, err := r.rebuild(ctx, run.List, read, run.List.Rule, decision)
	return err
}
