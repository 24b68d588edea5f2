package schedule

import (
	"hash/fnv"
	"time"
)

// Jitter spreads the starts of jobs that are due together: a share of most
// that follows from the name, the same in every daemon. It delays a start and
// is never part of a due time.
func Jitter(name string, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(name))                   // a hash takes everything
	return time.Duration(sum.Sum64() % uint64(most)) //nolint:gosec // less than most
}
