package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/snapshot"
	"syncer/sqlcgen"
)

// ErrNoPages means that a snapshot is known and its pages are not: they were
// given up by the rule of keeping evidence, or spared for lack of room, or there is
// no such snapshot.
var ErrNoPages = errors.New("no pages are kept")

// Pages returns the pages that prove the snapshot of a moment, compressed
// and in order, as snapshot.Page.Open and a fetcher's Decode read them;
// ErrNoPages if there are none.
func Pages(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, takenAt time.Time) ([]snapshot.Page, error) {
	rows, err := q.EvidencePages(ctx, db, sqlcgen.EvidencePagesParams{ListID: list.RowID, TakenAt: takenAt})
	if err != nil {
		return nil, fmt.Errorf("%s: read pages: %w", list.ID, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: snapshot %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), ErrNoPages)
	}
	var pages []snapshot.Page
	for _, row := range rows {
		if n := len(pages); n == 0 || pages[n-1].Number != int(row.Number) {
			pages = append(pages, snapshot.Page{Number: int(row.Number)})
		}
		last := &pages[len(pages)-1]
		last.Parts = append(last.Parts, snapshot.Part{
			Request: row.Request, MediaType: row.MediaType, SHA256: [32]byte(row.Sha256), Size: int(row.Size), Zstd: row.Body,
		})
	}
	return pages, nil
}
