package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// isThere returns this very snapshot if it is stored already, as when a
// backfill runs again; nil if not.
func (u *update) isThere() (*sqlcgen.Snapshot, error) {
	if u.place.at == nil || u.run.accepts != nil {
		return nil, nil
	}
	if !u.isSame(u.place.at) {
		return nil, fmt.Errorf("%w: %s", ErrExists, u.run.TakenAt.Format(time.RFC3339Nano))
	}
	return u.place.at, nil
}

// isSame compares a stored snapshot with this one: by what was read, or by the
// pages where another decoder read them and they were not read again since, as
// those of a held one or those that were given up.
func (u *update) isSame(stored *sqlcgen.Snapshot) bool {
	if stored.DecoderVersion != postgres.Version(u.run.List.DecoderVersion) {
		pages := u.snapshot.PagesDigest()
		return bytes.Equal(stored.PagesDigest, pages[:])
	}
	read := u.snapshot.Digest()
	return bytes.Equal(stored.Digest, read[:])
}

// asBefore is the result of a snapshot that was stored earlier: a held one
// still waits for its decision, and a rejected one had it.
func asBefore(row *sqlcgen.Snapshot) Result {
	return Result{Outcome: OutcomeAgain(Status(row.Status)), HeldFor: heldFor(row.Status, row.HeldFor)}
}

// heldFor is why a snapshot is no part of history; "" for one that is, also if
// it was held before.
func heldFor(status string, reason *string) string {
	if Status(status) == StatusCommitted {
		return ""
	}
	return postgres.Text(reason)
}

// OutcomeAgain is what becomes of a snapshot that is stored already.
func OutcomeAgain(stored Status) Outcome {
	switch stored {
	case StatusHeld:
		return Held
	case StatusRejected:
		return Rejected
	}
	return Unchanged
}

// repeated ends a run whose snapshot is there: it brought none.
func (u *update) repeated(ctx context.Context, there *sqlcgen.Snapshot) (Result, error) {
	if err := u.numbered(ctx); err != nil {
		return Result{}, err
	}
	return asBefore(there), u.end(ctx, sqlcgen.RunEndParams{
		Outcome: skipped, Pages: postgres.Count(len(u.snapshot.Pages())), Entries: postgres.Count(u.snapshot.Len()), Warnings: postgres.Count(len(u.snapshot.Warnings())),
	})
}
