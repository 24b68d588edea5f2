package schedule_test

import (
	"testing"
	"time"

	"syncer/schedule"
)

func TestLateAfterTwoDueTimesThatBroughtNothing(t *testing.T) {
	monday := time.Date(2026, 11, 23, 6, 1, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		expression string
		jitter     time.Duration
		staleAfter time.Duration
		newest     time.Time
		want       string
	}{
		"each day":                 {expression: "0 6 * * *", newest: monday, want: "2026-11-25T06:15:00Z"},
		"with a jitter":            {expression: "0 6 * * *", jitter: 5 * time.Minute, newest: monday, want: "2026-11-25T06:20:00Z"},
		"before the weekend":       {expression: "0 6 * * 1-5", newest: monday.AddDate(0, 0, 4), want: "2026-12-01T06:15:00Z"},
		"an age beats the times":   {expression: "0 6 * * *", staleAfter: time.Hour, newest: monday, want: "2026-11-23T07:01:00Z"},
		"an age where none is due": {staleAfter: time.Hour, newest: monday, want: "2026-11-23T07:01:00Z"},
		"by hand":                  {newest: monday},
	} {
		t.Run(name, func(t *testing.T) {
			expected := schedule.Expectation{Jitter: test.jitter, StaleAfter: test.staleAfter}
			if test.expression != "" {
				expected.Times = parse(t, test.expression, "UTC")
			}
			late, got := expected.LateAfter(test.newest), ""
			if !late.IsZero() {
				got = late.Format(time.RFC3339)
			}
			if got != test.want {
				t.Errorf("late after %q, want %q", got, test.want)
			}
		})
	}
}
