package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sethvargo/go-retry"

	"syncer/sqlcgen"
)

const (
	// commitUnknown is how long a write asks what became of a COMMIT without an
	// answer, and commitPoll how often.
	commitUnknown = 10 * time.Second
	commitPoll    = 100 * time.Millisecond
)

// committedAnyway asks what became of the run when the answer to COMMIT may
// have been lost, instead of writing twice. A COMMIT that is still on its way
// is waited for, and a server that does not answer is asked again.
func (s *Store) committedAnyway(ctx context.Context, run Run, err error) bool {
	if errors.Is(err, ErrNotOurs) || errors.Is(err, ErrExists) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitUnknown)
	defer cancel()
	var outcome string
	err = retry.Do(ctx, retry.NewConstant(commitPoll), func(ctx context.Context) (err error) {
		if outcome, err = s.q.RunOutcome(ctx, s.pool, sqlcgen.RunOutcomeParams{ListID: run.List.id, ID: run.id}); errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return retry.RetryableError(err)
	})
	return err == nil && committed(Outcome(outcome))
}

// committed reports an outcome that only the transaction of a snapshot writes.
func committed(outcome Outcome) bool {
	return outcome == Unchanged || outcome == Changed || outcome == Held || outcome == skipped
}
