package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/timeline"
)

// errPreview ends a transaction of which nothing is to be kept.
var errPreview = errors.New("nothing is kept")

// Verify reads all pages of a list again and compares history with what they
// say, row by row, without writing anything. Rows changed by other hands,
// missing, added, overlapping, or that begin where no snapshot is, are named.
func (s *Store) Verify(ctx context.Context, list record.List, read proof.Read) (proof.Verified, error) {
	var report proof.Verified
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) (err error) {
		report, err = proof.Verify(ctx, s.q, tx, list, read)
		return err
	})
	if err != nil {
		return proof.Verified{}, fmt.Errorf("%s: verify: %w", list.ID, err)
	}
	return report, nil
}

// Settings reads the settings by which views show a list, which no page proves.
func (s *Store) Settings(ctx context.Context, list record.List) (proof.Settings, error) {
	found, err := proof.SettingsOf(ctx, s.q, s.pool, list)
	if err != nil {
		return found, fmt.Errorf("%s: %w", list.ID, err)
	}
	return found, nil
}

// BeginRebuild starts the run that writes the history of a list anew.
func (s *Store) BeginRebuild(ctx context.Context, list record.List, decision Decision) (Run, error) {
	return s.beginBy(ctx, list, "rebuild", decision)
}

// Rebuild writes history from its evidence again, by today's decoder, a rule of
// absence and the list's rule of doubt, in one transaction: only what differs is
// superseded and written anew.
func (s *Store) Rebuild(ctx context.Context, run Run, rule timeline.Rule, read proof.Read) (proof.Rebuilt, error) {
	var report proof.Rebuilt
	err := s.locked(ctx, run.List.RowID, func(tx pgx.Tx) (err error) {
		report, err = s.rebuild(ctx, tx, run, rule, read)
		return err
	})
	if err != nil && s.committedAnyway(ctx, run, err) {
		return report, nil
	}
	if err != nil {
		return proof.Rebuilt{}, fmt.Errorf("%s: rebuild: %w", run.List.ID, err)
	}
	return report, nil
}

// PreviewRebuild returns what Rebuild would change. It does all of it, and
// then lets none of it stand.
func (s *Store) PreviewRebuild(ctx context.Context, list record.List, rule timeline.Rule, read proof.Read) (proof.Rebuilt, error) {
	var report proof.Rebuilt
	err := s.locked(ctx, list.RowID, func(tx pgx.Tx) error {
		begun, err := s.q.RunBegin(ctx, tx, sqlcgen.RunBeginParams{ListID: list.RowID, Kind: "rebuild"})
		if err != nil {
			return fmt.Errorf("begin run: %w", err)
		}
		if report, err = s.rebuild(ctx, tx, Run{List: list, id: begun.ID}, rule, read); err != nil {
			return err
		}
		return errPreview
	})
	if !errors.Is(err, errPreview) {
		return proof.Rebuilt{}, fmt.Errorf("%s: rebuild: %w", list.ID, err)
	}
	return report, nil
}

// rebuild writes history anew, notes by which rule and decoder it is written from
// now on, and ends the run.
func (s *Store) rebuild(ctx context.Context, tx pgx.Tx, run Run, rule timeline.Rule, read proof.Read) (proof.Rebuilt, error) {
	clock, err := s.q.ListClock(ctx, tx, run.List.RowID)
	if err != nil {
		return proof.Rebuilt{}, fmt.Errorf("read clock: %w", err)
	}
	list := run.List
	list.Rule = rule
	report, err := proof.Rebuild(ctx, s.q, tx, list, run.id, read)
	if err != nil {
		return proof.Rebuilt{}, err
	}
	otherwise, err := s.q.ListReread(ctx, tx, sqlcgen.ListRereadParams{
		ID: list.RowID, ConfirmSnapshots: postgres.Count(rule.Snapshots), ConfirmFor: rule.For,
		DoubtSnapshots: postgres.Count(list.Doubt.Snapshots), DoubtFor: list.Doubt.For,
		DecoderVersion: list.ReadBy(), RecordedAt: clock.RecordedAt,
	})
	if err != nil {
		return proof.Rebuilt{}, fmt.Errorf("note the rule: %w", err)
	}
	outcome := record.Changed
	if report.Entries == 0 && !otherwise && run.accepts == nil { // else the writes before cannot be done again
		outcome = record.Unchanged
	}
	return report, endRun(ctx, s.q, tx, run, clock.RecordedAt, sqlcgen.RunEndParams{Outcome: string(outcome), Changed: postgres.Count(report.Entries)})
}
