package ingest_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/archive"
	"syncer/ingest"
	"syncer/store"
	"syncer/store/record"
)

// mirrored gives a stage a mirror and the log of what it says.
func (s *stage) mirrored(t *testing.T) (dir string, said *strings.Builder) {
	t.Helper()
	dir, said = filepath.Join(t.TempDir(), "mirror"), &strings.Builder{}
	s.runner.Mirror = &ingest.Mirror{Dir: dir, Now: time.Now}
	s.runner.Log = slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return filepath.Join(dir, "iwinv", "flavors"), said
}

// mustMirror wants every committed snapshot in the mirror, and no other.
func (s *stage) mustMirror(t *testing.T, dir string) {
	t.Helper()
	there, err := archive.Moments(dir)
	if err != nil {
		t.Fatal(err)
	}
	committed := column[time.Time](t, s.pool, "SELECT taken_at FROM snapshots WHERE status = 'committed'")
	for _, at := range committed {
		if !there[at.UnixMicro()] {
			t.Errorf("%s is not mirrored", at.UTC())
		}
	}
	if len(there) != len(committed) {
		t.Errorf("%d snapshots in the mirror, %d committed", len(there), len(committed))
	}
}

// known is every row of schema bi that tells of snapshots, apart from when it
// was written: the same in whatever database they stand. Runs and holds are the
// database's own.
func (s *stage) known(t *testing.T) map[string][]string {
	t.Helper()
	all := s.history(t)
	all["prices_current"] = column[string](t, s.pool, "SELECT (to_jsonb(v) - 'recorded_at')::text FROM bi.prices_current v ORDER BY 1")
	all["drift"] = column[string](t, s.pool, "SELECT to_jsonb(v)::text FROM bi.drift v ORDER BY 1")
	all["freshness"] = column[string](t, s.pool, "SELECT concat_ws(' ', source, list, last_snapshot_at, last_entries) FROM bi.freshness ORDER BY 1")
	return all
}

// loaded is the stage's history made again in an empty database from what
// stands in a folder.
func (s *stage) loaded(t *testing.T, dir string) *stage {
	t.Helper()
	other := s.fresh(t)
	other.runner.Mirror = nil
	opened, err := archive.Open(dir, clock())
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for _, snapshot := range opened.Snapshots() {
		pages, err := snapshot.Load()
		if err != nil {
			t.Fatal(err)
		}
		other.importInto(t, pages, snapshot.TakenAt)
	}
	return other
}

// live makes a week of history: live runs of a moving world, a repeated one, a
// late snapshot between two, one that is held and a field nobody knew.
func (s *stage) live(t *testing.T) {
	t.Helper()
	for _, day := range []int{0, 7, 7, 30, 45} {
		s.simulatedAt(t, "iwinv", at(day))
		moment := at(day)
		if _, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, moment); err != nil && !errors.Is(err, store.ErrExists) {
			t.Fatal(err)
		}
	}
	s.importInto(t, s.walked(t, 20), at(20))
	s.simulatedAt(t, "iwinv", at(46), "iwinv:shrink:fraction=0.1")
	if report, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, at(46)); err != nil || report.Outcome != record.Held {
		t.Fatalf("held: %v, %v", report.Outcome, err)
	}
	s.simulatedAt(t, "iwinv", at(50), "iwinv:unknown_field")
	if _, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, at(50)); err != nil {
		t.Fatal(err)
	}
}

// TestDrillHistoryComesBackFromTheMirror loses the database and makes all that
// analysts see again from the mirror.
func TestDrillHistoryComesBackFromTheMirror(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	s.runner.Guard.MaxChangedPercent = 100
	dir, said := s.mirrored(t)
	s.live(t)
	s.mustMirror(t, dir)
	if said := said.String(); strings.Contains(said, "mirror") {
		t.Errorf("said: %s", said)
	}
	want := s.known(t)
	again := s.loaded(t, dir)
	if diff := cmp.Diff(want, again.known(t)); diff != "" {
		t.Errorf("schema bi (-before +after):\n%s", diff)
	}
	if len(want["price_history"]) < 50 || len(want["price_changes"]) < 50 || len(want["drift"]) != 1 {
		t.Errorf("the world hardly changed: %d prices, %d drift", len(want["price_history"]), len(want["drift"]))
	}
	again.mustBeConsistent(t)
}

// TestMirrorThatFailsIsMadeGood wants a run to succeed without its mirror, the
// failure to be told and counted, and the next run to write all that is
// missing.
func TestMirrorThatFailsIsMadeGood(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	dir, said := s.mirrored(t)
	if err := os.WriteFile(filepath.Dir(filepath.Dir(dir)), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		report, err := s.sync(t)
		if err != nil || report.Mirror.Err == nil {
			t.Fatalf("report %+v, %v; want a run that is well and a mirror that is not", report.Mirror, err)
		}
	}
	if n := s.runner.Mirror.Failures(); n != 2 || strings.Count(said.String(), "the mirror is behind") != 2 {
		t.Errorf("%d failures, said:\n%s", n, said)
	}
	if outcomes := column[string](t, s.pool, "SELECT outcome FROM runs ORDER BY id"); outcomes[0] != "changed" || outcomes[1] != "unchanged" {
		t.Errorf("outcomes %q", outcomes)
	}
	if err := os.Remove(filepath.Dir(filepath.Dir(dir))); err != nil {
		t.Fatal(err)
	}
	if report := s.mustSync(t, record.Unchanged); report.Mirror.Written != 3 || report.Mirror.Err != nil {
		t.Errorf("made good: %+v", report.Mirror)
	}
	s.mustMirror(t, dir)
	moments := column[time.Time](t, s.pool, "SELECT taken_at FROM snapshots ORDER BY taken_at")
	if err := os.RemoveAll(filepath.Join(dir, moments[1].UTC().Format(time.RFC3339Nano))); err != nil {
		t.Fatal(err)
	}
	if report := s.mustSync(t, record.Unchanged); report.Mirror.Written != 2 {
		t.Errorf("a hole in the middle: %+v", report.Mirror)
	}
	s.mustMirror(t, dir)
}

// TestArchiveIsWrittenAndBroughtUpToDate wants an archive that gives the same
// history, may be written again, and names what was changed by other hands.
func TestArchiveIsWrittenAndBroughtUpToDate(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	s.spoiled = true
	s.runner.Guard.MaxChangedPercent = 100
	dir := filepath.Join(t.TempDir(), "archive")
	write := func() (good, bad int) {
		t.Helper()
		err := s.runner.Archive(t.Context(), s.list, dir, func(_ int, one ingest.Written) {
			if good++; one.Err != nil {
				good, bad = good-1, bad+1
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return good, bad
	}
	if err := s.runner.Archive(t.Context(), s.list, dir, nil); err == nil {
		t.Error("a list without snapshots was written")
	}
	s.live(t)
	for range 2 {
		if good, bad := write(); good != 6 || bad != 0 {
			t.Fatalf("%d written, %d not", good, bad)
		}
	}
	if diff := cmp.Diff(s.history(t), s.loaded(t, dir).history(t)); diff != "" {
		t.Errorf("history (-written +read):\n%s", diff)
	}
	s.execute(t, "UPDATE pages SET body = '\\x00' WHERE id = (SELECT min(page_id) FROM snapshot_pages WHERE taken_at = (SELECT max(taken_at) FROM snapshots))")
	if good, bad := write(); good != 5 || bad != 1 {
		t.Errorf("a spoilt page: %d written, %d not", good, bad)
	}
}

// TestKeepRunsOnceADayAndNotBeforeTheMirror wants pages to be given up by the
// first good run of a day, and never before they are copied.
func TestKeepRunsOnceADayAndNotBeforeTheMirror(t *testing.T) {
	s := newStage(t, "iwinv", "zones")
	s.spoiled = true // runs are moved to other days
	s.runner.Keep = store.Keep{Boundaries: true}
	dir, _ := s.mirrored(t)
	dir = filepath.Join(filepath.Dir(dir), "zones")
	proven := func() int {
		return one[int](t, s.pool, "SELECT count(DISTINCT taken_at) FROM snapshot_pages")
	}
	zone := func(spelling string) string {
		return `{"code":"0x00",` + spelling + `"result":[{"zone_id":"z","name":"z","status":"available"}]}`
	}
	blocked := filepath.Dir(filepath.Dir(dir))
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, spelling := range []string{"", " ", "  "} { // other bytes, equal entries
		s.serves(t, zone(spelling))
		if _, err := s.sync(t); err != nil {
			t.Fatal(err)
		}
		s.execute(t, "UPDATE runs SET recorded_at = recorded_at - interval '1 day'")
	}
	if n := proven(); n != 3 {
		t.Fatalf("%d snapshots have pages; the mirror is behind, so all should", n)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	s.serves(t, zone("   "))
	if report := s.mustSync(t, record.Unchanged); report.GivenUp.Pages != 2 || report.Mirror.Written != 4 {
		t.Errorf("report %+v, want 4 snapshots copied and the pages of 2 given up", report.Kept)
	}
	s.serves(t, zone("    "))
	if report := s.mustSync(t, record.Unchanged); report.GivenUp.Pages != 0 || proven() != 3 {
		t.Errorf("again on the same day: %+v", report.Kept)
	}
	if kept := s.runner.AfterLoad(t.Context(), s.list); kept.GivenUp.Pages != 1 || proven() != 2 {
		t.Errorf("after a load: %+v", kept)
	}
	if report := s.mustSync(t, record.Unchanged); report.Mirror.Gone != 0 || report.Mirror.Err != nil {
		t.Errorf("what is copied is not missed: %+v", report.Mirror)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if report := s.mustSync(t, record.Unchanged); report.Mirror.Gone != 3 || report.Mirror.Err != nil {
		t.Errorf("a mirror that is begun too late: %+v, want 3 that are gone", report.Mirror)
	}
}

// TestNothingIsGivenUpForACopyThatIsNone has a mirror whose folder of a snapshot is
// another database's, or was damaged.
func TestNothingIsGivenUpForACopyThatIsNone(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, folder string){
		"another's": func(t *testing.T, folder string) {
			manifest := filepath.Join(folder, "manifest.json")
			text, err := os.ReadFile(manifest)
			if err != nil {
				t.Fatal(err)
			}
			other := strings.Replace(string(text), `"sha256": "`, `"sha256": "00`, 1)
			if err := os.WriteFile(manifest, []byte(other), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"damaged": func(t *testing.T, folder string) {
			if err := os.WriteFile(filepath.Join(folder, "page-0001.json.zst"), []byte("junk"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newAgainStage(t)
			dir, said := s.mirrored(t)
			dir = filepath.Join(filepath.Dir(filepath.Dir(dir)), "test", "moving")
			for day, keys := range []string{"abcdefgh", "abcdefghi", "abcdefghij"} {
				s.load(t, keys, day+1)
			}
			if kept := s.runner.AfterLoad(t.Context(), s.list); kept.Mirror.Written != 3 {
				t.Fatalf("mirrored %+v", kept.Mirror)
			}
			spoil(t, filepath.Join(dir, at(1).Format(time.RFC3339Nano)))
			s.runner.Keep = store.Keep{Age: time.Second}
			if kept := s.runner.AfterLoad(t.Context(), s.list); kept.GivenUp != (store.GivenUp{}) || !strings.Contains(said.String(), "the mirror holds no true copy") {
				t.Errorf("given up %+v; the log says\n%s", kept.GivenUp, said)
			}
			if n := one[int](t, s.pool, "SELECT count(DISTINCT taken_at) FROM snapshot_pages"); n != 3 {
				t.Errorf("%d snapshots have their pages, want 3", n)
			}
		})
	}
}
