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
	"syncer/store/postgres"
	"syncer/store/record"
)

// ErrNotHeld means that there is no held snapshot to decide.
var ErrNotHeld = errors.New("no such snapshot is held")

// HeldSnapshot is one that waits for a decision.
type HeldSnapshot struct {
	TakenAt time.Time // UTC
	Origin  record.Origin
	Entries int
	HeldFor string // the guard's reason
	Delta   Delta  // against the committed snapshot before it, when it came
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
		at, err := s.q.ListClock(ctx, tx, list.RowID)
		if err != nil {
			return fmt.Errorf("read clock: %w", err)
		}
		if err := noteWrite(ctx, s.q, tx, list, at); err != nil {
			return err
		}
		return endRun(ctx, s.q, tx, run, at, sqlcgen.RunEndParams{Outcome: string(record.Unchanged)})
	})
	if err == nil || !errors.Is(err, ErrNotHeld) && s.committedAnyway(ctx, run, err) {
		return nil
	}
	err = fmt.Errorf("%s: reject %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), err)
	return errors.Join(err, s.Fail(ctx, run, Failure{Class: "reject", Text: err.Error()}))
}

// acceptHeld makes the held row a committed one, read by today's decoder.
func (u *update) acceptHeld(ctx context.Context) error {
	digest := u.snapshot.Digest()
	accepted, err := u.q.SnapshotAccept(ctx, u.tx, sqlcgen.SnapshotAcceptParams{
		ListID: u.run.List.RowID, TakenAt: u.run.TakenAt, RecordedAt: u.recordedAt, RunID: u.run.id,
		Entries: postgres.Count(u.snapshot.Len()), Digest: digest[:], DecoderVersion: postgres.Version(u.run.List.DecoderVersion),
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
