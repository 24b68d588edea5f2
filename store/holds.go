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
)

// ErrNotHeld means that there is no held snapshot to decide.
var ErrNotHeld = errors.New("no such snapshot is held")

// Decision is who changes history by hand, and why. Both are kept.
type Decision struct{ Actor, Reason string }

// HeldSnapshot is one that waits for a decision.
type HeldSnapshot struct {
	TakenAt time.Time // UTC
	Origin  Origin
	Entries int
	HeldFor string // the guard's reason
	Delta   Delta  // against the committed snapshot before it, when it came
}

// HeldSnapshots returns what is held of a list, oldest first.
func (s *Store) HeldSnapshots(ctx context.Context, list List) ([]HeldSnapshot, error) {
	rows, err := s.q.SnapshotsHeld(ctx, s.pool, list.id)
	if err != nil {
		return nil, fmt.Errorf("%s: read held snapshots: %w", list.ID, err)
	}
	all := make([]HeldSnapshot, len(rows))
	for i, row := range rows {
		all[i] = HeldSnapshot{TakenAt: row.TakenAt.UTC(), Origin: Origin(row.Origin), Entries: int(row.Entries), HeldFor: postgres.Text(row.HeldFor)}
		if err := json.Unmarshal(row.Delta, &all[i].Delta); err != nil {
			return nil, fmt.Errorf("%s: held snapshot %s: delta: %w", list.ID, row.TakenAt.UTC().Format(time.RFC3339Nano), err)
		}
	}
	return all, nil
}

// Undecided returns the moments that a decision without a moment means: all
// held snapshots newer than the newest committed one, oldest first.
func (s *Store) Undecided(ctx context.Context, list List) ([]time.Time, error) {
	rows, err := s.q.SnapshotsHeld(ctx, s.pool, list.id)
	if err != nil {
		return nil, fmt.Errorf("%s: read held snapshots: %w", list.ID, err)
	}
	newest, err := s.q.SnapshotNewestCommitted(ctx, s.pool, list.id)
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
func (s *Store) Acceptable(ctx context.Context, list List, takenAt time.Time) (bool, error) {
	return s.stands(ctx, list, takenAt, "held", "rejected")
}

// Rejectable reports that a snapshot of this moment can be rejected: it is held.
func (s *Store) Rejectable(ctx context.Context, list List, takenAt time.Time) (bool, error) {
	return s.stands(ctx, list, takenAt, "held")
}

// stands reports that there is a snapshot of a moment with one of these statuses.
func (s *Store) stands(ctx context.Context, list List, takenAt time.Time, statuses ...string) (bool, error) {
	row, err := s.q.SnapshotAt(ctx, s.pool, sqlcgen.SnapshotAtParams{ListID: list.id, TakenAt: takenAt})
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: read snapshot %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), err)
	}
	return slices.Contains(statuses, row.Status), nil
}

// BeginAccept starts the run that makes a held snapshot part of history, by
// Update like any other: nothing more than a late snapshot.
func (s *Store) BeginAccept(ctx context.Context, list List, takenAt time.Time, decision Decision) (Run, error) {
	run, err := s.beginBy(ctx, list, "accept", decision)
	run.TakenAt, run.accepts = takenAt.UTC(), &decision
	return run, err
}

// Reject decides that a held snapshot never becomes part of history; its pages
// and the reason stay. ErrNotHeld if there is none of that moment.
func (s *Store) Reject(ctx context.Context, list List, takenAt time.Time, decision Decision) error {
	run, err := s.beginBy(ctx, list, "reject", decision)
	if err != nil {
		return err
	}
	err = s.locked(ctx, list.id, func(tx pgx.Tx) error {
		u := update{q: s.q, shelf: shelfOf(list.Kind, s.q), tx: tx, run: run}
		return u.reject(ctx, takenAt, decision)
	})
	if err == nil || !errors.Is(err, ErrNotHeld) && s.committedAnyway(ctx, run, err) {
		return nil
	}
	err = fmt.Errorf("%s: reject %s: %w", list.ID, takenAt.UTC().Format(time.RFC3339Nano), err)
	return errors.Join(err, s.Fail(ctx, run, Failure{Class: "reject", Text: err.Error()}))
}

func (u *update) reject(ctx context.Context, takenAt time.Time, decision Decision) error {
	rejected, err := u.q.SnapshotReject(ctx, u.tx, sqlcgen.SnapshotRejectParams{
		ListID: u.run.List.id, TakenAt: takenAt, RunID: u.run.id, Actor: decision.Actor, Reason: decision.Reason,
	})
	switch {
	case err != nil:
		return err
	case rejected == 0:
		return ErrNotHeld
	}
	if u.recordedAt, err = u.q.ListClock(ctx, u.tx, u.run.List.id); err != nil {
		return fmt.Errorf("read clock: %w", err)
	}
	if err := u.numbered(ctx); err != nil {
		return err
	}
	return u.end(ctx, sqlcgen.RunEndParams{Outcome: string(Unchanged)})
}

// acceptHeld makes the held row a committed one, read by today's decoder.
func (u *update) acceptHeld(ctx context.Context) error {
	digest := u.snapshot.Digest()
	accepted, err := u.q.SnapshotAccept(ctx, u.tx, sqlcgen.SnapshotAcceptParams{
		ListID: u.run.List.id, TakenAt: u.run.TakenAt, RecordedAt: u.recordedAt, RunID: u.run.id,
		Entries: postgres.Count(u.snapshot.Len()), Digest: digest[:], DecoderVersion: postgres.Version(u.run.List.DecoderVersion),
		Actor: u.run.accepts.Actor, Reason: u.run.accepts.Reason,
	})
	switch {
	case err != nil:
		return fmt.Errorf("accept snapshot: %w", err)
	case accepted == 0:
		return ErrNotHeld
	}
	return nil
}
