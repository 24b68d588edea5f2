package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"syncer/sqlcgen"
)

// SQLSTATE of transactions that Postgres gives up for another's sake. Nothing
// of them was written, and the same again may well succeed.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// tries bounds how often a transaction is begun before its error is told.
const tries = 6

// firstPause is how long the second try waits, on average; each further one
// waits twice as long.
const firstPause = 20 * time.Millisecond

// again runs a whole transaction, and runs it again when Postgres gave it up.
// So work must be a pure function of its inputs: what it sets, it sets anew.
func again(ctx context.Context, work func() error) error {
	for try := 1; ; try++ {
		err := work()
		if try == tries || !givenUp(err) {
			return err
		}
		if !pause(ctx, firstPause<<(try-1)) {
			return err
		}
	}
}

func givenUp(err error) bool {
	told, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (told.Code == serializationFailure || told.Code == deadlockDetected)
}

// pause waits between half and one and a half of a time, so that two who were
// in each other's way do not meet again; false when the context is over.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d/2 + rand.N(d)) //nolint:gosec // chance, not secrecy
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// doubt is how long Update asks what became of a COMMIT without an answer.
const doubt = 10 * time.Second

// committedAnyway asks what became of the run when the answer to COMMIT may
// have been lost, instead of writing twice. A COMMIT that is still on its way
// is waited for, and a server that does not answer is asked again.
func (s *Store) committedAnyway(ctx context.Context, run Run, err error) bool {
	if errors.Is(err, ErrNotOurs) || errors.Is(err, ErrExists) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), doubt)
	defer cancel()
	for {
		outcome, err := s.q.RunOutcome(ctx, s.pool, sqlcgen.RunOutcomeParams{ListID: run.List.id, ID: run.id})
		if err == nil || errors.Is(err, pgx.ErrNoRows) {
			return committed(Outcome(outcome))
		}
		if !pause(ctx, 100*time.Millisecond) {
			return false
		}
	}
}

// committed reports an outcome that only the transaction of a snapshot writes.
func committed(outcome Outcome) bool {
	return outcome == Unchanged || outcome == Changed || outcome == Held || outcome == skipped
}
