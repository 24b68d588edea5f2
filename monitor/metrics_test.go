package monitor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"syncer/ingest"
	"syncer/monitor"
	"syncer/store"
	"syncer/store/outbox"
	"syncer/store/record"
	"syncer/store/report"
)

func minute(n int) time.Duration { return time.Duration(n) * time.Minute }

// wantMetrics wants lines of the exposition as they stand.
func (s *stand) wantMetrics(t *testing.T, lines ...string) {
	t.Helper()
	status, text := s.get(t, "/metrics")
	if status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no %s", line)
		}
	}
}

// TestRunsAreCounted wants each outcome, sums of what ended well, and nothing
// for a due time that another process has.
func TestRunsAreCounted(t *testing.T) {
	s := newStand(t)
	report := ingest.Report{List: flavors, Pages: 2, Bytes: 1000, Entries: 69}
	report.Outcome, report.Delta.Added, report.Delta.Removed = record.Changed, []string{"a", "b"}, []string{"c"}
	report.Mirror.Written, report.GivenUp.Pages = 3, 4
	s.Ran(flavors, report, minute(1), nil)
	held := report
	held.Outcome, held.Kept = record.Held, ingest.Kept{Mirror: ingest.Mirrored{Err: errors.New("full")}}
	s.Ran(flavors, held, minute(1), nil)
	s.Ran(flavors, ingest.Report{}, minute(1), errors.New("status 500"))
	s.Ran(flavors, ingest.Report{}, minute(1), store.ErrNotOurs)
	s.Ran(flavors, ingest.Report{}, minute(1), store.ErrTaken)
	s.Skipped(flavors)
	s.Panicked("iwinv/flavors")
	s.wantMetrics(t,
		`syncer_runs_total{list="iwinv/flavors",outcome="changed"} 1`, `syncer_runs_total{list="iwinv/flavors",outcome="held"} 1`,
		`syncer_runs_total{list="iwinv/flavors",outcome="failed"} 1`, `syncer_runs_total{list="iwinv/flavors",outcome="abandoned"} 1`,
		`syncer_runs_total{list="iwinv/flavors",outcome="unchanged"} 0`, `syncer_run_duration_seconds_count{outcome="changed"} 1`,
		`syncer_run_pages_total{list="iwinv/flavors"} 4`, `syncer_run_bytes_total{list="iwinv/flavors"} 2000`, `syncer_run_entries_total{list="iwinv/flavors"} 138`,
		`syncer_entries_added_total{list="iwinv/flavors"} 2`, `syncer_entries_removed_total{list="iwinv/flavors"} 1`,
		`syncer_mirror_snapshots_total{list="iwinv/flavors"} 3`, `syncer_mirror_failures_total{list="iwinv/flavors"} 1`,
		`syncer_evidence_given_up_pages_total{list="iwinv/flavors"} 4`,
		`syncer_ticks_skipped_total{list="iwinv/flavors"} 1`, `syncer_panics_total{list="iwinv/flavors"} 1`)
}

func TestRequestsAreCountedByClass(t *testing.T) {
	s := newStand(t)
	for _, status := range []int{0, 200, 204, 302, 429, 503, 700} {
		s.Answered("iwinv", status, time.Second)
	}
	s.Paced("iwinv", 2*time.Second)
	s.Repeated("iwinv", 3*time.Second)
	s.wantMetrics(t,
		`syncer_http_requests_total{provider="iwinv",status="none"} 1`, `syncer_http_requests_total{provider="iwinv",status="2xx"} 2`,
		`syncer_http_requests_total{provider="iwinv",status="3xx"} 1`, `syncer_http_requests_total{provider="iwinv",status="4xx"} 1`,
		`syncer_http_requests_total{provider="iwinv",status="5xx"} 1`, `syncer_http_requests_total{provider="iwinv",status="other"} 1`,
		`syncer_http_retries_total{provider="iwinv"} 1`, `syncer_http_pace_wait_seconds_total{provider="iwinv"} 2`, `syncer_http_retry_wait_seconds_total{provider="iwinv"} 3`)
}

// TestListsAreMeasured wants what stands in the database, also while it is
// away: then ages go on.
func TestListsAreMeasured(t *testing.T) {
	s := newStand(t)
	s.db.facts.Freshness[0].State = monitor.Held
	s.db.facts.Freshness[0].SetAside, s.db.facts.Freshness[0].Nameless, s.db.facts.Freshness[0].DoubtsOpen, s.db.facts.Freshness[0].PricesAnnounced = 5, 6, 7, 8
	s.db.facts.Freshness[0].PricesUnreadSince = s.db.facts.Freshness[0].LastSnapshotAt
	s.db.facts.Figures = []report.ListFigures{{List: flavors, Held: 2, Missing: 3, Flaps: 4, Retractions: 9}}
	of := `{list="iwinv/flavors",provider="iwinv"} `
	known := []string{
		`syncer_list_state{list="iwinv/flavors",provider="iwinv",state="held"} 1`, `syncer_list_state{list="iwinv/flavors",provider="iwinv",state="fresh"} 0`,
		"syncer_list_held_snapshots" + of + "2", "syncer_list_missing_entries" + of + "3", "syncer_list_flaps" + of + "4", "syncer_list_entries" + of + "69",
		"syncer_list_next_due_timestamp_seconds" + of + "1.7956296e+09", `syncer_pool_connections{state="in_use"} 2`,
		"syncer_list_set_aside_entries" + of + "5", "syncer_list_nameless_rows" + of + "6", "syncer_list_open_doubts" + of + "7",
		"syncer_list_announced_prices" + of + "8", "syncer_list_retractions" + of + "9",
	}
	s.wantMetrics(t, append(known, "syncer_database_up 1", "syncer_list_stale"+of+"0", "syncer_list_snapshot_age_seconds"+of+"3603", "syncer_list_prices_unread_seconds"+of+"3603")...)
	s.db.fail(errAway)
	s.now = s.now.Add(5 * time.Hour)
	known[6] = "syncer_list_next_due_timestamp_seconds" + of + "1.7956296e+09"
	s.wantMetrics(t, append(known, "syncer_database_up 0", "syncer_list_snapshot_age_seconds"+of+"21606")...)
	s.now = s.now.Add(12 * time.Hour)
	s.wantMetrics(t, "syncer_list_stale"+of+"1")
}

// TestManyWhoAskAreOneQuestion keeps scrapes and pages from adding up.
func TestManyWhoAskAreOneQuestion(t *testing.T) {
	s := newStand(t)
	s.get(t, "/readyz")
	asked := s.db.asked
	for range 10 {
		s.now = s.now.Add(-3 * time.Second) // get adds it
		s.get(t, "/readyz")
	}
	if s.db.asked != asked {
		t.Errorf("asked %d times", s.db.asked-asked)
	}
}

// TestNotificationsAreCountedAndMeasured by the webhooks that are configured;
// all others are one.
func TestNotificationsAreCountedAndMeasured(t *testing.T) {
	s := newStand(t)
	s.db.facts.Outbox = []outbox.Figures{
		{Webhook: "finops", Pending: 2, Collecting: 3, Parked: 1, Oldest: minute(5)},
		{Webhook: "gone", Pending: 1, Oldest: minute(9)}, {Webhook: "older", Parked: 4},
	}
	s.Use(monitor.View{Database: s.db.opened(), Zone: time.UTC, Webhooks: []string{"finops", "quiet"}})
	s.Notified("finops", "delivered")
	s.wantMetrics(t,
		`syncer_notifications_total{outcome="delivered",webhook="finops"} 1`, `syncer_notifications_total{outcome="parked",webhook="quiet"} 0`,
		`syncer_notifications_waiting{state="pending",webhook="finops"} 2`, `syncer_notifications_waiting{state="collecting",webhook="finops"} 3`,
		`syncer_notifications_waiting{state="parked",webhook="finops"} 1`, `syncer_notifications_oldest_seconds{webhook="finops"} 300`,
		`syncer_notifications_waiting{state="pending",webhook="quiet"} 0`, `syncer_notifications_waiting{state="parked",webhook="unconfigured"} 4`,
		`syncer_notifications_waiting{state="pending",webhook="unconfigured"} 1`, `syncer_notifications_oldest_seconds{webhook="unconfigured"} 540`,
	)
}

// TestStaleIsKnownOrAnError: a database that is away makes nothing stale.
func TestStaleIsKnownOrAnError(t *testing.T) {
	s := newStand(t)
	if lists, err := s.Stale(t.Context()); err != nil || len(lists) != 0 {
		t.Errorf("fresh: %v, %v", lists, err)
	}
	s.now = s.now.Add(48 * time.Hour)
	if lists, err := s.Stale(t.Context()); err != nil || len(lists) != 1 || lists[0].List != flavors {
		t.Errorf("two days later: %v, %v", lists, err)
	}
	s.now = s.now.Add(time.Minute)
	s.db.fail(errAway)
	if lists, err := s.Stale(t.Context()); err == nil || len(lists) != 0 {
		t.Errorf("while it is away: %v, %v", lists, err)
	}
}
