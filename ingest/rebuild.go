package ingest

import (
	"context"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/timeline"
)

// reader reads kept pages by the decoder of a fetcher.
func reader(fetcher catalog.Fetcher) proof.Read { return snapshot.New(fetcher).Restore }

// Rebuild writes the history of a list from its evidence again, by today's
// decoder and a rule of absence.
func (r *Runner) Rebuild(ctx context.Context, list record.List, fetcher catalog.Fetcher, rule timeline.Rule, decision store.Decision) (proof.Rebuilt, error) {
	return r.rebuild(ctx, list, reader(fetcher), rule, decision)
}

func (r *Runner) rebuild(ctx context.Context, list record.List, read proof.Read, rule timeline.Rule, decision store.Decision) (proof.Rebuilt, error) {
	run, err := r.Store.BeginRebuild(ctx, list, decision)
	if err != nil {
		return proof.Rebuilt{}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	ctx, stop := r.beat(ctx, run)
	defer stop()
	report, err := r.Store.Rebuild(ctx, run, rule, read)
	if err != nil {
		return report, r.failed(ctx, run, store.Failure{Class: classRebuild}, err)
	}
	r.Log.InfoContext(ctx, "rebuilt", "list", list.ID.String(), "entries", report.Entries, "superseded", report.Superseded.Sum(),
		"inserted", report.Inserted.Sum(), "snapshots", report.Snapshots, "with_pages", report.Proven)
	return report, nil
}

// PreviewRebuild says what Rebuild would change; nothing stands afterwards.
func (r *Runner) PreviewRebuild(ctx context.Context, list record.List, fetcher catalog.Fetcher, rule timeline.Rule) (proof.Rebuilt, error) {
	return r.Store.PreviewRebuild(ctx, list, rule, reader(fetcher))
}

// Verify proves the history of a list from its evidence.
func (r *Runner) Verify(ctx context.Context, list record.List, fetcher catalog.Fetcher) (proof.Verified, error) {
	return r.Store.Verify(ctx, list, reader(fetcher))
}

// upToDate rebuilds history that another decoder wrote, or that has other attributes
// left out, before anything is added to it.
func (r *Runner) upToDate(ctx context.Context, run store.Run, read proof.Read) error {
	if !run.Outdated() {
		return nil
	}
	decision := store.Decision{Actor: "syncer", Reason: "decoder version " + run.List.ReadBy()}
	_, err := r.rebuild(ctx, run.List, read, run.List.Rule, decision)
	return err
}
