package schedule

import (
	"time"

	"github.com/robfig/cron/v3"
)

// timesOfDay is due when the clock of a zone shows certain times.
type timesOfDay struct {
	spec cron.SpecSchedule // in UTC
	zone *time.Location
}

// next goes through the times on the wall until one has its moment after
// after. Moments come in the order of the wall: several times in one gap share
// a moment, and those that are shown a second time have theirs behind.
func (s timesOfDay) next(after time.Time) time.Time {
	wall := wallAt(after, s.zone)
	for {
		if wall = nextWall(s.spec, wall); wall.IsZero() {
			return wall
		}
		if moment := momentOf(wall, s.zone); moment.After(after) {
			return moment
		}
	}
}

// everyHour is due in each hour that passes.
type everyHour struct {
	spec cron.SpecSchedule // in UTC
	zone *time.Location
}

// stretches bounds the search of next: ten years of a zone that moves its
// clock four times a year.
const stretches = 40

// next looks in the stretch of time until the clock is next moved, in which
// the zone is as good as UTC; then in the following ones.
func (s everyHour) next(after time.Time) time.Time {
	within := after
	for range stretches {
		_, end := stretch(within, s.zone)
		due := s.inStretch(within, after)
		if !due.IsZero() && (end.IsZero() || due.Before(end)) {
			return due
		}
		if end.IsZero() {
			return time.Time{}
		}
		within, after = end, before(end)
	}
	return time.Time{}
}

// inStretch is the first due time after after by the clock as it goes at the
// moment within. For as long as the clock was moved forward when the stretch
// began, the clock that it was before counts, too.
func (s everyHour) inStretch(within, after time.Time) time.Time {
	offset := offsetAt(within, s.zone)
	due := s.byOffset(after, offset)
	start, _ := stretch(within, s.zone)
	if start.IsZero() {
		return due
	}
	was := offsetAt(before(start), s.zone)
	gapPassed := start.Add(offset - was)
	if skipped := s.byOffset(after, was); skipped.Before(gapPassed) && (due.IsZero() || skipped.Before(due)) && !skipped.IsZero() {
		return skipped
	}
	return due
}

func (s everyHour) byOffset(after time.Time, offset time.Duration) time.Time {
	wall := nextWall(s.spec, after.UTC().Add(offset))
	if wall.IsZero() {
		return wall
	}
	return wall.Add(-offset)
}

// nextWall is the next time on the wall, zero if there is none. The parser's
// schedules look five years ahead, and 29 February can be eight away.
func nextWall(spec cron.SpecSchedule, wall time.Time) time.Time {
	for range 3 {
		if next := spec.Next(wall); !next.IsZero() {
			return next
		}
		wall = wall.AddDate(5, 0, 0)
	}
	return time.Time{}
}

// every is an interval in whole seconds, counted from the epoch.
type every time.Duration

func (e every) next(after time.Time) time.Time {
	seconds := int64(time.Duration(e) / time.Second)
	rest := after.Unix() % seconds
	if rest < 0 { // before the epoch
		rest += seconds
	}
	return time.Unix(after.Unix()-rest+seconds, 0)
}
