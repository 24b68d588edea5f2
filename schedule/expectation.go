package schedule

import "time"

// Expectation is what is expected of a list: something new at each due time, or
// nothing older than a while.
type Expectation struct {
	// Times are its due times; the zero value is read by hand.
	Times Schedule
	// Jitter is the most by which a start is delayed after its due time.
	Jitter time.Duration
	// StaleAfter is the age at which the newest is too old; 0 lets the due times
	// decide.
	StaleAfter time.Duration
}

// longestRun is how long a run may take before what it reads is missed.
const longestRun = 15 * time.Minute

// LateAfter returns the moment after which newest is too old: two due times
// brought nothing, the second of them a while ago. It is zero where nothing is
// expected.
func (e Expectation) LateAfter(newest time.Time) time.Time {
	if e.StaleAfter > 0 {
		return newest.Add(e.StaleAfter).UTC()
	}
	first := e.Times.Next(newest)
	if first.IsZero() {
		return time.Time{}
	}
	second := e.Times.Next(first)
	if second.IsZero() {
		return time.Time{}
	}
	return second.Add(e.Jitter + longestRun)
}
