package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// Due is a due time of a list.
type Due struct {
	List catalog.ListID
	At   time.Time // UTC, without jitter
}

// LastDue is the newest due time of a list that a process took, whatever came
// of it; zero if there is none, or no such list yet.
func (s *Store) LastDue(ctx context.Context, list catalog.ListID) (time.Time, error) {
	due, err := s.q.RunLastDue(ctx, s.pool, sqlcgen.RunLastDueParams{Source: list.Source, List: list.Name})
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: read last due time: %w", list, err)
	}
	return due.UTC(), nil
}

// WaitedForDatabase is why a due time was skipped that came while the database
// was away.
const WaitedForDatabase = "an earlier due time of the list waited for the database"

// StillRead is why a due time was skipped that came while its list was being
// read.
const StillRead = "the list was still being read"

// Skip records that a due time is not run because its list is still being
// read, by this process or another, or waits to be. waiting is an earlier due time
// with which this process is yet to begin; zero if there is none. why is for a
// reason that the database cannot know; "" for none. It returns the reason that was
// recorded: "" when the list is idle, and when somebody has the due time.
func (s *Store) Skip(ctx context.Context, due Due, waiting time.Time, why string) (string, error) {
	params := sqlcgen.RunSkipParams{DueAt: due.At, Source: due.List.Source, List: due.List.Name}
	if !waiting.IsZero() {
		params.Waiting = &waiting
	}
	if why != "" {
		params.Why = &why
	}
	reason, err := s.q.RunSkip(ctx, s.pool, params)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: skip due time: %w", due.List, err)
	}
	return reason, nil
}

// LeftBehind closes the scheduled runs of these lists that gave no heartbeat
// for a minute, and returns the due times that are to be taken up again: any
// process may, and the first to begin has it.
func (s *Store) LeftBehind(ctx context.Context, lists []catalog.ListID) ([]Due, error) {
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.String()
		params := sqlcgen.RunsAbandonDeadParams{Source: list.Source, List: list.Name}
		if _, err := s.q.RunsAbandonDead(ctx, s.pool, params); err != nil {
			return nil, fmt.Errorf("%s: close dead runs: %w", list, err)
		}
	}
	rows, err := s.q.RunsLeftBehind(ctx, s.pool, names)
	if err != nil {
		return nil, fmt.Errorf("find due times left behind: %w", err)
	}
	found := make([]Due, len(rows))
	for i, row := range rows {
		found[i] = Due{List: catalog.ListID{Source: row.Source, Name: row.List}, At: row.DueAt.UTC()}
	}
	return found, nil
}
