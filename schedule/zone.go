package schedule

import "time"

// A clock on the wall is written as a time in UTC that shows the same. In this
// form it can be counted on without being moved.

// wallAt is what a zone's clock shows at a moment.
func wallAt(at time.Time, zone *time.Location) time.Time { return at.UTC().Add(offsetAt(at, zone)) }

// offsetAt is how far a zone's clock is ahead of UTC at a moment.
func offsetAt(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// momentOf is when a zone's clock first shows a time. A time that it never
// shows comes at the first moment after the gap.
func momentOf(wall time.Time, zone *time.Location) time.Time {
	year, month, day := wall.Date()
	near := time.Date(year, month, day, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	// Where a clock is moved, time.Date promises one of the two sides, not
	// which: the other lies beyond an end of the stretch it chose.
	start, end := stretch(near, zone)
	first := time.Time{}
	for _, side := range []time.Time{before(start), near, end} {
		if side.IsZero() {
			continue
		}
		moment := wall.Add(-offsetAt(side, zone))
		shown := wallAt(moment, zone).Equal(wall)
		if shown && (first.IsZero() || moment.Before(first)) {
			first = moment
		}
	}
	if !first.IsZero() {
		return first
	}
	return gapEnd(wall, zone, start, end)
}

// gapEnd is which of two moments moved the clock past a time.
func gapEnd(wall time.Time, zone *time.Location, start, end time.Time) time.Time {
	skipped := func(moved time.Time) bool {
		return !moved.IsZero() && !wall.Before(moved.UTC().Add(offsetAt(before(moved), zone))) && wall.Before(wallAt(moved, zone))
	}
	if skipped(start) {
		return start
	}
	return end
}

// stretch is the time around a moment in which a zone's clock is not moved:
// from start until before end, each zero if there is none. It may end where
// nothing moves: on the last day of leap years, where only a zone's rule says
// what comes, ZoneBounds of Go 1.26 counts the day to the next year and returns
// an end that has passed. A day later it is asked again.
func stretch(at time.Time, zone *time.Location) (start, end time.Time) {
	start, end = at.In(zone).ZoneBounds()
	if !end.IsZero() && !end.After(at) {
		end = at.Add(24 * time.Hour)
	}
	return start, end
}

// before is the last moment before another; zero stays zero.
func before(moment time.Time) time.Time {
	if moment.IsZero() {
		return moment
	}
	return moment.Add(-time.Nanosecond)
}
