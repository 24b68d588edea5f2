package archive_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"syncer/archive"
)

func TestMomentsGoByNames(t *testing.T) {
	dir := folder(t, map[string]string{
		day5 + "page-0001.json": "{}", "2026-01-06T09:00:00+09:00/": "", "2026-01-07T00:00:00Z": "a file", ".unfinished-1/": "", "other/": "",
	})
	got, err := archive.Moments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[int]bool{5: true, 6: true, 7: false} {
		if moment := time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC); got[moment.UnixMicro()] != want {
			t.Errorf("%s: got %t", moment, !want)
		}
	}
	if none, err := archive.Moments(filepath.Join(dir, "nowhere")); err != nil || len(none) != 0 {
		t.Errorf("no folder: %v, %v", none, err)
	}
}

func TestTidyRemovesOnlyWhatDied(t *testing.T) {
	dir := folder(t, map[string]string{".unfinished-old/page-0001.json.zst": "x", ".unfinished-new/": "", ".other/": "", day5 + "page-0001.json": "{}"})
	now := time.Now()
	for _, name := range []string{".unfinished-old", ".other", day5} {
		if err := os.Chtimes(filepath.Join(dir, name), now, now.Add(-48*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Tidy(dir, now.Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	got := namesIn(t, dir)
	if want := []string{".other", ".unfinished-new", "2026-01-05T00:00:00Z"}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("left %q, want %q", got, want)
	}
	if err := archive.Tidy(filepath.Join(dir, "nowhere"), now); err != nil {
		t.Errorf("no folder: %v", err)
	}
}

// TestWritersAtOnce wants one whole snapshot of many writers, and no error.
func TestWritersAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "er")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := archive.Write(dir, content(pages, nil)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if _, err := open(t, dir).Snapshots()[0].Load(); err != nil {
		t.Error(err)
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("left %q", names)
	}
}
