package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// Snapshot is a complete list at a moment, as the database knows it; its pages
// are read by Pages.
type Snapshot struct {
	TakenAt time.Time // UTC
	// PagesOf is the moment whose pages prove the snapshot: its own, or an
	// earlier one's when the provider answered byte for byte alike.
	PagesOf     time.Time
	Status      Status
	HeldFor     string // why it is no part of history; "" for one that is
	Origin      Origin
	Entries     int
	Digest      catalog.Digest // of all keys and their digests
	PagesDigest catalog.Digest // of the pages as received; of none where they were spared
	// ReadBy (catalog.List) and Settings are those with which it was read.
	ReadBy   string
	Settings map[string]string

	// Unreadable is what of the row cannot be read, since other hands changed it;
	// nil for a sound one.
	Unreadable error
}

// Snapshots returns the snapshots of a list from a moment on, of every status,
// in time order, also those whose rows cannot be read.
func Snapshots(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, since time.Time) ([]Snapshot, error) {
	rows, err := q.EvidenceSnapshots(ctx, db, sqlcgen.EvidenceSnapshotsParams{ListID: list.RowID, Since: since})
	if err != nil {
		return nil, fmt.Errorf("%s: read snapshots: %w", list.ID, err)
	}
	all := make([]Snapshot, len(rows))
	for i, row := range rows {
		all[i] = SnapshotOf(sqlcgen.Snapshot{
			TakenAt: row.TakenAt, Status: row.Status, Origin: row.Origin, Entries: row.Entries, Digest: row.Digest,
			PagesDigest: row.PagesDigest, DecoderVersion: row.DecoderVersion, Settings: row.Settings, PagesOf: row.PagesOf,
		})
	}
	return all, nil
}

// SnapshotOf reads a row.
func SnapshotOf(row sqlcgen.Snapshot) Snapshot {
	read := Snapshot{
		TakenAt: row.TakenAt.UTC(), PagesOf: row.TakenAt.UTC(), Status: Status(row.Status), Origin: Origin(row.Origin),
		Entries: int(row.Entries), ReadBy: row.DecoderVersion,
	}
	if read.Status != StatusCommitted { // a committed one may have been held before
		read.HeldFor = postgres.Text(row.HeldFor)
	}
	if row.PagesOf != nil {
		read.PagesOf = row.PagesOf.UTC()
	}
	if err := json.Unmarshal(row.Settings, &read.Settings); err != nil {
		read.Unreadable = fmt.Errorf("settings: %w", err)
	}
	if len(row.Digest) != len(read.Digest) || len(row.PagesDigest) != len(read.PagesDigest) {
		read.Unreadable = errors.New("its digests are no digests")
		return read
	}
	read.Digest, read.PagesDigest = catalog.Digest(row.Digest), catalog.Digest(row.PagesDigest)
	return read
}
