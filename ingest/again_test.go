package ingest_test

import (
	"testing"
	"time"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

// againStage loads lists of keys, one letter each.
type againStage struct{ stage }

func newAgainStage(t *testing.T) *againStage {
	t.Helper()
	pool := pgtest.New(t)
	s := &againStage{stage: stage{pool: pool, runner: newRunner(pool)}}
	s.raise(t, &moving{})
	return s
}

// raise reads by another decoder from now on.
func (s *againStage) raise(t *testing.T, fetcher catalog.Fetcher) {
	t.Helper()
	s.fetcher = fetcher
	list, err := s.runner.Store.EnsureList(t.Context(), fetcher.List(), record.ListSettings{Rule: timeline.Rule{Snapshots: 1}})
	if err != nil {
		t.Fatal(err)
	}
	s.list = list
}

func (s *againStage) load(t *testing.T, keys string, day int) ingest.Report {
	t.Helper()
	page := catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET /moving", MediaType: "json", Body: []byte(keys)}}}
	snapshot, err := ingest.Collect(s.fetcher, at(day), []catalog.Page{page})
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.runner.Import(t.Context(), s.list, snapshot, at(day))
	if err != nil {
		t.Fatalf("load %s of day %d: %v", keys, day, err)
	}
	return report
}

func (s *againStage) mustBe(t *testing.T, keys string, day int, want record.Outcome) {
	t.Helper()
	before := one[int](t, s.pool, "SELECT count(*) FROM runs")
	report := s.load(t, keys, day)
	if report.Outcome != want || (report.HeldFor == "") != (want == record.Unchanged) {
		t.Errorf("day %d again: %s (%s), want %s", day, report.Outcome, report.HeldFor, want)
	}
	if after := one[int](t, s.pool, "SELECT count(*) FROM runs"); after != before {
		t.Errorf("day %d again: %d runs, want %d", day, after, before)
	}
}

// TestHeldSnapshotIsTheSameByANewerDecoder loads what is held, and what was
// rejected, by the decoder that held it and by a newer one, which never
// read its pages.
func TestHeldSnapshotIsTheSameByANewerDecoder(t *testing.T) {
	t.Parallel()
	s := newAgainStage(t)
	s.load(t, "abcdefghijklmnop", 1)
	for _, day := range []int{2, 3} {
		if report := s.load(t, "abc", day); report.Outcome != record.Held {
			t.Fatalf("day %d: %s", day, report.Outcome)
		}
	}
	rejected := at(3)
	if _, err := s.runner.Reject(t.Context(), s.list, &rejected, decision()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s.mustBe(t, "abcdefghijklmnop", 1, record.Unchanged)
		s.mustBe(t, "abc", 2, record.Held)
		s.mustBe(t, "abc", 3, record.Rejected)
		s.raise(t, newer{&moving{}})
	}
}

// TestGivenUpPagesAreTheSameByANewerDecoder loads a snapshot again whose pages
// were given up, so that no newer decoder could read them.
func TestGivenUpPagesAreTheSameByANewerDecoder(t *testing.T) {
	t.Parallel()
	s := newAgainStage(t)
	for day, keys := range []string{"abcdefgh", "abcdefghi", "abcdefghij"} {
		s.load(t, keys, day+1)
	}
	s.runner.Keep = store.Keep{Age: time.Second}
	if kept := s.runner.AfterLoad(t.Context(), s.list); kept.GivenUp.Pages == 0 {
		t.Fatal("no page was given up")
	}
	s.raise(t, newer{&moving{}})
	s.mustBe(t, "abcdefgh", 1, record.Unchanged)
}
