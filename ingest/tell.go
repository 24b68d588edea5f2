package ingest

import (
	"context"
	"errors"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/postgres"
	"syncer/store/record"
)

// warningsShown bounds the log of one run; all are counted in its row.
const warningsShown = 20

// RunEnded is the line of a finished run in the log.
const RunEnded = "run ended"

// tell logs a finished run once, its doubts and whatever was never seen.
func (r *Runner) tell(ctx context.Context, snapshot *snapshot.Snapshot, report Report) {
	list := report.List.String()
	for i, warning := range snapshot.Warnings() {
		if i == warningsShown {
			break
		}
		r.Log.WarnContext(ctx, "doubtful entry", "list", list, "key", warning.Key, "warning", warning.Text)
	}
	for _, unknown := range report.Drift {
		r.Log.WarnContext(ctx, "never seen before", "list", list, "kind", unknown.Kind, "path", unknown.Path, "seen", unknown.Seen)
	}
	level := r.Log.InfoContext
	if report.Outcome == record.Held {
		level = r.Log.WarnContext
	}
	level(ctx, RunEnded, "list", list, "outcome", string(report.Outcome), "pages", report.Pages, "entries", report.Entries,
		"added", len(report.Delta.Added), "changed", len(report.Delta.Changed), "removed", len(report.Delta.Removed),
		"duplicates", snapshot.Collapsed(), "held_for", report.HeldFor, "database_phase", report.Took.Round(1000).String())
}

// Classes of failures whose errors name none: by the phase of the run.
const (
	classFetch    = "fetch"
	classDatabase = "database"
)

// classOf names the kind of a failure for the run's row and for metrics.
// Fetchers' errors know their own: unauthorized, rate_limited, html...
func classOf(err error, phase string) string {
	var decode *catalog.DecodeError
	var classed interface{ ErrorClass() string }
	switch {
	case errors.Is(err, store.ErrClock):
		return "clock"
	case errors.Is(err, store.ErrExists):
		return "exists"
	case postgres.DiskFull(err):
		return "disk_full"
	case errors.Is(err, context.Canceled): // a time limit that ran out has a class of its own
		return "canceled"
	case errors.Is(err, catalog.ErrIncomplete), errors.Is(err, catalog.ErrRepeated):
		return "incomplete"
	case errors.Is(err, catalog.ErrConflict):
		return "conflict"
	case errors.As(err, &decode):
		return "decode"
	case errors.As(err, &classed):
		return classed.ErrorClass()
	}
	return phase
}
