package schedule_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"syncer/schedule"
)

func TestClockSetBackByAnHourDoesNotSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.Set([]schedule.Job{h.noting(t, "a", "*/10 * * * *")})
		h.start(t)
		time.Sleep(61 * time.Minute)
		h.take()
		h.setClock(-time.Hour) // 00:01
		time.Sleep(20 * time.Minute)
		wantRuns(t, h, "00:10:00", "00:20:00")
	})
}

func TestClockSetBackALittleDoublesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		busy := schedule.Job{Name: "turns the loop", Schedule: parse(t, "@every 1s", "UTC"), Run: func(context.Context, time.Time) {}}
		h.Set([]schedule.Job{h.noting(t, "a", "*/10 * * * *"), busy})
		h.start(t)
		time.Sleep(10*time.Minute + time.Second)
		h.setClock(-3 * time.Second)
		time.Sleep(10*time.Minute + 5*time.Second)
		h.setClock(-9 * time.Minute)
		time.Sleep(20 * time.Minute)
		wantRuns(t, h, "00:10:00", "00:20:00", "00:30:00")
	})
}

func TestClockSetForwardRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.Set([]schedule.Job{h.noting(t, "a", "*/10 * * * *")})
		h.start(t)
		time.Sleep(time.Minute)
		h.setClock(6 * time.Hour)
		time.Sleep(31 * time.Second) // noticed within the poll
		wantRuns(t, h, "06:00:00")
		time.Sleep(10 * time.Minute)
		wantRuns(t, h, "06:10:00")
	})
}

// TestEveryZoneRunsOnceInItsNights drives a whole scheduler through the nights
// in which clocks are moved.
func TestEveryZoneRunsOnceInItsNights(t *testing.T) {
	for _, test := range []struct {
		zone, expression string
		night            time.Time
		want             []string
	}{
		{"America/New_York", "30 2 * * *", time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC), []string{"07:00:00"}},
		{"America/New_York", "30 1 * * *", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), []string{"05:30:00"}},
		{"Europe/Berlin", "30 2 * * *", time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), []string{"01:00:00"}},
		{"Europe/Berlin", "30 2 * * *", time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), []string{"00:30:00"}},
		{"Australia/Lord_Howe", "15 2 * * *", time.Date(2026, 10, 3, 6, 0, 0, 0, time.UTC), []string{"15:30:00"}},
		{"Australia/Lord_Howe", "45 1 * * *", time.Date(2026, 4, 4, 6, 0, 0, 0, time.UTC), []string{"14:45:00"}},
		{"Asia/Seoul", "30 2 * * *", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), []string{"17:30:00"}},
		{"UTC", "30 2 * * *", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), []string{"02:30:00"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHarness(t)
			h.setClock(time.Until(test.night))
			job := h.noting(t, "a", test.expression)
			job.Schedule = parse(t, test.expression, test.zone)
			h.Set([]schedule.Job{job})
			h.start(t)
			time.Sleep(24*time.Hour - time.Minute)
			synctest.Wait()
			if got := h.take(); !slices.Equal(got, test.want) {
				t.Errorf("%s in %s: got %v, want %v", test.expression, test.zone, got, test.want)
			}
		})
	}
}
