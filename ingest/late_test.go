package ingest_test

import (
	"testing"
	"time"

	"syncer/simulate"
	"syncer/store/record"
)

// TestLateIsSeenInSQL wants bi.freshness to say late when the moment is over
// that the schedule named with the newest live snapshot, whichever way that was
// written, and an age to go first.
func TestLateIsSeenInSQL(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	after := time.Hour
	settings := s.list.ListSettings
	settings.LateAfter = func(newest time.Time) time.Time { return newest.Add(after) }
	state := func() string { return one[string](t, s.pool, "SELECT state FROM bi.freshness") }
	sync := func(name, want string) {
		t.Helper()
		if _, err := s.runner.Sync(t.Context(), record.List{List: s.fetcher.List(), ListSettings: settings}, s.fetcher, nil); err != nil {
			t.Fatal(err)
		}
		if got := state(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	sync("the first", "fresh")
	after = -time.Second
	sync("an unchanged one, late at once", "late")
	after = time.Hour
	sync("the next", "fresh")
	s.simulatedAt(t, "iwinv", simulate.WorldStart().AddDate(0, 0, 5))
	after = -time.Second
	sync("a changed one, late at once", "late")
	settings.StaleAfter = 24 * time.Hour
	sync("an age beats the schedule", "fresh")
	settings.StaleAfter = 0
	settings.LateAfter = nil
	sync("nothing is expected", "fresh")
}
