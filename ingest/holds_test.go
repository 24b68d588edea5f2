package ingest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/ingest"
	"syncer/store"
	"syncer/store/record"
)

func decision() store.Decision { return store.Decision{Actor: "kim", Reason: "the provider told us"} }

// holding has a committed snapshot of day 0, one of day 10 that lacks most
// entries and is held, and a good one of day 20.
func holding(t *testing.T) (*stage, time.Time) {
	t.Helper()
	s := newStage(t, "iwinv", "flavors")
	s.importInto(t, s.walked(t, 0), at(0))
	s.simulatedAt(t, "iwinv", at(10), "iwinv:shrink:fraction=0.3")
	report, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, at(10))
	if err != nil || report.Outcome != record.Held || !strings.Contains(report.HeldFor, "would be removed") {
		t.Fatalf("got %+v, %v", report, err)
	}
	s.importInto(t, s.walked(t, 20), at(20))
	return s, at(10)
}

// TestAcceptedHoldIsALateSnapshot wants the history that the three snapshots
// give in time order, whoever decided and when (nasty cases 3, 10, 13).
func TestAcceptedHoldIsALateSnapshot(t *testing.T) {
	s, held := holding(t)
	before := s.history(t)
	if _, err := s.runner.Accept(t.Context(), s.list, s.fetcher, nil, decision()); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("accept what is newer than history: got %v", err)
	}
	if diff := cmp.Diff(before, s.history(t)); diff != "" {
		t.Fatalf("history (-before +after):\n%s", diff)
	}
	reports, err := s.runner.Accept(t.Context(), s.list, s.fetcher, &held, decision())
	if err != nil || len(reports) != 1 || reports[0].Outcome != record.Changed {
		t.Fatalf("accept: %+v, %v", reports, err)
	}
	other := s.fresh(t)
	for _, day := range []int{0, 10, 20} {
		var faults []string
		if day == 10 {
			faults = append(faults, "iwinv:shrink:fraction=0.3")
		}
		s.simulatedAt(t, "iwinv", at(day), faults...)
		if _, err := other.runner.SyncAt(t.Context(), other.list, s.fetcher, at(day)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(other.history(t), s.history(t)); diff != "" {
		t.Errorf("history (-in time order +accepted later):\n%s", diff)
	}
	s.mustBeConsistent(t)
	decided := column[string](t, s.pool, "SELECT status || ' ' || decided_by || ': ' || decided_reason FROM snapshots WHERE decided_by IS NOT NULL")
	if diff := cmp.Diff([]string{"committed kim: the provider told us"}, decided); diff != "" {
		t.Errorf("decided (-want +got):\n%s", diff)
	}
	if kind := one[string](t, s.pool, "SELECT kind || ' ' || actor || ' ' || outcome FROM runs ORDER BY id DESC LIMIT 1"); kind != "accept kim changed" {
		t.Errorf("the run is %q", kind)
	}
	if _, err := s.runner.Accept(t.Context(), s.list, s.fetcher, &held, decision()); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("accept twice: got %v", err)
	}
}

// TestRejectedHoldStaysOut wants history as it was, and the pages kept.
func TestRejectedHoldStaysOut(t *testing.T) {
	s, held := holding(t)
	before, counts := s.history(t), s.counts(t)
	rejected, err := s.runner.Reject(t.Context(), s.list, &held, decision())
	if err != nil || len(rejected) != 1 {
		t.Fatalf("reject: %v, %v", rejected, err)
	}
	if diff := cmp.Diff(before, s.history(t)); diff != "" {
		t.Errorf("history (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(counts, s.counts(t)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	if status := one[string](t, s.pool, "SELECT status FROM snapshots WHERE decided_by = 'kim'"); status != "rejected" {
		t.Errorf("the snapshot is %s", status)
	}
	if _, err := s.runner.Reject(t.Context(), s.list, &held, decision()); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("reject what is rejected: got %v", err)
	}
}

// TestARejectionCanBeTakenBack wants a rejected snapshot, accepted by its moment,
// to be what it had been if it had been accepted at once, and both decisions in
// the runs.
func TestARejectionCanBeTakenBack(t *testing.T) {
	s, held := holding(t)
	if _, err := s.runner.Reject(t.Context(), s.list, &held, decision()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.runner.Accept(t.Context(), s.list, s.fetcher, &held, decision()); err != nil {
		t.Fatal(err)
	}
	other, _ := holding(t)
	if _, err := other.runner.Accept(t.Context(), other.list, other.fetcher, &held, decision()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(other.history(t), s.history(t)); diff != "" {
		t.Errorf("history (-accepted at once +rejected before):\n%s", diff)
	}
	runs := column[string](t, s.pool, "SELECT kind || ' ' || actor FROM runs WHERE actor IS NOT NULL ORDER BY id")
	if diff := cmp.Diff([]string{"reject kim", "accept kim"}, runs); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
}

// TestAcceptTakesAllThatIsNewer wants held snapshots that nothing good follows
// to be accepted together, oldest first.
func TestAcceptTakesAllThatIsNewer(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	s.importInto(t, s.walked(t, 0), at(0))
	for _, day := range []int{1, 2} {
		s.simulatedAt(t, "iwinv", at(day), "iwinv:shrink:fraction=0.3")
		if report, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, at(day)); err != nil || report.Outcome != record.Held {
			t.Fatalf("day %d: %+v, %v", day, report, err)
		}
	}
	reports, err := s.runner.Accept(t.Context(), s.list, s.fetcher, nil, decision())
	if err != nil || len(reports) != 2 || !reports[0].TakenAt.Equal(at(1)) || !reports[1].TakenAt.Equal(at(2)) {
		t.Fatalf("accept: %+v, %v", reports, err)
	}
	if report := s.mustSyncAt(t, at(3), "iwinv:shrink:fraction=0.3"); report.Outcome != record.Unchanged {
		t.Errorf("the same once more: %s (%s)", report.Outcome, report.HeldFor)
	}
	held, err := s.runner.Store.HeldSnapshots(t.Context(), s.list)
	if err != nil || len(held) != 0 {
		t.Errorf("still held: %v, %v", held, err)
	}
}

func (s *stage) mustSyncAt(t *testing.T, moment time.Time, faults ...string) ingest.Report {
	t.Helper()
	s.simulatedAt(t, "iwinv", moment, faults...)
	report, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, moment)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
