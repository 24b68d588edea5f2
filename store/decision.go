package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/sqlcgen"
	"syncer/store/delta"
	"syncer/store/history"
	"syncer/store/outbox"
	"syncer/store/postgres"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/timeline"
)

// ErrNotHeld means that there is no held snapshot to decide.
var ErrNotHeld = errors.New("no such snapshot is held")

// HeldSnapshot is one that waits for a decision.
type HeldSnapshot struct {
	TakenAt time.Time // UTC
	Origin  record.Origin
	Entries int
	HeldFor string      // the guard's reason
	Delta   delta.Delta // against the committed snapshot before it, when it came
}

// HeldSnapshots returns what is held of a list, oldest first.
func (s *Store) HeldSnapshots(ctx context.Context, list record.List) ([]HeldSnapshot, error) {
	rows, err := s.q.SnapshotsHeld(ctx, s.pool, list.RowID)
	if err != nil {
		return nil, fmt.Errorf("%s: read held snapshots: %w", list.ID, err)
	}
	all := make([]HeldSnapshot, len(rows))
	for i, row := range rows {
		all[i] = HeldSnapshot{TakenAt: row.TakenAt.UTC(), Origin: record.Origin(row.Origin), Entries: int(row.Entries), HeldFor: postgres.Text(row.HeldFor)}
		if err := json.Unmarshal(row.Delta, &all[i].Delta); err != nil {
			return nil, fmt.Errorf("%s: held snapshot %s: delta: %w", list.ID, row.TakenAt.UTC().Format(time.RFC3339Nano), err)
		}
	}
	return all, nil
}

// Undecided returns the moments that a decision without a moment means: all
// held snapshots newer than the newest committed one, oldest first.
func (s *Store) Undecided(ctx context.Context, list record.List) ([]time.Time, error) {
	rows, err := s.q.SnapshotsHeld(ctx, s.pool, list.RowID)
	if err != nil {
		return nil, fmt.Errorf("%s: read held snapshots: %w", list.ID, err)
	}
	newest, err := s.q.SnapshotNewestCommitted(ctx, s.pool, list.RowID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%s: read the newest snapshot: %w", list.ID, err)
	}
	var moments []time.Time
	for _, row := range rows {
		if row.TakenAt.After(newest) {
			moments = append(moments, row.TakenAt.UTC())
		}
	}
	return moments, nil
}

// Acceptable reports that a snapshot of this moment can be accepted: it is held, or
// was rejected.
func (s *Store) Acceptable(ctx context.Context, list record.List, takenAt time.Time) (bool, error) {
	return s.stands(ctx, list, takenAt, record.StatusHeld, record.StatusRejected)
}

// Rejectable reports that a snapshot of this moment can be rejected: it is held.
func (s *Store) Rejectable(ctx context.Context, list record.List, takenAt time.Time) (bool, error) {
	return s.stands(ctx, list, takenAt, record.StatusHeld)
}

// stands reports that there is a snapshot of a moment with one of these statuses.
func (s *Store) stands(ctx context.Context, list record.List, takenAt time.Time, statuses ...record.Status) (bool, error) {
	row, err := s.q.SnapshotAt(ctx, s.pool, sqlcgen.SnapshotAtParams{ListID: list.RowID, TakenAt: takenAt})
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: read snapshot %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), err)
	}
	return slices.Contains(statuses, record.Status(row.Status)), nil
}

// BeginAccept starts the run that makes a held snapshot part of history, by
// Update like any other: nothing more than a late snapshot.
func (s *Store) BeginAccept(ctx context.Context, list record.List, takenAt time.Time, decision Decision) (Run, error) {
	run, err := s.beginBy(ctx, list, "accept", decision)
	run.TakenAt, run.accepts = takenAt.UTC(), &decision
	return run, err
}

// Reject decides that a held snapshot never becomes part of history; its pages
// and the reason stay. ErrNotHeld if there is none of that moment.
func (s *Store) Reject(ctx context.Context, list record.List, takenAt time.Time, decision Decision) error {
	run, err := s.beginBy(ctx, list, "reject", decision)
	if err != nil {
		return err
	}
	err = s.locked(ctx, list.RowID, func(tx pgx.Tx) error {
		rejected, err := s.q.SnapshotReject(ctx, tx, sqlcgen.SnapshotRejectParams{
			ListID: list.RowID, TakenAt: takenAt, RunID: run.id, Actor: decision.Actor, Reason: decision.Reason,
		})
		switch {
		case err != nil:
			return err
		case rejected == 0:
			return ErrNotHeld
		}
		clock, err := s.q.ListClock(ctx, tx, list.RowID)
		if err != nil {
			return fmt.Errorf("read clock: %w", err)
		}
		if err := noteWrite(ctx, s.q, tx, list, clock.RecordedAt); err != nil {
			return err
		}
		return endRun(ctx, s.q, tx, run, clock.RecordedAt, sqlcgen.RunEndParams{Outcome: string(record.Unchanged)})
	})
	if err == nil || !errors.Is(err, ErrNotHeld) && s.committedAnyway(ctx, run, err) {
		return nil
	}
	err = fmt.Errorf("%s: reject %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), err)
	return errors.Join(err, s.Fail(ctx, run, Failure{Class: "reject", Text: err.Error()}))
}

// Errors of decisions about what is history already.
var (
	ErrNotCommitted = errors.New("no such snapshot is part of history")
	ErrNotRetracted = errors.New("nothing of this was taken back")
	ErrRetracted    = errors.New("it is taken back already")
	ErrNoDoubt      = errors.New("no price of it is doubted")
	ErrSaysNothing  = errors.New("the snapshot says nothing of it")
)

// BeginRewrite starts the run by which a person takes something back, restores it or
// believes it: kind is retract, restore or believe.
func (s *Store) BeginRewrite(ctx context.Context, list record.List, kind string, decision Decision) (Run, error) {
	run, err := s.beginBy(ctx, list, kind, decision)
	run.accepts = &decision
	return run, err
}

// Retract takes a committed snapshot back, or, with a key, what it says of that
// entry: history is written anew as if it had never been taken. read reads its pages.
func (s *Store) Retract(ctx context.Context, run Run, at time.Time, key string, read proof.Read) (proof.Rebuilt, error) {
	told := outbox.Facts{Kind: outbox.Retracted, TakenAt: at, Decision: &outbox.Decision{Key: key}}
	return s.rewrite(ctx, run, told, read, func(tx pgx.Tx, q *sqlcgen.Queries) error {
		id := run.List.RowID
		row, err := q.SnapshotAt(ctx, tx, sqlcgen.SnapshotAtParams{ListID: id, TakenAt: at})
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return ErrNotCommitted
		case err != nil:
			return err
		case record.Status(row.Status) == record.StatusRetracted:
			return ErrRetracted
		case record.Status(row.Status) != record.StatusCommitted:
			return fmt.Errorf("%w: it is %s", ErrNotCommitted, row.Status)
		}
		tables := history.Of(q, tx, id, run.List.Kind)
		decision := sqlcgen.DecisionPutParams{ListID: id, Kind: string(timeline.Retract), TakenAt: at, RecordedBy: run.id}
		if key == "" {
			if _, err := q.SnapshotRetract(ctx, tx, sqlcgen.SnapshotRetractParams{ListID: id, TakenAt: at}); err != nil {
				return err
			}
			if err := q.DecisionPut(ctx, tx, decision); err != nil {
				return err
			}
			return tables.ForgetUsage(ctx, at, run.id)
		}
		if err := tables.Retractable(ctx, key, at); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		decided, err := tables.Retracted(ctx, key, at)
		if err == nil && decided {
			err = fmt.Errorf("%q: %w", key, ErrRetracted)
		}
		if err != nil {
			return err
		}
		decision.Key = &key
		return q.DecisionPut(ctx, tx, decision)
	})
}

// Restore makes a snapshot that was taken back, or with a key what it says of that
// entry, part of history again; it believes nothing by itself.
func (s *Store) Restore(ctx context.Context, run Run, at time.Time, key string, read proof.Read) (proof.Rebuilt, error) {
	told := outbox.Facts{Kind: outbox.Retracted, TakenAt: at, Decision: &outbox.Decision{Key: key, Restored: true}}
	return s.rewrite(ctx, run, told, read, func(tx pgx.Tx, q *sqlcgen.Queries) error {
		ending := sqlcgen.DecisionEndParams{ListID: run.List.RowID, TakenAt: at, RunID: run.id}
		if key != "" {
			ending.Key = &key
		}
		ended, err := q.DecisionEnd(ctx, tx, ending)
		switch {
		case err != nil:
			return err
		case ended == 0:
			return ErrNotRetracted
		}
		if _, err := record.Pages(ctx, q, tx, run.List, at); err != nil {
			return fmt.Errorf("what was taken back cannot be restored: %w", err)
		}
		if key == "" {
			_, err = q.SnapshotRestore(ctx, tx, sqlcgen.SnapshotRestoreParams{ListID: run.List.RowID, TakenAt: at})
		}
		return err
	})
}

// Believe confirms the newest runs of doubt of an entry's prices, or those that hold
// a moment.
func (s *Store) Believe(ctx context.Context, run Run, key string, at *time.Time, read proof.Read) (proof.Rebuilt, error) {
	told := outbox.Facts{Kind: outbox.Changed, Decision: &outbox.Decision{Key: key}}
	return s.rewrite(ctx, run, told, read, func(tx pgx.Tx, q *sqlcgen.Queries) error {
		doubts, err := history.Of(q, tx, run.List.RowID, run.List.Kind).Unbelieved(ctx, key, at)
		if err != nil {
			return err
		}
		if len(doubts) == 0 {
			return fmt.Errorf("%q: %w", key, ErrNoDoubt)
		}
		for _, doubt := range doubts {
			newest, err := q.SnapshotBefore(ctx, tx, sqlcgen.SnapshotBeforeParams{ListID: run.List.RowID, Before: postgres.NullTime(doubt.To)})
			if err != nil {
				return err
			}
			if err := q.DecisionPut(ctx, tx, sqlcgen.DecisionPutParams{
				ListID: run.List.RowID, Kind: string(timeline.Believe), TakenAt: newest, Key: &key, Price: history.IdentityJSON(doubt.Doubt.Price), RecordedBy: run.id,
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// rewrite decides something and writes history anew, in one transaction, with the
// messages of it.
func (s *Store) rewrite(ctx context.Context, run Run, told outbox.Facts, read proof.Read, decide func(pgx.Tx, *sqlcgen.Queries) error) (proof.Rebuilt, error) {
	var report proof.Rebuilt
	err := s.locked(ctx, run.List.RowID, func(tx pgx.Tx) (err error) {
		if err = decide(tx, s.q); err != nil {
			return err
		}
		if report, err = s.rebuild(ctx, tx, run, run.List.Rule, read); err != nil || len(run.Subscriptions) == 0 {
			return err
		}
		told.List, told.Provider, told.RunID = run.List.ID, run.List.Provider, run.id
		told.Decision.Actor, told.Decision.Reason = run.accepts.Actor, run.accepts.Reason
		if told.At, err = s.q.DatabaseTime(ctx, tx); err != nil {
			return fmt.Errorf("read clock: %w", err)
		}
		if told.TakenAt.IsZero() { // of no snapshot alone
			if told.TakenAt, err = s.q.SnapshotNewestCommitted(ctx, tx, run.List.RowID); err != nil {
				return fmt.Errorf("read the newest snapshot: %w", err)
			}
		}
		told.TakenAt = told.TakenAt.UTC()
		return outbox.AnnounceRewritten(ctx, tx, run.Subscriptions, told, run.List.RowID)
	})
	if err == nil || s.committedAnyway(ctx, run, err) {
		return report, nil
	}
	return proof.Rebuilt{}, fmt.Errorf("%s: %w", run.List.ID, err)
}

// TakenBack reports whether the snapshot of a moment, or with a key what it says of
// that entry, was taken back.
func (s *Store) TakenBack(ctx context.Context, list record.List, at time.Time, key string) (bool, error) {
	if key == "" {
		return s.stands(ctx, list, at, record.StatusRetracted)
	}
	takenBack, err := history.Of(s.q, s.pool, list.RowID, list.Kind).Retracted(ctx, key, at)
	if err != nil {
		return false, fmt.Errorf("%s: %w", list.ID, err)
	}
	return takenBack, nil
}

// believeShown notes that a person believes all prices that an accepted snapshot
// shows.
func (u *update) believeShown(ctx context.Context) error {
	if u.run.accepts == nil || u.run.List.Doubt.Snapshots == 0 {
		return nil
	}
	if err := u.q.DecisionPut(ctx, u.tx, sqlcgen.DecisionPutParams{
		ListID: u.run.List.RowID, Kind: string(timeline.Believe), TakenAt: u.run.TakenAt, RecordedBy: u.run.id,
	}); err != nil {
		return fmt.Errorf("note what is believed: %w", err)
	}
	return nil
}

// acceptHeld makes the held row a committed one, read by today's decoder.
func (u *update) acceptHeld(ctx context.Context) error {
	digest := u.snapshot.Digest()
	accepted, err := u.q.SnapshotAccept(ctx, u.tx, sqlcgen.SnapshotAcceptParams{
		ListID: u.run.List.RowID, TakenAt: u.run.TakenAt, RecordedAt: u.recordedAt, RunID: u.run.id,
		Entries: postgres.Count(u.snapshot.Len()), Digest: digest[:], DecoderVersion: u.run.List.ReadBy(),
		Actor: u.run.accepts.Actor, Reason: u.run.accepts.Reason,
		Nameless: postgres.Count(u.snapshot.Nameless()), PricesUnread: u.pricesUnread(), ReadsUntil: postgres.NullTime(u.snapshot.Until()),
	})
	switch {
	case err != nil:
		return fmt.Errorf("accept snapshot: %w", err)
	case accepted == 0:
		return ErrNotHeld
	}
	return nil
}

// MadeDecision is what a person decided about a snapshot that is history, or an entry
// of it.
type MadeDecision struct {
	Decision
	Kind      timeline.DecisionKind
	TakenAt   time.Time       // of the snapshot, UTC
	Key       *string         // of the entry; nil: the whole snapshot
	Price     json.RawMessage // that is believed; nil: all of the entry
	DecidedAt time.Time       // UTC
	Stands    bool            // nobody took it back
}

// IsOf reports that two decisions say the same of the same, whoever made them.
func (d MadeDecision) IsOf(other MadeDecision) bool {
	return d.Kind == other.Kind && d.TakenAt.Equal(other.TakenAt) && postgres.Text(d.Key) == postgres.Text(other.Key) &&
		(d.Key == nil) == (other.Key == nil) && record.SameSettings(orNull(d.Price), orNull(other.Price))
}

// orNull is a JSON object that may be left out.
func orNull(price json.RawMessage) json.RawMessage {
	if price == nil {
		return json.RawMessage("{}")
	}
	return price
}

// Decisions returns what persons decided of snapshots that are history and of their
// entries, in the order in which they did.
func (s *Store) Decisions(ctx context.Context, list record.List) ([]MadeDecision, error) {
	rows, err := s.q.DecisionsTold(ctx, s.pool, list.RowID)
	if err != nil {
		return nil, fmt.Errorf("%s: read decisions: %w", list.ID, err)
	}
	all := make([]MadeDecision, len(rows))
	for i, row := range rows {
		all[i] = MadeDecision{
			Decision: Decision{row.Actor, row.Reason}, Kind: timeline.DecisionKind(row.Kind), TakenAt: row.TakenAt.UTC(), Key: row.Key, Price: row.Price,
			DecidedAt: row.DecidedAt.UTC(), Stands: row.Stands,
		}
	}
	return all, nil
}

// BelieveAgain notes a belief that was made in another database: it confirms, at its
// moment, whichever run of doubt holds that now, and nothing if none does.
func (s *Store) BelieveAgain(ctx context.Context, run Run, made MadeDecision, read proof.Read) (proof.Rebuilt, error) {
	told := outbox.Facts{Kind: outbox.Changed, TakenAt: made.TakenAt, Decision: &outbox.Decision{Key: postgres.Text(made.Key)}}
	return s.rewrite(ctx, run, told, read, func(tx pgx.Tx, q *sqlcgen.Queries) error {
		row, err := q.SnapshotAt(ctx, tx, sqlcgen.SnapshotAtParams{ListID: run.List.RowID, TakenAt: made.TakenAt})
		if errors.Is(err, pgx.ErrNoRows) || err == nil && record.Status(row.Status) != record.StatusCommitted {
			return ErrNotCommitted
		}
		if err != nil {
			return err
		}
		return q.DecisionPut(ctx, tx, sqlcgen.DecisionPutParams{
			ListID: run.List.RowID, Kind: string(timeline.Believe), TakenAt: made.TakenAt, Key: made.Key, Price: made.Price, RecordedBy: run.id,
		})
	})
}
