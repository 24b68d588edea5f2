package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// Outcome is how a run ended.
type Outcome string

// Outcomes of a run that did not fail.
const (
	Unchanged Outcome = "unchanged"
	Changed   Outcome = "changed"
	Held      Outcome = "held"
	// Rejected is a snapshot that comes again after a person had rejected it:
	// nothing is written.
	Rejected Outcome = "rejected"
)

// skipped is how a run ends that had nothing to bring.
const skipped = "skipped"

// Result is what Update did.
type Result struct {
	Outcome Outcome
	Delta   Delta
	HeldFor string            // the guard's reason, "" unless held
	Drift   []catalog.Unknown // seen for the first time ever
}

// Judge is the guard: "" lets a delta pass, anything else is why not.
type Judge func(Delta) string

// Update makes a complete snapshot part of history, in one transaction whose
// first statement is the list's lock and whose last ends the run. It is the
// one road for live, late and backfilled snapshots. When the answer to COMMIT
// is lost, the run's row says what became of it.
func (s *Store) Update(ctx context.Context, run Run, snapshot *catalog.Snapshot, judge Judge) (Result, error) {
	var result Result
	err := s.locked(ctx, run.List.id, func(tx pgx.Tx) (err error) {
		u := update{q: s.q, shelf: shelfOf(run.List.Kind, s.q), tx: tx, run: run, snapshot: snapshot}
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
	at     *sqlcgen.Snapshot // of this very moment; nil: none
	absent []string          // keys whose absence a snapshot here prolongs and may confirm
}

func (u *update) all(ctx context.Context, judge Judge) (Result, error) {
	if err := u.locate(ctx); err != nil {
		return Result{}, err
	}
	there, err := u.isThere()
	if err != nil {
		return Result{}, err
	}
	touched := u.absencesTouched()
	if u.run.accepts == nil && there == nil && u.samePages() && len(touched) == 0 {
		return u.unchanged(ctx)
	}
	if u.recordedAt, err = u.q.ListClock(ctx, u.tx, u.run.List.id); err != nil {
		return Result{}, fmt.Errorf("read clock: %w", err)
	}
	switch {
	case u.run.accepts != nil:
		result, err := u.accept(ctx, touched)
		return u.finish(ctx, result, u.announced(ctx, result, err))
	case there != nil:
		return u.repeated(ctx, there)
	}
	result, err := u.write(ctx, judge, touched)
	return u.finish(ctx, result, u.announced(ctx, result, err))
}

func (u *update) locate(ctx context.Context) (err error) {
	if u.settings, err = settingsJSON(u.run.List.List); err != nil {
		return err
	}
	u.place, err = locate(ctx, u.q, u.tx, u.run.List, u.run.TakenAt)
	return err
}

func locate(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, at time.Time) (place, error) {
	var found place
	rows, err := q.SnapshotNeighbours(ctx, db, sqlcgen.SnapshotNeighboursParams{ListID: list.id, TakenAt: at})
	if err != nil {
		return found, fmt.Errorf("find the snapshots before and after: %w", err)
	}
	for _, row := range rows {
		one := neighbour(row)
		found.absent = row.Absent
		switch one.TakenAt.Compare(at) {
		case -1:
			found.before = &one
		case 0:
			found.at = &one
		case 1:
			found.after = &one.TakenAt
		}
	}
	return found, nil
}

func neighbour(row sqlcgen.SnapshotNeighboursRow) sqlcgen.Snapshot {
	return sqlcgen.Snapshot{
		ListID: row.ListID, TakenAt: row.TakenAt.UTC(), Status: row.Status, Origin: row.Origin, RunID: row.RunID,
		RecordedAt: row.RecordedAt, RecordedBy: row.RecordedBy, Entries: row.Entries, Digest: row.Digest, PagesDigest: row.PagesDigest,
		DecoderVersion: row.DecoderVersion, Settings: row.Settings, PagesOf: row.PagesOf, HeldFor: row.HeldFor, Delta: row.Delta,
		DecidedBy: row.DecidedBy, DecidedReason: row.DecidedReason,
	}
}

// unchanged records a snapshot whose pages are those of the one before: the
// short way, one statement.
func (u *update) unchanged(ctx context.Context) (Result, error) {
	result := Result{Outcome: Unchanged, Delta: u.sameDelta()}
	pagesOf, err := u.holder(ctx)
	if err != nil {
		return Result{}, err
	}
	if pagesOf == nil { // given up meanwhile: this one keeps its own
		if u.recordedAt, err = u.q.ListClock(ctx, u.tx, u.run.List.id); err != nil {
			return Result{}, fmt.Errorf("read clock: %w", err)
		}
		return u.finish(ctx, result, u.record(ctx, "committed", "", Delta{}))
	}
	digest, pages := u.digest("committed", Delta{}), u.snapshot.PagesDigest()
	written, err := u.q.RunCommitUnchanged(ctx, u.tx, sqlcgen.RunCommitUnchangedParams{
		ListID: u.run.List.id, TakenAt: u.run.TakenAt, Origin: string(u.run.Origin), RunID: u.run.id,
		Entries: postgres.Count(u.snapshot.Len()), Digest: digest[:], PagesDigest: pages[:],
		DecoderVersion: postgres.Version(u.run.List.DecoderVersion), Settings: u.settings, PagesOf: *pagesOf,
		Pages: postgres.Count(len(u.snapshot.Pages())), Warnings: postgres.Count(len(u.snapshot.Warnings())), LateAfter: u.run.lateAfter(),
	})
	if err != nil {
		return Result{}, fmt.Errorf("record snapshot: %w", err)
	}
	if written == 0 {
		return Result{}, ErrNotOurs
	}
	return result, nil
}

func (u *update) write(ctx context.Context, judge Judge, touched []string) (Result, error) {
	delta, err := u.delta(ctx)
	if err != nil {
		return Result{}, err
	}
	if reason := judge(delta); reason != "" {
		return Result{Outcome: Held, Delta: delta, HeldFor: reason}, u.record(ctx, "held", reason, delta)
	}
	return u.commit(ctx, delta, touched)
}

// accept brings a held snapshot into history: a person has judged it.
func (u *update) accept(ctx context.Context, touched []string) (Result, error) {
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
	return result, u.record(ctx, "committed", "", delta)
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
	note := u.note
	if result.Outcome == Held {
		note = u.numbered
	}
	if err := note(ctx); err != nil {
		return Result{}, err
	}
	return result, u.end(ctx, sqlcgen.RunEndParams{
		Outcome: string(result.Outcome),
		Pages:   postgres.Count(len(u.snapshot.Pages())), Entries: postgres.Count(u.snapshot.Len()), Added: postgres.Count(len(result.Delta.Added)),
		Changed: postgres.Count(len(result.Delta.Changed)), Removed: postgres.Count(len(result.Delta.Removed)),
		Warnings: postgres.Count(len(u.snapshot.Warnings())),
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
		DecoderVersion: postgres.Version(u.run.List.DecoderVersion), RecordedAt: u.recordedAt,
	})
	if err != nil {
		return fmt.Errorf("note the moment: %w", err)
	}
	return nil
}

// numbered makes the next write a later one, where nothing else is noted.
func (u *update) numbered(ctx context.Context) error {
	err := u.q.ListRecorded(ctx, u.tx, sqlcgen.ListRecordedParams{ID: u.run.List.id, RecordedAt: u.recordedAt})
	if err != nil {
		return fmt.Errorf("note the write: %w", err)
	}
	return nil
}
