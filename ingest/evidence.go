package ingest

import (
	"context"
	"fmt"

	"syncer/store"
	"syncer/store/record"
)

// Kept is what came of the evidence after a run.
type Kept struct {
	Mirror  Mirrored
	GivenUp store.GivenUp
}

// tidyEvidence copies evidence and gives it up by the rule, once a run is over.
// Neither is part of the run: a failure is logged as an error and made good by a
// later run. What could not be copied is not given up.
func (r *Runner) tidyEvidence(ctx context.Context, run store.Run, report *Report) {
	report.Mirror = r.mirrored(ctx, run.List)
	if r.Keep.Forever() || report.Outcome == record.Held || report.Mirror.behind() {
		return
	}
	first, err := r.Store.FirstOfDay(ctx, run)
	if err != nil {
		r.Log.ErrorContext(ctx, "evidence was not tidied", "list", run.List.ID.String(), "err", err)
	}
	if first {
		report.GivenUp = r.givenUp(ctx, run.List)
	}
}

// AfterLoad does after a backfill what follows every live run.
func (r *Runner) AfterLoad(ctx context.Context, list record.List) Kept {
	kept := Kept{Mirror: r.mirrored(ctx, list)}
	if !r.Keep.Forever() && !kept.Mirror.behind() {
		kept.GivenUp = r.givenUp(ctx, list)
	}
	return kept
}

func (r *Runner) mirrored(ctx context.Context, list record.List) Mirrored {
	if r.Mirror == nil {
		return Mirrored{}
	}
	if reason := r.paused().Mirror; reason != "" {
		return Mirrored{Paused: reason} // whoever measures the disk logs it, once for all lists
	}
	done := r.Mirror.catchUp(ctx, r.Store, list)
	if done.Err != nil {
		r.Log.ErrorContext(ctx, "the mirror is behind", "list", list.ID.String(), "dir", r.Mirror.Dir, "written", done.Written,
			"failures", r.Mirror.Failures(), "err", done.Err)
	}
	if done.Gone > 0 {
		r.Log.WarnContext(ctx, "the mirror lacks snapshots whose pages were given up or spared", "list", list.ID.String(), "snapshots", done.Gone)
	}
	return done
}

// givenUp gives up evidence by the rule. What the mirror must have is compared with
// its copy first, byte for byte: a folder of that name may be somebody else's, or
// damaged.
func (r *Runner) givenUp(ctx context.Context, list record.List) store.GivenUp {
	given, err := r.giveUp(ctx, list)
	if err != nil {
		r.Log.ErrorContext(ctx, "evidence was not tidied", "list", list.ID.String(), "err", err)
		return given
	}
	if given.Parts > 0 {
		r.Log.InfoContext(ctx, "evidence given up", "list", list.ID.String(), "parts", given.Parts, "pages", given.Pages)
	}
	return given
}

func (r *Runner) giveUp(ctx context.Context, list record.List) (store.GivenUp, error) {
	looked, err := r.Store.ToGiveUp(ctx, list, r.Keep)
	if err != nil {
		return store.GivenUp{}, err
	}
	if r.Mirror != nil {
		if err := r.Mirror.holds(ctx, r.Store, list, looked); err != nil {
			return store.GivenUp{}, fmt.Errorf("nothing is given up, for the mirror holds no true copy: %w", err)
		}
	}
	return r.Store.GiveUp(ctx, list, r.Keep, looked)
}
