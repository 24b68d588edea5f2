package schedule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDueTimesWhereClocksAreMoved is the table of the promises in the
// package's comment, nasty case 42 among them. Times are those of the zone, with its offset.
func TestDueTimesWhereClocksAreMoved(t *testing.T) {
	for _, test := range []struct {
		name, zone, expression, from string
		want                         []string
	}{
		{"lost in spring", "America/New_York", "30 2 * * *", "2026-03-07T00:00:00-05:00",
			[]string{"2026-03-07T02:30:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"}},
		{"doubled in autumn", "America/New_York", "30 1 * * *", "2026-10-31T00:00:00-04:00",
			[]string{"2026-10-31T01:30:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		{"lost in spring", "Europe/Berlin", "0,15,30 2 * * *", "2026-03-28T12:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"}},
		{"doubled in autumn", "Europe/Berlin", "15,45 2 * * *", "2026-10-24T12:00:00+02:00",
			[]string{"2026-10-25T02:15:00+02:00", "2026-10-25T02:45:00+02:00", "2026-10-26T02:15:00+01:00"}},
		{"from within the second showing", "Europe/Berlin", "15,45 2 * * *", "2026-10-25T02:20:00+01:00",
			[]string{"2026-10-26T02:15:00+01:00"}},
		{"half an hour lost", "Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00:00+10:30",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"half an hour doubled", "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00:00+11:00",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}},
		{"midnight lost", "Africa/Cairo", "@daily", "2026-04-23T12:00:00+02:00",
			[]string{"2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"}},
		{"a whole day lost", "Pacific/Apia", "0 6 * * *", "2011-12-29T00:00:00-10:00",
			[]string{"2011-12-29T06:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T06:00:00+14:00"}},
		{"every hour, spring", "Europe/Berlin", "30 * * * *", "2026-03-29T00:00:00+01:00",
			[]string{"2026-03-29T00:30:00+01:00", "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-29T04:30:00+02:00"}},
		{"every hour, autumn", "Europe/Berlin", "30 * * * *", "2026-10-25T01:00:00+02:00",
			[]string{"2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:30:00+01:00"}},
		{"every hour, half an hour lost", "Australia/Lord_Howe", "10 * * * *", "2026-10-04T01:00:00+10:30",
			[]string{"2026-10-04T01:10:00+10:30", "2026-10-04T02:40:00+11:00", "2026-10-04T03:10:00+11:00"}},
		{"every hour, half an hour doubled", "Australia/Lord_Howe", "40 * * * *", "2026-04-05T01:00:00+11:00",
			[]string{"2026-04-05T01:40:00+11:00", "2026-04-05T01:40:00+10:30", "2026-04-05T02:40:00+10:30"}},
		{"no daylight saving", "Asia/Seoul", "0 */6 * * *", "2026-03-29T00:00:00+09:00",
			[]string{"2026-03-29T06:00:00+09:00", "2026-03-29T12:00:00+09:00", "2026-03-29T18:00:00+09:00", "2026-03-30T00:00:00+09:00"}},
		{"seconds", "UTC", "*/20 59 23 31 12 *", "2026-12-31T23:59:00Z",
			[]string{"2026-12-31T23:59:20Z", "2026-12-31T23:59:40Z", "2027-12-31T23:59:00Z"}},
		{"weekly", "Asia/Seoul", "@weekly", "2026-11-21T23:59:59+09:00",
			[]string{"2026-11-22T00:00:00+09:00", "2026-11-29T00:00:00+09:00"}},
	} {
		t.Run(test.zone+" "+test.name, func(t *testing.T) {
			s, in := parse(t, test.expression, test.zone), zone(t, test.zone)
			at, err := time.Parse(time.RFC3339, test.from)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for range test.want {
				at = s.Next(at)
				got = append(got, at.In(in).Format(time.RFC3339))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.expression, diff)
			}
		})
	}
}

// rule is an expression once more, as a question about minutes.
type rule struct {
	expression string
	everyHour  bool
	matches    func(hour, minute int) bool
}

func rules() []rule {
	in := func(values ...int) func(int) bool { return func(v int) bool { return slices.Contains(values, v) } }
	return []rule{
		{"* * * * *", true, func(_, _ int) bool { return true }},
		{"*/10 * * * *", true, func(_, m int) bool { return m%10 == 0 }},
		{"7 * * * *", true, func(_, m int) bool { return m == 7 }},
		{"0 */2 * * *", false, func(h, m int) bool { return h%2 == 0 && m == 0 }},
		{"*/15 1-3 * * *", false, func(h, m int) bool { return h >= 1 && h <= 3 && m%15 == 0 }},
		{"5,55 0,2,23 * * *", false, func(h, m int) bool { return in(5, 55)(m) && in(0, 2, 23)(h) }},
		{"59 1 * * *", false, func(h, m int) bool { return h == 1 && m == 59 }},
	}
}

// TestDueTimesAgreeWithWatchingAClock compares with a reader who looks at the
// zone's clock minute by minute and knows nothing of offsets or intervals.
func TestDueTimesAgreeWithWatchingAClock(t *testing.T) {
	for _, name := range []string{"Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC", "Africa/Cairo", "America/St_Johns"} {
		in := zone(t, name)
		for _, from := range nightsOf(in) {
			for _, r := range rules() {
				s, to := parse(t, r.expression, name), from.Add(40*time.Hour)
				var got []string
				for at := s.Next(from.Add(-time.Second)); at.Before(to); at = s.Next(at) {
					if last := s.Last(at); !last.Equal(at) {
						t.Errorf("%s %s: the last due time at %s is %s", name, r.expression, at, last)
					}
					got = append(got, at.In(in).Format(time.RFC3339))
				}
				if diff := cmp.Diff(watched(r, in, from, to), got); diff != "" {
					t.Errorf("%s in %s (-watched +got):\n%s", r.expression, name, diff)
				}
			}
		}
	}
}

// nightsOf begins eighteen hours before each moment of 2026 at which the
// zone's clock is moved, or anywhere.
func nightsOf(in *time.Location) []time.Time {
	nights := []time.Time{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == 2026; {
		_, end := at.In(in).ZoneBounds()
		if end.IsZero() || end.Year() != 2026 {
			break
		}
		nights, at = append(nights, end.Add(-18*time.Hour).UTC()), end.UTC()
	}
	return nights
}

func watched(r rule, in *time.Location, from, to time.Time) []string {
	var due []string
	add := func(at time.Time) {
		text := at.In(in).Format(time.RFC3339)
		if !slices.Contains(due, text) {
			due = append(due, text)
		}
	}
	newest := shown(from.Add(-time.Minute), in)
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		wall := shown(at, in)
		for lost := newest.Add(time.Minute); lost.Before(wall); lost = lost.Add(time.Minute) {
			switch {
			case !r.matches(lost.Hour(), lost.Minute()):
			case r.everyHour:
				add(at.Add(lost.Sub(newest) - time.Minute)) // so much after the clock was moved
			default:
				add(at)
			}
		}
		again := !wall.After(newest)
		if r.matches(wall.Hour(), wall.Minute()) && (r.everyHour || !again) {
			add(at)
		}
		if !again {
			newest = wall
		}
	}
	slices.SortFunc(due, func(a, b string) int { return instant(a).Compare(instant(b)) })
	return due
}

// shown is what the clock shows, as a time in UTC.
func shown(at time.Time, in *time.Location) time.Time {
	wall, _ := time.Parse("2006-01-02 15:04", at.In(in).Format("2006-01-02 15:04"))
	return wall
}

func instant(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}
