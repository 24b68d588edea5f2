package schedule

import (
	"hash/fnv"
	"time"
)

// Schedule is a checked cron expression in a time zone. The zero value is
// never due.
type Schedule struct {
	expression string
	zone       *time.Location
	times      times
	shortest   time.Duration
}

// times computes the due times of one kind of schedule: times of day, every
// hour, or an interval.
type times interface {
	// next is the first due time after a moment, zero if there is none.
	next(after time.Time) time.Time
}

// String returns the expression as it was written.
func (s Schedule) String() string { return s.expression }

// Location returns the time zone of the expression.
func (s Schedule) Location() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// IsZero reports whether the schedule is never due.
func (s Schedule) IsZero() bool { return s.times == nil }

// Equal reports whether both have the same expression in the same zone.
func (s Schedule) Equal(other Schedule) bool {
	return s.expression == other.expression && s.Location().String() == other.Location().String()
}

// ShortestGap returns the least time between two due times by the clock on the
// wall; the two nights a year in which it is moved may bring them closer.
func (s Schedule) ShortestGap() time.Duration { return s.shortest }

// Next returns the first due time after a moment, in UTC; zero if there is none.
func (s Schedule) Next(after time.Time) time.Time {
	if s.times == nil {
		return time.Time{}
	}
	return s.times.next(after).UTC()
}

// longestWait is more than the longest time between two due times: 29 February
// may be eight years away.
const longestWait = 10 * 366 * 24 * time.Hour

// Last returns the newest due time that is not after a moment, in UTC; zero if
// there is none within ten years.
func (s Schedule) Last(at time.Time) time.Time {
	at = at.Truncate(time.Second)
	dueSince := func(start time.Time) bool {
		next := s.Next(start)
		return !next.IsZero() && !next.After(at)
	}
	back := time.Second
	for ; !dueSince(at.Add(-back)); back *= 2 {
		if back > longestWait {
			return time.Time{}
		}
	}
	// The newest one lies after low, and none after high.
	low, high := at.Add(-back), at
	for high.Sub(low) > time.Second {
		if middle := low.Add(high.Sub(low) / 2).Truncate(time.Second); dueSince(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return s.Next(low)
}

// Jitter returns a delay below most that follows from the name, the same in every
// daemon, so that jobs that are due together do not start together. It delays a
// start and is never part of a due time.
func Jitter(name string, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(name))                   // a hash takes everything
	return time.Duration(sum.Sum64() % uint64(most)) //nolint:gosec // less than most
}
