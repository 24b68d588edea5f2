package ingest

import (
	"context"

	"syncer/snapshot"
	"syncer/store/record"
)

// warningsShown bounds the log of one run, of each kind; all are counted in its row.
const warningsShown = 20

// RunEnded is the line of a finished run in the log.
const RunEnded = "run ended"

// logRun logs a finished run once, its warnings and whatever was never seen.
func (r *Runner) logRun(ctx context.Context, snapshot *snapshot.Snapshot, report Report) {
	list := report.List.String()
	for i, warning := range snapshot.Warnings() {
		if i == warningsShown {
			break
		}
		r.Log.WarnContext(ctx, "doubtful entry", "list", list, "key", warning.Key, "warning", warning.Text)
	}
	for i, aside := range snapshot.SetAside() {
		if i == warningsShown {
			break
		}
		r.Log.WarnContext(ctx, "set aside", "list", list, "key", aside.Key, "part", string(aside.Part), "reason", string(aside.Reason), "page", aside.Page, "detail", aside.Detail)
	}
	if why := snapshot.PricesUnread(); why != "" {
		r.Log.WarnContext(ctx, "prices not read", "list", list, "reason", why)
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
		"duplicates", snapshot.Collapsed(), "set_aside", report.SetAside, "held_for", report.HeldFor, "database_phase", report.Took.Round(1000).String())
}
