package web

import (
	"context"
	"fmt"
	"time"
)

// What a walk may lose to calls that fail: the time that they took, and the waits
// after them. A walk begins with all of it, and each answer gives some back, up to as
// much, so that a provider of whose calls a third fail in passing is read to the end,
// while one that has stopped to answer keeps its other lists waiting for minutes only.
const (
	mostLost       = 3 * time.Minute
	earnedByAnswer = 2 * time.Second
)

// patience is what is left of it. A walk asks one question after another: it is not
// for several goroutines.
type patience struct{ left time.Duration }

// patienceKey is where the context of a walk keeps it.
type patienceKey struct{}

// Walking is the context of one walk: the calls that are made with it share what it
// may lose. A call of none has as much for itself.
func Walking(ctx context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, &patience{left: mostLost})
}

func patienceOf(ctx context.Context) *patience {
	if shared, walks := ctx.Value(patienceKey{}).(*patience); walks {
		return shared
	}
	return &patience{left: mostLost}
}

// lose takes what was lost, and reports whether there was as much.
func (p *patience) lose(time time.Duration) bool {
	if time > p.left {
		return false
	}
	p.left -= time
	return true
}

func (p *patience) earn() { p.left = min(p.left+earnedByAnswer, mostLost) }

// GivenUpError is a call that was repeated in vain; it wraps how the last attempt
// failed, which names the call.
type GivenUpError struct {
	Attempts int
	Took     time.Duration // from the first attempt on
	Err      error
}

// Error says how often and how long it was tried.
func (e *GivenUpError) Error() string {
	return fmt.Sprintf("%v; given up after %d attempts in %s", e.Err, e.Attempts, e.Took.Round(time.Second))
}

// Unwrap returns how the last attempt failed.
func (e *GivenUpError) Unwrap() error { return e.Err }
