// Package ingest is one run, the whole sentence: it walks a list, decodes its
// pages into a snapshot, lets the guard judge what that would change, has it
// written as history, and records how it ended. It knows no provider and no SQL,
// and when to run is for its callers to say.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/outbox"
	"syncer/store/record"
)

// Runner runs lists against one database.
type Runner struct {
	Store *store.Store
	Guard Guard
	// SetAside bounds how much of a snapshot may be set aside.
	SetAside SetAside
	Log      *slog.Logger
	Notice   func(Progress) // called after each page; nil for nobody
	Mirror   *Mirror        // nil for none
	Keep     store.Keep     // by which evidence is given up; the zero value keeps all
	// Room says what may not be written now for lack of room; nil for nothing.
	Room func() Paused
	// Subscriptions get messages of what live snapshots change.
	Subscriptions []outbox.Subscription
}

// Paused says why evidence is not written to a place for now: "" where it is.
// History goes on without it.
type Paused struct{ Pages, Mirror string }

func (r *Runner) paused() Paused {
	if r.Room == nil {
		return Paused{}
	}
	return r.Room()
}

// Progress is how far a walk is.
type Progress struct {
	List    catalog.ListID
	Pages   int
	Entries int
}

// Report is what came of a run.
type Report struct {
	List    catalog.ListID
	TakenAt time.Time
	Pages   int
	Entries int
	// SetAside is the number of rows of which something was set aside.
	SetAside int
	Bytes    int64         // of the pages, after decompression
	Took     time.Duration // database phase only
	store.Result
	Kept
}

// Sync walks a list now and makes the snapshot part of history. A failure is
// recorded with the run, also when the context is gone, and returned.
func (r *Runner) Sync(ctx context.Context, list record.List, fetcher catalog.Fetcher, due *time.Time) (Report, error) {
	run, err := r.Store.BeginSync(ctx, list, due)
	if err != nil {
		return Report{List: list.ID}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	return r.run(ctx, run, fetcher)
}

// SyncAt is Sync at a moment that is handed in: for the simulated world, whose
// dates are its own, and for tests.
func (r *Runner) SyncAt(ctx context.Context, list record.List, fetcher catalog.Fetcher, takenAt time.Time) (Report, error) {
	run, err := r.Store.BeginAt(ctx, list, record.Sync, takenAt)
	if err != nil {
		return Report{List: list.ID}, r.failed(ctx, run, store.Failure{Class: classDatabase}, err)
	}
	return r.run(ctx, run, fetcher)
}

// Preview walks a list and says what a sync would change at a moment; nothing is
// written.
func (r *Runner) Preview(ctx context.Context, list catalog.List, fetcher catalog.Fetcher, at time.Time) (delta.Delta, string, error) {
	snapshot, err := r.sure(ctx, fetcher, at, func(*snapshot.Snapshot) bool { return false })
	if err != nil {
		return delta.Delta{}, "", err
	}
	delta, err := r.Store.Preview(ctx, list, snapshot)
	delta.Reasons = r.Guard.Judge(delta)
	return delta, strings.Join(delta.Reasons, "; "), err
}

// run walks the list and makes the snapshot part of history. A panic is a failure
// of the run. Copying evidence and giving it up come after the run, which they
// cannot fail.
func (r *Runner) run(ctx context.Context, run store.Run, fetcher catalog.Fetcher) (report Report, err error) {
	run.Subscriptions = r.Subscriptions
	func() {
		defer func() {
			if reason := recover(); reason != nil {
				err = r.panicked(ctx, run, reason)
			}
		}()
		ctx, stop := r.beat(ctx, run)
		defer stop()
		var shown *snapshot.Snapshot
		if shown, err = r.sure(ctx, fetcher, run.TakenAt, run.ShowsNewest); err != nil {
			report = Report{List: run.List.ID}
			err = r.failed(ctx, run, store.Failure{Class: classFetch, Pages: pagesOf(shown)}, withCause(ctx, err))
			return
		}
		if err = r.SetAside.Judge(shown); err != nil {
			report = Report{List: run.List.ID}
			err = r.failed(ctx, run, store.Failure{Class: classDecode, Pages: pagesOf(shown)}, err)
			return
		}
		report, err = r.write(ctx, run, shown)
		err = withCause(ctx, err)
	}()
	if err == nil {
		r.tidyEvidence(ctx, run, &report)
	}
	return report, err
}

// withCause adds to an error why its context ended, which may be that the run
// is no longer ours.
func withCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w (%w)", err, cause)
	}
	return err
}

func pagesOf(snapshot *snapshot.Snapshot) int {
	if snapshot == nil {
		return 0
	}
	return len(snapshot.Pages())
}

func bytesOf(snapshot *snapshot.Snapshot) (sum int64) {
	for _, page := range snapshot.Pages() {
		for _, part := range page.Parts {
			sum += int64(part.Size)
		}
	}
	return sum
}

func (r *Runner) write(ctx context.Context, run store.Run, snapshot *snapshot.Snapshot) (Report, error) {
	if err := r.upToDate(ctx, run, snapshot.Restore); err != nil {
		return Report{List: run.List.ID}, r.failed(ctx, run, store.Failure{Class: classDatabase, Pages: pagesOf(snapshot)}, err)
	}
	run.SparePages = r.paused().Pages != ""
	begun := time.Now() //nolint:forbidigo // a duration for the log, never a moment of history
	result, err := r.Store.Update(ctx, run, snapshot, r.Guard.Judge)
	if err != nil {
		return Report{List: run.List.ID}, r.failed(ctx, run, store.Failure{Class: classDatabase, Pages: pagesOf(snapshot)}, err)
	}
	report := Report{
		List: run.List.ID, TakenAt: run.TakenAt, Pages: len(snapshot.Pages()), Entries: snapshot.Len(), SetAside: snapshot.RowsSetAside(),
		Bytes: bytesOf(snapshot), Took: time.Since(begun), Result: result, //nolint:forbidigo // as above
	}
	r.Store.Freshen(ctx, result)
	r.logRun(ctx, snapshot, report)
	return report, nil
}
