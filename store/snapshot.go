package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/delta"
	"syncer/store/postgres"
	"syncer/store/record"
)

// place is where a snapshot falls among the committed ones, and what is known there.
type place struct {
	delta.Place
	at     *sqlcgen.Snapshot // of this very moment; nil: none
	absent []string          // keys whose absence a snapshot here prolongs and may confirm
	// doubted are keys with a run of doubt that covers the moment and may still be
	// confirmed, or confirmed otherwise; believed those with one that was confirmed
	// and lasts.
	doubted, believed []string
	announced         []string // keys of which prices were announced
	takenBack         bool     // something that the snapshot before says
	odd               bool     // something of the list was set aside or decided before
}

func locate(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list record.List, at time.Time) (place, error) {
	found := place{Place: delta.Place{Moment: at}}
	rows, err := q.SnapshotNeighbours(ctx, db, sqlcgen.SnapshotNeighboursParams{ListID: list.RowID, TakenAt: at})
	if err != nil {
		return found, fmt.Errorf("find the snapshots before and after: %w", err)
	}
	for _, row := range rows {
		neighbour := sqlcgen.Snapshot{
			ListID: row.ListID, TakenAt: row.TakenAt.UTC(), Status: row.Status, Origin: row.Origin, RunID: row.RunID,
			RecordedAt: row.RecordedAt, RecordedBy: row.RecordedBy, Entries: row.Entries, Digest: row.Digest, PagesDigest: row.PagesDigest,
			DecoderVersion: row.DecoderVersion, Settings: row.Settings, PagesOf: row.PagesOf, HeldFor: row.HeldFor, Delta: row.Delta,
			DecidedBy: row.DecidedBy, DecidedReason: row.DecidedReason, ReadsUntil: row.ReadsUntil,
		}
		found.absent, found.doubted, found.believed, found.odd = row.Absent, row.Doubted, row.Believed, row.Odd
		found.announced = row.Announced
		switch neighbour.TakenAt.Compare(at) {
		case -1:
			found.Before, found.takenBack = &neighbour, row.TakenBack
		case 0:
			found.at = &neighbour
		case 1:
			found.After = &neighbour.TakenAt
		}
	}
	return found, nil
}

// beforeAt is the moment of the committed snapshot before; nil: there is none.
func (p place) beforeAt() *time.Time {
	if p.Before == nil {
		return nil
	}
	return &p.Before.TakenAt
}

// absencesProlonged are the keys that a snapshot lacks and whose absence it
// prolongs before it was confirmed.
func (p place) absencesProlonged(snapshot *snapshot.Snapshot) []string {
	var keys []string
	for _, key := range p.absent {
		if !snapshot.Sees(key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// samePages reports that the provider answered byte for byte as it did for the
// committed snapshot before, read by the same decoder with the same settings, and
// that the pages still read the same.
func (p place) samePages(list record.List, settings json.RawMessage, snapshot *snapshot.Snapshot) bool {
	if p.Before == nil || !snapshot.ReadAs(postgres.Time(p.Before.ReadsUntil)) {
		return false
	}
	digest := snapshot.PagesDigest()
	return bytes.Equal(p.Before.PagesDigest, digest[:]) &&
		p.Before.DecoderVersion == list.ReadBy() && record.SameSettings(p.Before.Settings, settings)
}

// isSame compares a stored snapshot with one that comes again: by what was read,
// or by the pages where another decoder read them and they were not read again
// since, as those of a held one or those that were given up.
func isSame(stored *sqlcgen.Snapshot, list record.List, snapshot *snapshot.Snapshot) bool {
	if stored.DecoderVersion != list.ReadBy() {
		pages := snapshot.PagesDigest()
		return bytes.Equal(stored.PagesDigest, pages[:])
	}
	read := snapshot.Digest()
	return bytes.Equal(stored.Digest, read[:])
}

// Snapshots returns the snapshots of a list from a moment on, of every status,
// in time order.
func (s *Store) Snapshots(ctx context.Context, list record.List, since time.Time) ([]record.Snapshot, error) {
	all, err := record.Snapshots(ctx, s.q, s.pool, list, since)
	for _, snapshot := range all {
		if snapshot.Unreadable != nil {
			return nil, fmt.Errorf("%s: snapshot %s: %w", list.ID, snapshot.TakenAt.Format(time.RFC3339Nano), snapshot.Unreadable)
		}
	}
	return all, err
}

// SnapshotAt returns the snapshot of a moment; ErrNotFound if there is none.
func (s *Store) SnapshotAt(ctx context.Context, list record.List, takenAt time.Time) (record.Snapshot, error) {
	row, err := s.q.SnapshotAt(ctx, s.pool, sqlcgen.SnapshotAtParams{ListID: list.RowID, TakenAt: takenAt})
	at := takenAt.UTC().Format(time.RFC3339Nano)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return record.Snapshot{}, fmt.Errorf("%s: snapshot %s: %w", list.ID, at, ErrNotFound)
	case err != nil:
		return record.Snapshot{}, fmt.Errorf("%s: find snapshot %s: %w", list.ID, at, err)
	}
	read := record.SnapshotOf(row)
	return read, read.Unreadable
}

// PagesOf returns the pages that prove the snapshot of a moment, compressed
// and in order; record.ErrNoPages if there are none.
func (s *Store) PagesOf(ctx context.Context, list record.List, takenAt time.Time) ([]snapshot.Page, error) {
	return record.Pages(ctx, s.q, s.pool, list, takenAt)
}

// Moment is a committed snapshot and the decoder that read it.
type Moment struct {
	TakenAt        time.Time // UTC
	DecoderVersion int
}

// Archivable returns the snapshots of a list that are history, and those that were
// until a person took them back, in time order.
func (s *Store) Archivable(ctx context.Context, list record.List) ([]Moment, error) {
	rows, err := s.q.EvidenceCommitted(ctx, s.pool, list.RowID)
	if err != nil {
		return nil, fmt.Errorf("%s: read moments: %w", list.ID, err)
	}
	all := make([]Moment, len(rows))
	for i, row := range rows {
		all[i] = Moment{row.TakenAt.UTC(), catalog.DecoderOf(row.DecoderVersion)}
	}
	return all, nil
}
