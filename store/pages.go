package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// ErrNoPages means that a snapshot is known and its pages are not: they were
// given up by the rule of keeping evidence, or spared for lack of room, or there is
// no such snapshot.
var ErrNoPages = errors.New("no pages are kept")

// Status is what became of a snapshot.
type Status string

// The three of them. Only committed ones are history.
const (
	StatusCommitted Status = "committed"
	StatusHeld      Status = "held"
	StatusRejected  Status = "rejected"
)

// StoredSnapshot is a complete list at a moment, as the database knows it; its
// pages are read by PagesOf.
type StoredSnapshot struct {
	TakenAt time.Time // UTC
	// PagesOf is the moment whose pages prove the snapshot: its own, or an
	// earlier one's when the provider answered byte for byte alike.
	PagesOf     time.Time
	Status      Status
	Origin      Origin
	Entries     int
	Digest      catalog.Digest // of all keys and their digests
	PagesDigest catalog.Digest // of the pages as received; of none where they were spared
	// DecoderVersion and Settings are those with which it was read.
	DecoderVersion int
	Settings       map[string]string

	unreadable error // what of it could not be read, by other hands
}

// FindList returns a list that is registered, with the rule by which its
// history was written; ErrNotFound if it is not. Nothing is written.
func (s *Store) FindList(ctx context.Context, list catalog.List) (List, error) {
	row, err := s.q.ListFind(ctx, s.pool, sqlcgen.ListFindParams{Source: list.ID.Source, List: list.ID.Name})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return List{}, fmt.Errorf("%s: list: %w", list.ID, ErrNotFound)
	case err != nil:
		return List{}, fmt.Errorf("%s: find list: %w", list.ID, err)
	}
	rule := timeline.Rule{Snapshots: int(row.ConfirmSnapshots), For: row.ConfirmFor}
	settings := ListSettings{Rule: rule}
	if row.StaleAfter != nil {
		settings.StaleAfter = *row.StaleAfter
	}
	return List{List: list, ListSettings: settings, id: row.ID}, nil
}

// Snapshots returns the snapshots of a list from a moment on, of every status,
// in time order.
func (s *Store) Snapshots(ctx context.Context, list List, since time.Time) ([]StoredSnapshot, error) {
	return snapshots(ctx, s.q, s.pool, list, since)
}

func snapshots(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, since time.Time) ([]StoredSnapshot, error) {
	all, err := snapshotsAsTheyAre(ctx, q, db, list, since)
	for _, one := range all {
		if one.unreadable != nil {
			return nil, fmt.Errorf("%s: snapshot %s: %w", list.ID, one.TakenAt.Format(time.RFC3339Nano), one.unreadable)
		}
	}
	return all, err
}

// snapshotsAsTheyAre are the snapshots of a list, also those that cannot be read.
func snapshotsAsTheyAre(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, since time.Time) ([]StoredSnapshot, error) {
	rows, err := q.EvidenceSnapshots(ctx, db, sqlcgen.EvidenceSnapshotsParams{ListID: list.id, Since: since})
	if err != nil {
		return nil, fmt.Errorf("%s: read snapshots: %w", list.ID, err)
	}
	all := make([]StoredSnapshot, len(rows))
	for i, row := range rows {
		all[i] = storedSnapshot(row)
	}
	return all, nil
}

func storedSnapshot(row sqlcgen.EvidenceSnapshotsRow) StoredSnapshot {
	read := StoredSnapshot{
		TakenAt: row.TakenAt.UTC(), PagesOf: row.TakenAt.UTC(), Status: Status(row.Status), Origin: Origin(row.Origin),
		Entries: int(row.Entries), DecoderVersion: postgres.VersionNumber(row.DecoderVersion),
	}
	if row.PagesOf != nil {
		read.PagesOf = row.PagesOf.UTC()
	}
	if err := json.Unmarshal(row.Settings, &read.Settings); err != nil {
		read.unreadable = fmt.Errorf("settings: %w", err)
	}
	if len(row.Digest) != len(read.Digest) || len(row.PagesDigest) != len(read.PagesDigest) {
		read.unreadable = errors.New("its digests are no digests")
		return read
	}
	read.Digest, read.PagesDigest = catalog.Digest(row.Digest), catalog.Digest(row.PagesDigest)
	return read
}

// SnapshotAt returns the snapshot of a moment, and what it is or was held for if
// it is no part of history; ErrNotFound if there is none.
func (s *Store) SnapshotAt(ctx context.Context, list List, takenAt time.Time) (StoredSnapshot, string, error) {
	row, err := s.q.SnapshotAt(ctx, s.pool, sqlcgen.SnapshotAtParams{ListID: list.id, TakenAt: takenAt})
	at := takenAt.UTC().Format(time.RFC3339Nano)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return StoredSnapshot{}, "", fmt.Errorf("%s: snapshot %s: %w", list.ID, at, ErrNotFound)
	case err != nil:
		return StoredSnapshot{}, "", fmt.Errorf("%s: find snapshot %s: %w", list.ID, at, err)
	}
	read := storedSnapshot(sqlcgen.EvidenceSnapshotsRow{
		TakenAt: row.TakenAt, Status: row.Status, Origin: row.Origin, Entries: row.Entries, Digest: row.Digest,
		PagesDigest: row.PagesDigest, DecoderVersion: row.DecoderVersion, Settings: row.Settings, PagesOf: row.PagesOf,
	})
	return read, heldFor(row.Status, row.HeldFor), read.unreadable
}

// PagesOf returns the pages that prove the snapshot of a moment, compressed
// and in order, as catalog.StoredPage.Open and a fetcher's Decode read them;
// ErrNoPages if there are none.
func (s *Store) PagesOf(ctx context.Context, list List, takenAt time.Time) ([]catalog.StoredPage, error) {
	return pagesOf(ctx, s.q, s.pool, list, takenAt)
}

func pagesOf(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, takenAt time.Time) ([]catalog.StoredPage, error) {
	rows, err := q.EvidencePages(ctx, db, sqlcgen.EvidencePagesParams{ListID: list.id, TakenAt: takenAt})
	if err != nil {
		return nil, fmt.Errorf("%s: read pages: %w", list.ID, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: snapshot %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), ErrNoPages)
	}
	var pages []catalog.StoredPage
	for _, row := range rows {
		if n := len(pages); n == 0 || pages[n-1].Number != int(row.Number) {
			pages = append(pages, catalog.StoredPage{Number: int(row.Number)})
		}
		last := &pages[len(pages)-1]
		last.Parts = append(last.Parts, catalog.StoredPart{
			Request: row.Request, MediaType: row.MediaType, SHA256: [32]byte(row.Sha256), Size: int(row.Size), Zstd: row.Body,
		})
	}
	return pages, nil
}
