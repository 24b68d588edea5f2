package postgres

import (
	"context"
	"time"

	"github.com/sethvargo/go-retry"
)

const (
	// mostTries bounds how often a transaction is begun before its error counts.
	mostTries = 6
	// firstWait is how long the second try waits, on average; each further one
	// waits twice as long.
	firstWait = 20 * time.Millisecond
)

// Retry runs a whole transaction, and runs it again when Postgres gave it up for
// another's sake (a serialization failure or a deadlock): nothing of it was
// written, and the same may well succeed. So work must be a pure function of its
// inputs: what it sets, it sets anew.
func Retry(ctx context.Context, work func() error) error {
	// Jitter of half the wait, so that two that were in each other's way do not
	// meet again.
	waits := retry.WithMaxRetries(mostTries-1, retry.WithJitterPercent(50, retry.NewExponential(firstWait)))
	return retry.Do(ctx, waits, func(context.Context) error {
		err := work()
		if IsGivenUp(err) {
			return retry.RetryableError(err)
		}
		return err
	})
}

// IsGivenUp reports a transaction that Postgres gave up for another's sake.
func IsGivenUp(err error) bool {
	code := Code(err)
	return code == SerializationFailure || code == DeadlockDetected
}
