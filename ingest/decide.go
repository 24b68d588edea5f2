package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/archive"
	"syncer/catalog"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/timeline"
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

// Retract takes a committed snapshot back, or with a key what it says of that entry.
func (r *Runner) Retract(ctx context.Context, list record.List, fetcher catalog.Fetcher, at time.Time, key string, decision store.Decision) (proof.Rebuilt, error) {
	return r.rewrite(ctx, list, "retract", decision, func(ctx context.Context, run store.Run) (proof.Rebuilt, error) {
		return r.Store.Retract(ctx, run, at.UTC(), key, reader(fetcher))
	})
}

// Restore makes what was taken back part of history again: the snapshot of a moment,
// or with a key what it says of that entry.
func (r *Runner) Restore(ctx context.Context, list record.List, fetcher catalog.Fetcher, at time.Time, key string, decision store.Decision) (proof.Rebuilt, error) {
	return r.rewrite(ctx, list, "restore", decision, func(ctx context.Context, run store.Run) (proof.Rebuilt, error) {
		return r.Store.Restore(ctx, run, at.UTC(), key, reader(fetcher))
	})
}

// Believe confirms what is doubted of an entry: its newest runs of doubt, or those
// that hold a moment.
func (r *Runner) Believe(ctx context.Context, list record.List, fetcher catalog.Fetcher, key string, at *time.Time, decision store.Decision) (proof.Rebuilt, error) {
	return r.rewrite(ctx, list, "believe", decision, func(ctx context.Context, run store.Run) (proof.Rebuilt, error) {
		return r.Store.Believe(ctx, run, key, at, reader(fetcher))
	})
}

// rewrite makes a decision that has history written anew. What cannot be decided
// leaves a failed run and nothing else.
func (r *Runner) rewrite(ctx context.Context, list record.List, kind string, decision store.Decision,
	decide func(context.Context, store.Run) (proof.Rebuilt, error)) (proof.Rebuilt, error) {
	run, err := r.Store.BeginRewrite(ctx, list, kind, decision)
	if err != nil {
		return proof.Rebuilt{}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	run.Subscriptions = r.Subscriptions
	ctx, stop := r.beat(ctx, run)
	defer stop()
	report, err := decide(ctx, run)
	if err != nil {
		return report, r.failed(ctx, run, store.Failure{Class: kind}, err)
	}
	r.Log.InfoContext(ctx, kind, "list", list.ID.String(), "entries", report.Entries, "superseded", report.Superseded.Sum(), "inserted", report.Inserted.Sum())
	return report, nil
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

// DecideAgain makes a decision that an archive carries, by who made it and for the
// same reason, and reports whether it was to be made: one that was ever made here is
// not made again, also where somebody took it back since.
func (r *Runner) DecideAgain(ctx context.Context, list record.List, fetcher catalog.Fetcher, carried archive.Decision) (bool, error) {
	made := store.MadeDecision{
		Decision: store.Decision{Actor: carried.Actor, Reason: carried.Reason}, Kind: timeline.DecisionKind(carried.Kind),
		TakenAt: carried.TakenAt.UTC(), Key: carried.Key, Price: carried.Price,
	}
	known, err := r.Store.Decisions(ctx, list)
	if err != nil || slices.ContainsFunc(known, made.IsOf) {
		return false, err
	}
	key := ""
	if made.Key != nil {
		key = *made.Key
	}
	switch made.Kind {
	case timeline.Retract:
		_, err = r.Retract(ctx, list, fetcher, made.TakenAt, key, made.Decision)
	case timeline.Believe:
		_, err = r.rewrite(ctx, list, "believe", made.Decision, func(ctx context.Context, run store.Run) (proof.Rebuilt, error) {
			return r.Store.BelieveAgain(ctx, run, made, reader(fetcher))
		})
	default:
		err = fmt.Errorf("%s: want a decision to retract or to believe, got %q", list.ID, carried.Kind)
	}
	return err == nil, err
}
