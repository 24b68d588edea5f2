package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestListsShowsTheComingDueTimes wants those of a night in which Berlin has
// no 02:30.
func TestListsShowsTheComingDueTimes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "syncer.yaml")
	text := `sources:
  iwinv:
    lists:
      flavors: { schedule: "30 2 * * *", timezone: Europe/Berlin }
      images: { schedule: "@daily" }
      zones:
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), []string{"lists", "-c", path, "--next", "2"}, environment{
		Stdout: &out, Stderr: &errs, Lookup: func(string) (string, bool) { return "", false },
		Now: func() time.Time { return time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC) },
	})
	want := `LIST           SCHEDULE    TIME ZONE      DUE
iwinv/flavors  30 2 * * *  Europe/Berlin  2026-03-29T03:00:00+02:00
iwinv/flavors  30 2 * * *  Europe/Berlin  2026-03-30T02:30:00+02:00
iwinv/images   @daily      Asia/Seoul     2026-03-29T00:00:00+09:00
iwinv/images   @daily      Asia/Seoul     2026-03-30T00:00:00+09:00
iwinv/zones    by hand     Asia/Seoul     -
`
	if diff := cmp.Diff(want, out.String()); code != exitOK || diff != "" {
		t.Errorf("exit code %d, %s\n(-want +got):\n%s", code, errs.String(), diff)
	}
}
