package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/report"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestRestatementsBoundWhatChanged sends random worlds in random orders and
// wants every write to leave what was so at earlier moments as it was: before
// restated_from of a restatement, before the snapshot of any other write.
func TestRestatementsBoundWhatChanged(t *testing.T) {
	s, pool := openBI(t)
	restated := 0
	for seed := range 25 { // each asks much, and a failure names its seed
		world := timelinetest.Worlds().Example(seed)
		source := newScripted()
		source.list.ID.Name = fmt.Sprintf("bound-%d", seed)
		list := ensure(t, s, source.list, timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor})
		moments := momentsAround(world)
		before := make([]string, len(moments))
		for _, n := range timelinetest.Orders(len(world.Snapshots)).Example(seed) {
			at := world.Snapshots[n].At
			put(t, s, list, source.snapshot(t, world.Snapshots[n].Entries), at)
			bound := query(t, pool, restatedFrom, pgx.RowTo[*time.Time], source.list.ID.Name)[0]
			if bound == nil {
				bound = &at
			} else {
				restated++
			}
			after := query(t, pool, soAt, pgx.RowTo[string], moments, source.list.ID.Name)
			for i, moment := range moments {
				if moment.Before(*bound) && before[i] != after[i] {
					t.Fatalf("seed %d: the write of %s, restated from %s, changed what was so at %s:\n%s\n--\n%s",
						seed, at, bound, moment, before[i], after[i])
				}
			}
			before = after
		}
	}
	if restated < 20 {
		t.Errorf("only %d restatements in all worlds", restated)
	}
}

// restatedFrom is that of the newest run of a list.
const restatedFrom = `SELECT (SELECT restated_from FROM bi.restatements WHERE list = $1 AND run_id = (SELECT max(run_id) FROM bi.runs WHERE list = $1))`

// soAt is what was so at moments: contents, amounts and the newest events.
const soAt = `SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '')
	FROM unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n) LEFT JOIN LATERAL (
		SELECT concat_ws(' ', product_key, product_name, status, zone_statuses) AS line FROM bi.product_history
		WHERE list = $2 AND valid_from <= m.at AND (valid_to IS NULL OR valid_to > m.at)
		UNION ALL
		SELECT concat_ws(' ', sku_price_id, list_unit_price_text, tax_amount) FROM bi.price_history
		WHERE list = $2 AND valid_from <= m.at AND (valid_to IS NULL OR valid_to > m.at)
		UNION ALL
		SELECT concat_ws(' ', product_key, aspect, availability_zone, changed_at, event, to_status) FROM bi.product_status_changes
		WHERE list = $2 AND changed_at <= m.at) AS told ON true
	GROUP BY n ORDER BY n`

// TestKindsOfRestatements wants one line for each kind of write that tells of
// the past anew, and none for plain ones.
func TestKindsOfRestatements(t *testing.T) {
	s, _ := openBI(t)
	source := newScripted()
	list := ensure(t, s, source.list, timeline.Rule{Snapshots: 2})
	put(t, s, list, source.snapshot(t, of(monthly())), day(1))
	put(t, s, list, source.snapshot(t, of(monthly(costs("110")))), day(9))                                   // plain: closes and opens
	put(t, s, list, source.snapshot(t, of(monthly(costs("105")))), day(5))                                   // late
	put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"b": {Key: "b"}}), day(10))                  // a is missing
	put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"b": {Key: "b"}, "c": {Key: "c"}}), day(11)) // a is delisted since day 10
	both := only(catalog.Entry{Key: "d", Prices: []catalog.Price{monthly()}})
	both["a"], both["b"] = of(monthly())["a"], catalog.Entry{Key: "b"}
	put(t, s, list, source.snapshot(t, both), day(2)) // late, and holds a key that no other holds
	plain := only(catalog.Entry{Key: "b"}, catalog.Entry{Key: "c", Name: "C"})
	hold(t, s, list, source.snapshot(t, plain), day(12))
	accept(t, s, list, source.snapshot(t, plain), day(12)) // supersedes nothing
	got, err := s.Report.Restatements(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	id := source.list.ID
	want := []report.Restatement{
		{List: id, Kind: "accept", TakenAt: day(12), Actor: "kim", Reason: "so it is", From: day(12), Versions: report.Rewritten{Inserted: 1}},
		{
			List: id, Kind: "late_backfill", TakenAt: day(2), From: day(2),
			Versions: report.Rewritten{Inserted: 1}, Prices: report.Rewritten{Inserted: 1}, StatusChanges: report.Rewritten{Inserted: 3},
		},
		{
			List: id, Kind: "absence_confirmed", TakenAt: day(11), From: day(9), Entries: 1,
			Versions: report.Rewritten{Superseded: 1, Inserted: 2}, Prices: report.Rewritten{Superseded: 1, Inserted: 1}, StatusChanges: report.Rewritten{Inserted: 2},
		},
		{
			List: id, Kind: "late_backfill", TakenAt: day(5), From: day(1), Entries: 1,
			Versions: report.Rewritten{Superseded: 1, Inserted: 2}, Prices: report.Rewritten{Superseded: 1, Inserted: 2},
		},
	}
	for i := range got {
		if got[i].RecordedAt.IsZero() || got[i].Run == 0 {
			t.Errorf("no moment or run in %+v", got[i])
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(report.Restatement{}, "RecordedAt", "Run")); diff != "" {
		t.Errorf("restatements (-want +got):\n%s", diff)
	}
}

// TestHolds wants a held, a rejected and an accepted snapshot with what the
// guard said and who decided.
func TestHolds(t *testing.T) {
	s, _ := openBI(t)
	source := newScripted()
	list := ensure(t, s, source.list, atOnce())
	put(t, s, list, source.snapshot(t, of(monthly())), day(1))
	for n := 2; n <= 4; n++ {
		hold(t, s, list, source.snapshot(t, nil), day(n))
	}
	if err := s.Reject(t.Context(), list, day(3), store.Decision{Actor: "lee", Reason: "a fault of theirs"}); err != nil {
		t.Fatal(err)
	}
	accept(t, s, list, source.snapshot(t, nil), day(4))
	got, err := s.Report.Holds(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	held := report.Hold{List: source.list.ID, TakenAt: day(2), State: "held", HeldFor: "too little", Baseline: 2, Removed: 2}
	rejected, accepted := held, held
	rejected.TakenAt, rejected.State, rejected.DecidedBy, rejected.Reason = day(3), "rejected", "lee", "a fault of theirs"
	accepted.TakenAt, accepted.State, accepted.DecidedBy, accepted.Reason = day(4), "accepted", "kim", "so it is"
	for _, one := range got {
		if one.HeldAt.IsZero() || one.State == "accepted" && !one.DecidedAt.After(one.HeldAt) || one.State == "held" && !one.DecidedAt.IsZero() {
			t.Errorf("%s: held at %s, decided at %s", one.State, one.HeldAt, one.DecidedAt)
		}
	}
	if diff := cmp.Diff([]report.Hold{accepted, rejected, held}, got, cmpopts.IgnoreFields(report.Hold{}, "HeldAt", "DecidedAt")); diff != "" {
		t.Errorf("holds (-want +got):\n%s", diff)
	}
	if few, err := s.Report.Holds(t.Context(), 1); err != nil || len(few) != 1 {
		t.Errorf("at most one: %d, %v", len(few), err)
	}
}

// TestRuns wants every run with its outcome, the newest first.
func TestRuns(t *testing.T) {
	s, _ := openBI(t)
	source, other := newScripted(), newScripted()
	other.list.ID.Name = "others"
	list, second := ensure(t, s, source.list, atOnce()), ensure(t, s, other.list, atOnce())
	put(t, s, list, source.snapshot(t, of(monthly())), day(1))
	put(t, s, second, other.snapshot(t, of(monthly())), day(1))
	due := day(2)
	failed, err := s.BeginSync(t.Context(), list, &due)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Fail(t.Context(), failed, store.Failure{Class: "http", Text: "GET /things: 500", Pages: 3}); err != nil {
		t.Fatal(err)
	}
	want := []report.Run{
		{List: source.list.ID, Kind: "sync", DueAt: day(2), Outcome: "failed", Pages: 3, ErrorClass: "http", ErrorText: "GET /things: 500"},
		{List: source.list.ID, Kind: "backfill", Outcome: "changed", Pages: 1, Entries: 2, Added: 2},
	}
	got, err := s.Report.Runs(t.Context(), source.list.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range got {
		if run.ID == 0 || run.StartedAt.IsZero() || run.EndedAt.Before(run.StartedAt) {
			t.Errorf("moments of %+v", run)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(report.Run{}, "ID", "StartedAt", "EndedAt")); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	for id, want := range map[catalog.ListID]int{{}: 3, {Source: "test"}: 3, {Source: "nobody"}: 0, other.list.ID: 1} {
		if all, err := s.Report.Runs(t.Context(), id, 10); err != nil || len(all) != want {
			t.Errorf("%s: %d runs, want %d (%v)", id, len(all), want, err)
		}
	}
}
