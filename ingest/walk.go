package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
)

// sure is a walk that is believed when it lacks something: a provider that
// states no total may have let an entry slip from one page to another, so a
// second walk has to find the same. If the two disagree, a third has to find what
// the second found; what the first alone lacks was seen by another, so two of
// three that are not in a row decide nothing. A walk that shows what history
// shows lacks nothing.
func (r *Runner) sure(ctx context.Context, fetcher catalog.Fetcher, takenAt time.Time, showsNewest func(*snapshot.Snapshot) bool) (*snapshot.Snapshot, error) {
	first, err := r.walk(ctx, fetcher, takenAt)
	if err != nil || first.TotalStated() || showsNewest(first) {
		return first, err
	}
	delta, err := r.Store.Preview(ctx, fetcher.List(), first)
	if err != nil || len(delta.Removed) == 0 {
		return first, err
	}
	second, err := r.walkOnce(ctx, fetcher, takenAt)
	if err != nil || second.Digest() == first.Digest() {
		return second, err
	}
	r.Log.WarnContext(ctx, "walk again", "list", fetcher.List().ID.String(), "err", "two walks disagree")
	third, err := r.walkOnce(ctx, fetcher, takenAt)
	if err == nil && third.Digest() != second.Digest() {
		return third, fmt.Errorf("%s: %w: three walks found %d, %d and %d entries, no two in a row alike, and the provider states no total",
			fetcher.List().ID, catalog.ErrIncomplete, first.Len(), second.Len(), third.Len())
	}
	return third, err
}

// walk collects a complete snapshot, or an error that names list and page. A
// walk whose total moved, or that met a key twice with other content, is made
// once more: the list may have moved meanwhile.
func (r *Runner) walk(ctx context.Context, fetcher catalog.Fetcher, takenAt time.Time) (*snapshot.Snapshot, error) {
	snapshot, err := r.walkOnce(ctx, fetcher, takenAt)
	if err == nil && snapshot.Ambiguous() {
		r.Log.WarnContext(ctx, "walk again", "list", fetcher.List().ID.String(), "err", "a key was stated twice with other content")
		return r.walkOnce(ctx, fetcher, takenAt)
	}
	if errors.Is(err, catalog.ErrIncomplete) || errors.Is(err, catalog.ErrConflict) {
		r.Log.WarnContext(ctx, "walk again", "list", fetcher.List().ID.String(), "err", err)
		return r.walkOnce(ctx, fetcher, takenAt)
	}
	return snapshot, err
}

func (r *Runner) walkOnce(ctx context.Context, fetcher catalog.Fetcher, takenAt time.Time) (*snapshot.Snapshot, error) {
	snapshot := snapshot.New(fetcher).At(takenAt)
	for page, err := range fetcher.Pages(ctx) {
		if err != nil {
			return snapshot, err // names list and page already, as every fetcher promises
		}
		if err := snapshot.Add(page); err != nil {
			return snapshot, err
		}
		r.notice(Progress{List: fetcher.List().ID, Pages: page.Number, Entries: snapshot.Len()})
	}
	return snapshot, snapshot.Complete()
}

// Collect reads the snapshot of a moment from pages that are there already, by
// the same rules as a live walk.
func Collect(fetcher catalog.Fetcher, takenAt time.Time, pages []catalog.Page) (*snapshot.Snapshot, error) {
	return CollectAfter(fetcher, nil, takenAt, pages)
}

// CollectAfter is Collect of a snapshot that is expected to resemble another,
// nil for none: what differs need not be decoded again.
func CollectAfter(fetcher catalog.Fetcher, before *snapshot.Snapshot, takenAt time.Time, pages []catalog.Page) (*snapshot.Snapshot, error) {
	snapshot := snapshot.After(fetcher, before).At(takenAt)
	for _, page := range pages {
		if err := snapshot.Add(page); err != nil {
			return nil, err
		}
	}
	return snapshot, snapshot.Complete()
}

func (r *Runner) notice(p Progress) {
	if r.Notice != nil {
		r.Notice(p)
	}
}
