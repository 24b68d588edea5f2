package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync/atomic"
	"time"

	"syncer/archive"
	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
)

// Mirror copies the evidence of committed snapshots into folders that backfill
// reads: Dir/<source>/<list>/<moment>/. With it history can be made again when
// the database is gone.
type Mirror struct {
	Dir string
	Now func() time.Time

	failures atomic.Int64
}

// Failures is how often a copy failed since the program began, for metrics.
func (m *Mirror) Failures() int64 { return m.failures.Load() }

// Mirrored is what came of copying.
type Mirrored struct {
	Written int
	// Gone are snapshots that are in no copy and whose pages were given up or
	// spared.
	Gone   int
	Paused string // why nothing was tried; "" where it was
	Err    error  // why something is missing that could be there
}

// behind reports that something may be missing, which must not be given up.
func (m Mirrored) behind() bool { return m.Paused != "" || m.Err != nil }

// mirrorPatience is how many snapshots may fail before the copying stops until
// the next run: the rest would fail alike.
const mirrorPatience = 3

// diedAfter is the age at which an unfinished folder's writer is surely dead.
const diedAfter = 24 * time.Hour

// catchUp compares the committed snapshots of a list with what stands in its
// folder and writes what is missing, so that whatever was interrupted is made
// good by the next run.
func (m *Mirror) catchUp(ctx context.Context, known *store.Store, list record.List) (done Mirrored) {
	dir := m.folder(list)
	missing, err := m.missing(ctx, known, list, dir)
	errs := []error{err}
	for _, moment := range missing {
		err := copySnapshot(ctx, known, list, moment, dir)
		switch {
		case errors.Is(err, record.ErrNoPages):
			done.Gone++
			continue
		case err == nil:
			done.Written++
			continue
		}
		if errs = append(errs, err); len(errs) > mirrorPatience || ctx.Err() != nil {
			break
		}
	}
	if len(errs) <= mirrorPatience {
		errs = append(errs, writeDecisions(ctx, known, list, dir))
	}
	if done.Err = errors.Join(errs...); done.Err != nil {
		m.failures.Add(1)
	}
	return done
}

// writeDecisions makes a folder hold what persons decided of a list, as long as it
// stands.
func writeDecisions(ctx context.Context, known *store.Store, list record.List, dir string) error {
	made, err := known.Decisions(ctx, list)
	if err != nil {
		return err
	}
	var standing []archive.Decision
	for _, decision := range made {
		if decision.Stands {
			standing = append(standing, archive.Decision{
				Kind: string(decision.Kind), TakenAt: decision.TakenAt, Key: decision.Key, Price: decision.Price,
				Actor: decision.Actor, Reason: decision.Reason, DecidedAt: decision.DecidedAt,
			})
		}
	}
	return archive.WriteDecisions(dir, list.ID, standing)
}

func (m *Mirror) missing(ctx context.Context, known *store.Store, list record.List, dir string) ([]store.Moment, error) {
	there, err := archive.Moments(dir)
	if err != nil {
		return nil, err
	}
	committed, err := known.Archivable(ctx, list)
	if err != nil {
		return nil, err
	}
	var missing []store.Moment
	for _, moment := range committed {
		if !there[moment.TakenAt.UnixMicro()] {
			missing = append(missing, moment)
		}
	}
	return missing, archive.Tidy(dir, m.Now().Add(-diedAfter))
}

// holds wants the folder of a list to hold snapshots as the database does, byte for
// byte, and writes those that it lacks.
func (m *Mirror) holds(ctx context.Context, known *store.Store, list record.List, moments []store.Moment) error {
	for _, moment := range moments {
		if err := copySnapshot(ctx, known, list, moment, m.folder(list)); err != nil {
			m.failures.Add(1)
			return err
		}
	}
	return nil
}

func (m *Mirror) folder(list record.List) string {
	return filepath.Join(m.Dir, list.ID.Source, list.ID.Name)
}

func copySnapshot(ctx context.Context, known *store.Store, list record.List, moment store.Moment, dir string) error {
	pages, err := known.PagesOf(ctx, list, moment.TakenAt)
	if err != nil {
		return err
	}
	return archive.Write(dir, archive.Content{
		List: list.ID, TakenAt: moment.TakenAt, DecoderVersion: moment.DecoderVersion, Pages: opened(pages),
	})
}

// opened decompresses pages one at a time.
func opened(pages []snapshot.Page) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		for _, stored := range pages {
			if page, err := stored.Open(); !yield(page, err) || err != nil {
				return
			}
		}
	}
}

// Written is what became of one snapshot of Archive.
type Written struct {
	TakenAt time.Time
	Err     error
}

// Archive writes every snapshot of a list that is history, or was until it was taken
// back, into a folder, and what persons decided of them, as an archive that backfill
// reads back to the same history. What stands there
// already is checked, not written again. report is called with each snapshot; one
// that could not be written does not stop the others.
func (r *Runner) Archive(ctx context.Context, list record.List, dir string, report func(total int, written Written)) error {
	committed, err := r.Store.Archivable(ctx, list)
	if err != nil {
		return err
	}
	if len(committed) == 0 {
		return fmt.Errorf("%s: has no committed snapshot", list.ID)
	}
	for _, moment := range committed {
		if err := ctx.Err(); err != nil {
			return err
		}
		report(len(committed), Written{moment.TakenAt, copySnapshot(ctx, r.Store, list, moment, dir)})
	}
	return writeDecisions(ctx, r.Store, list, dir)
}
