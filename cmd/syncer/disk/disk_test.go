package disk

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"syncer/cmd/syncer/config"
)

func TestSizesAreInUnitsThatShowThem(t *testing.T) {
	for bytes, want := range map[uint64]string{0: "0 MB", 56_400_000: "56 MB", 999_999_999: "999 MB", 1e9: "1.0 GB", 78_400_000_000: "78.4 GB"} {
		if got := Size(bytes); got != want {
			t.Errorf("%d: got %q, want %q", bytes, got, want)
		}
	}
}

// TestPauseIsLoggedOnceAMinute measures a disk that fills up and is emptied.
func TestPauseIsLoggedOnceAMinute(t *testing.T) {
	var said strings.Builder
	now, free := time.Unix(0, 0), uint64(0)
	var broken error
	w := New(&config.Config{Evidence: config.Evidence{Mirror: "/m", PauseBelow: 100}},
		Options{Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&said, nil))})
	w.free = func(string) (uint64, error) { return free, broken }
	for _, step := range []struct {
		after  time.Duration
		free   uint64
		err    error
		paused bool
		said   int // lines so far
	}{
		{0, 100, nil, false, 0}, {time.Second, 99, nil, true, 1}, {59 * time.Second, 0, nil, true, 1}, {time.Second, 0, nil, true, 2},
		{time.Second, 100, nil, false, 3}, {time.Second, 99, nil, true, 4}, {time.Second, 0, errors.New("stale handle"), false, 5}, {time.Hour, 1000, nil, false, 5},
	} {
		now, free, broken = now.Add(step.after), step.free, step.err
		found := w.Paused()
		if (found.Mirror != "") != step.paused || found.Pages != "" || strings.Count(said.String(), "\n") != step.said {
			t.Errorf("%+v: %+v, said\n%s", step, found, said.String())
		}
	}
	if !strings.Contains(said.String(), "level=ERROR") || !strings.Contains(said.String(), "of evidence.pause_below") {
		t.Errorf("said\n%s", said.String())
	}
}
