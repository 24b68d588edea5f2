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
	"syncer/sqlcgen"
)

// Outcome is how a run ended.
type Outcome string

// Outcomes of a run that did not fail.
const (
	Unchanged Outcome = "unchanged"
	Changed   Outcome = "changed"
	Held      Outcome = "held"
)

// Result is what Update did.
type Result struct {
	Outcome Outcome
	Delta   Delta
	HeldFor string            // the guard's reason, "" unless held
	Drift   []catalog.Unknown // seen for the first time ever
}

// Judge is the guard: "" lets a delta pass, anything else is why not.
type Judge func(Delta) string

// lockNamespace keeps the advisory locks on lists apart from others' locks.
const lockNamespace = 0x73796e63 // "sync"

// Update makes a complete snapshot part of history, in one transaction whose
// first statement is the list's lock and whose last ends the run. It is the
// one road for live, late and backfilled snapshots. When the answer to COMMIT
// is lost, the run's row says what became of it.
func (s *Store) Update(ctx context.Context, run Run, snapshot *catalog.Snapshot, judge Judge) (Result, error) {
	var result Result
	err := s.transact(ctx, func(tx pgx.Tx) error {
		u := update{q: s.q, shelf: shelfOf(run.List.Kind, s.q), tx: tx, run: run, snapshot: snapshot}
		if err := u.lock(ctx); err != nil {
			return err
		}
		var err error
		result, err = u.all(ctx, judge)
		return err
	})
	if err != nil && s.committedAnyway(ctx, run, err) {
		return result, nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", run.List.ID, err)
	}
	return result, nil
}

// lock is the first statement of every write to a list, alone: whatever is read
// after it is the newest there is.
func (u *update) lock(ctx context.Context) error {
	lock := sqlcgen.ListLockParams{Namespace: lockNamespace, ListID: int32(u.run.List.id)} //nolint:gosec // wraps at 2^31 lists
	if err := u.q.ListLock(ctx, u.tx, lock); err != nil {
		return fmt.Errorf("lock list: %w", err)
	}
	if err := u.q.TransactionPatience(ctx, u.tx); err != nil {
		return fmt.Errorf("bound the transaction: %w", err)
	}
	return nil
}

// Freshen gives Postgres new statistics after a write that made the old ones
// worthless. Without them queries are slow, not wrong, so a writer that does
// not own the tables may go without. It is for after Update, whose work is done.
func (s *Store) Freshen(ctx context.Context, result Result) {
	moved := len(result.Delta.Added) + len(result.Delta.Changed)
	if result.Outcome == Changed && moved > 100 && moved*2 > result.Delta.Baseline {
		_ = s.q.Analyze(ctx, s.pool)
	}
}

// update is one write transaction under the list's lock.
type update struct {
	q        *sqlcgen.Queries
	shelf    shelf
	tx       pgx.Tx
	run      Run
	snapshot *catalog.Snapshot

	recordedAt time.Time
	settings   json.RawMessage
	place      place
	news       collected
}

// place is where the snapshot falls among the committed ones.
type place struct {
	before *sqlcgen.Snapshot // nil: none
	after  *time.Time        // nil: the snapshot is the newest
}

func (u *update) all(ctx context.Context, judge Judge) (Result, error) {
	if err := u.locate(ctx); err != nil {
		return Result{}, err
	}
	if u.run.accepts != nil {
		result, err := u.accept(ctx)
		return u.finish(ctx, result, u.announced(ctx, result, err))
	}
	there, err := u.isThere(ctx)
	if err != nil || there != nil {
		return u.finish(ctx, asBefore(there), err)
	}
	result, err := u.write(ctx, judge)
	return u.finish(ctx, result, u.announced(ctx, result, err))
}

func (u *update) locate(ctx context.Context) (err error) {
	if u.recordedAt, err = u.q.Clock(ctx, u.tx); err != nil {
		return fmt.Errorf("read clock: %w", err)
	}
	if u.settings, err = settingsJSON(u.run.List.List); err != nil {
		return err
	}
	u.place, err = locate(ctx, u.q, u.tx, u.run.List, u.run.TakenAt)
	return err
}

func locate(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, at time.Time) (place, error) {
	var found place
	before, err := q.SnapshotBefore(ctx, db, sqlcgen.SnapshotBeforeParams{ListID: list.id, TakenAt: at})
	if err == nil {
		before.TakenAt = before.TakenAt.UTC()
		found.before = &before
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return found, fmt.Errorf("find the snapshot before: %w", err)
	}
	after, err := q.SnapshotAfter(ctx, db, sqlcgen.SnapshotAfterParams{ListID: list.id, TakenAt: at})
	if err == nil {
		after = after.UTC()
		found.after = &after
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return found, fmt.Errorf("find the snapshot after: %w", err)
	}
	return found, nil
}

// isThere returns this very snapshot if it is stored already, as when a
// backfill runs again; nil if not.
func (u *update) isThere(ctx context.Context) (*sqlcgen.Snapshot, error) {
	row, err := u.q.SnapshotAt(ctx, u.tx, sqlcgen.SnapshotAtParams{ListID: u.run.List.id, TakenAt: u.run.TakenAt})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the snapshot of that moment: %w", err)
	}
	digest := u.snapshot.Digest()
	if !bytes.Equal(row.Digest, digest[:]) {
		return nil, fmt.Errorf("%w: %s", ErrExists, u.run.TakenAt.Format(time.RFC3339Nano))
	}
	return &row, nil
}

// asBefore is the result of a snapshot that was stored earlier: a held one
// still waits for its decision.
func asBefore(row *sqlcgen.Snapshot) Result {
	if row != nil && row.Status == string(Held) {
		return Result{Outcome: Held, HeldFor: text(row.HeldFor)}
	}
	return Result{Outcome: Unchanged}
}

func (u *update) write(ctx context.Context, judge Judge) (Result, error) {
	touched, err := u.absencesTouched(ctx)
	if err != nil {
		return Result{}, err
	}
	if u.samePages() && len(touched) == 0 {
		return Result{Outcome: Unchanged, Delta: u.sameDelta()}, u.record(ctx, "committed", "", Delta{}, &u.place.before.TakenAt)
	}
	delta, err := u.delta(ctx)
	if err != nil {
		return Result{}, err
	}
	if reason := judge(delta); reason != "" {
		return Result{Outcome: Held, Delta: delta, HeldFor: reason}, u.record(ctx, "held", reason, delta, nil)
	}
	return u.commit(ctx, delta, touched)
}

// accept brings a held snapshot into history: a person has judged it.
func (u *update) accept(ctx context.Context) (Result, error) {
	touched, err := u.absencesTouched(ctx)
	if err != nil {
		return Result{}, err
	}
	delta, err := u.delta(ctx)
	if err != nil {
		return Result{}, err
	}
	result, err := u.adopt(ctx, delta, touched)
	if err != nil {
		return Result{}, err
	}
	return result, u.acceptHeld(ctx)
}

func (u *update) commit(ctx context.Context, delta Delta, touched []string) (Result, error) {
	result, err := u.adopt(ctx, delta, touched)
	if err != nil {
		return Result{}, err
	}
	return result, u.record(ctx, "committed", "", delta, nil)
}

// adopt writes what the snapshot changes in history.
func (u *update) adopt(ctx context.Context, delta Delta, touched []string) (Result, error) {
	result := Result{Outcome: Changed, Delta: delta}
	if delta.Empty() {
		result.Outcome = Unchanged
	}
	if err := u.history(ctx, delta, touched); err != nil {
		return Result{}, err
	}
	if err := u.usage(ctx); err != nil {
		return Result{}, err
	}
	drift, err := u.drift(ctx)
	result.Drift = drift
	return result, err
}

// finish ends the run if it is still ours; else nothing at all is written.
func (u *update) finish(ctx context.Context, result Result, err error) (Result, error) {
	if err != nil {
		return Result{}, err
	}
	if result.Outcome != Held {
		if err := u.note(ctx); err != nil {
			return Result{}, err
		}
	}
	return result, u.end(ctx, sqlcgen.RunEndParams{
		Outcome: string(result.Outcome),
		Pages:   count(len(u.snapshot.Pages())), Entries: count(u.snapshot.Len()), Added: count(len(result.Delta.Added)),
		Changed: count(len(result.Delta.Changed)), Removed: count(len(result.Delta.Removed)),
		Warnings: count(len(u.snapshot.Warnings())),
	})
}

// end is the last statement of a write: the run ends if it is still ours.
func (u *update) end(ctx context.Context, how sqlcgen.RunEndParams) error {
	how.ListID, how.ID, how.RecordedAt = u.run.List.id, u.run.id, &u.recordedAt
	ended, err := u.q.RunEnd(ctx, u.tx, how)
	if err != nil {
		return fmt.Errorf("end run: %w", err)
	}
	if ended == 0 {
		return ErrNotOurs
	}
	return nil
}

func (u *update) note(ctx context.Context) error {
	err := u.q.ListNote(ctx, u.tx, sqlcgen.ListNoteParams{
		ID: u.run.List.id, TakenAt: u.run.TakenAt, Settings: u.settings,
		DecoderVersion: count(u.run.List.DecoderVersion),
	})
	if err != nil {
		return fmt.Errorf("note the moment: %w", err)
	}
	return nil
}

// count is a number of things, all of which are far below 2^31.
func count(n int) int32 { return int32(min(n, 1<<31-1)) } //nolint:gosec // clamped
