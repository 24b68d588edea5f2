package schedule

import (
	"time"

	"github.com/robfig/cron/v3"
)

const day = 24 * time.Hour

// shortestGap is the least time between two due times on a wall whose clock is
// never moved: within a day, or from the last of a day to the first of the
// nearest one.
func shortestGap(spec cron.SpecSchedule) time.Duration {
	first, last, shortest := time.Duration(-1), time.Duration(-1), longestWait
	for second := range int(day / time.Second) {
		if spec.Hour>>(second/3600)&1 == 0 || spec.Minute>>(second/60%60)&1 == 0 || spec.Second>>(second%60)&1 == 0 {
			continue
		}
		at := time.Duration(second) * time.Second
		if first < 0 {
			first = at
		} else {
			shortest = min(shortest, at-last)
		}
		last = at
	}
	// Two years that begin with a leap year hold every neighbourhood of days.
	spec.Second, spec.Minute, spec.Hour = 1, 1, 1 // midnight
	nearest, begin := longestWait, leapYear()
	previous := nextWall(spec, begin)
	for nearest > day && previous.Before(begin.AddDate(2, 0, 0)) {
		next := nextWall(spec, previous)
		nearest, previous = min(nearest, next.Sub(previous)), next
	}
	return min(shortest, nearest-(last-first))
}
