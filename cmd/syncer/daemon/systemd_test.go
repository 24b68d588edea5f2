package daemon

import (
	"testing"
	"time"

	"syncer/schedule"
)

func TestStatusText(t *testing.T) {
	at := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	idle := []schedule.State{{Name: "a/x", Next: at.Add(time.Hour)}, {Name: "a/y", Next: at}, {Name: "a/z"}}
	busy := []schedule.State{{Name: "a/x", Running: at}, {Name: "a/y", Next: at}, {Name: "a/z", Running: at}}
	for want, got := range map[string]string{
		"idle":                                   statusText(nil, time.Time{}),
		"idle; next a/y at 2026-11-25T06:00:00Z": statusText(idle, time.Time{}),
		"reading a/x, a/z":                       statusText(busy, time.Time{}),
		"waiting for the database since 2026-11-25T06:00:00Z": statusText(busy, at),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
