package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/delta"
	"syncer/store/history"
	"syncer/store/postgres"
	"syncer/store/record"
)

// errMoved means that others wrote to the list since its state was read for a write.
var errMoved = errors.New("the list was written to meanwhile")

// ahead is what was read for a write before its list's lock was taken; the zero value
// where nothing was.
type ahead struct {
	read *delta.Ahead
	of   time.Time // the list's last write by then
	last bool      // it is no use to begin anew
}

// under returns what was read, if nobody has written to the list since: nil for
// nothing. Else the write has to begin anew, unless it did so often enough.
func (a ahead) under(lastWrite time.Time) (*delta.Ahead, error) {
	switch {
	case a.read == nil || a.of.Equal(lastWrite):
		return a.read, nil
	case a.last:
		return nil, nil
	}
	return nil, errMoved
}

// readAhead reads what a write needs of a snapshot's pages, in no transaction: what
// differs from the committed snapshots around it is compared, and kept in memory as
// far as there is room. For what the newest was, or what is stored, nothing is read.
func (s *Store) readAhead(ctx context.Context, run Run, snapshot *snapshot.Snapshot) (ahead, error) {
	if run.newest != (catalog.Digest{}) && run.newest == snapshot.Digest() {
		return ahead{}, nil
	}
	clock, err := s.q.ListClock(ctx, s.pool, run.List.RowID)
	if err != nil {
		return ahead{}, fmt.Errorf("read clock: %w", err)
	}
	settings, err := record.SettingsJSON(run.List.List)
	if err != nil {
		return ahead{}, err
	}
	found, err := locate(ctx, s.q, s.pool, run.List, run.TakenAt)
	if err != nil || found.at != nil && run.accepts == nil || found.samePages(run.List, settings, snapshot) {
		return ahead{}, err
	}
	read, err := delta.Read(ctx, history.Of(s.q, s.pool, run.List.RowID, run.List.Kind), run.List, found.Place, snapshot)
	if err != nil {
		return ahead{}, err
	}
	return ahead{read: read, of: postgres.Time(clock.LastRecordedAt)}, snapshot.Hold(found.concerned(run.List, read, snapshot))
}

// concerned reports the keys of which a write may want what the snapshot shows.
func (p place) concerned(list record.List, read *delta.Ahead, snapshot *snapshot.Snapshot) func(key string) bool {
	if list.Kind == catalog.Contracts { // whose usage is written whole
		return func(string) bool { return true }
	}
	keys := make(map[string]bool)
	for _, some := range [][]string{read.Shown(), p.doubted, p.believed, p.announced, snapshot.SilentKeys(), snapshot.Announcing()} {
		for _, key := range some {
			keys[key] = true
		}
	}
	return func(key string) bool { return keys[key] }
}

// Preview returns what a snapshot would change if it were taken now; nothing
// is written.
func (s *Store) Preview(ctx context.Context, list catalog.List, snapshot *snapshot.Snapshot) (delta.Delta, error) {
	endOfTime := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	known, found := record.List{List: list}, place{}
	row, err := s.q.ListFind(ctx, s.pool, sqlcgen.ListFindParams{Source: list.ID.Source, List: list.ID.Name})
	switch {
	case errors.Is(err, pgx.ErrNoRows): // nothing is known of it
	case err != nil:
		return delta.Delta{}, fmt.Errorf("%s: find list: %w", list.ID, err)
	default:
		known.RowID, known.Doubt = row.ID, judgement(row.ConfirmSnapshots, row.ConfirmFor, row.DoubtSnapshots, row.DoubtFor).Doubt
		if found, err = locate(ctx, s.q, s.pool, known, endOfTime); err != nil {
			return delta.Delta{}, err
		}
	}
	tables := history.Of(s.q, s.pool, known.RowID, list.Kind)
	read, err := delta.Read(ctx, tables, known, found.Place, snapshot)
	if err != nil {
		return delta.Delta{}, err
	}
	return read.Delta(ctx, tables)
}
