package bi_test

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
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestRestatementsBoundWhatChanged sends random worlds in random orders and
// wants every write to leave what was so at earlier moments as it was: before
// restated_from of a restatement, before the snapshot of any other write.
func TestRestatementsBoundWhatChanged(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	restated := 0
	for seed := range 25 { // each asks much, and a failure names its seed
		world := timelinetest.Worlds().Example(seed)
		l := storetest.NewList(t, s, pool, fmt.Sprintf("bound-%d", seed), catalog.Products, storetest.RuleOf(world))
		moments := momentsAround(world)
		before := make([]string, len(moments))
		for _, n := range timelinetest.Orders(len(world.Snapshots)).Example(seed) {
			at := world.Snapshots[n].At
			l.Put(at, storetest.InOrder(world.Snapshots[n].Entries)...)
			bound := storetest.Rows(t, pool, restatedFrom, pgx.RowTo[*time.Time], l.List.ID.Name)[0]
			if bound == nil {
				bound = &at
			} else {
				restated++
			}
			after := storetest.Rows(t, pool, soAt, pgx.RowTo[string], moments, l.List.ID.Name)
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
		WHERE list = $2 AND changed_at <= m.at) AS so ON true
	GROUP BY n ORDER BY n`

// TestKindsOfRestatements wants one line for each kind of write that rewrites
// the past, and none for plain ones.
func TestKindsOfRestatements(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 2})
	l.Put(storetest.Day(1), priced(monthly())...)
	l.Put(storetest.Day(9), priced(monthly(costs("110")))...)                  // plain: closes and opens
	l.Put(storetest.Day(5), priced(monthly(costs("105")))...)                  // late
	l.Put(storetest.Day(10), catalog.Entry{Key: "b"})                          // a is missing
	l.Put(storetest.Day(11), catalog.Entry{Key: "b"}, catalog.Entry{Key: "c"}) // a is delisted since day 10
	both := append(priced(monthly()), catalog.Entry{Key: "d", Prices: []catalog.Price{monthly()}})
	l.Put(storetest.Day(2), both...) // late, and holds a key that no other holds
	l.Sync(storetest.Day(12), "too little", catalog.Entry{Key: "b"}, catalog.Entry{Key: "c", Name: "C"})
	l.Accept(storetest.Day(12)) // supersedes nothing
	got, err := s.Report.Restatements(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	id := l.List.ID
	want := []report.Restatement{
		{List: id, Kind: "accept", TakenAt: storetest.Day(12), Actor: "kim", Reason: "so it is", From: storetest.Day(12), Versions: report.Rewritten{Inserted: 1}},
		{
			List: id, Kind: "late_backfill", TakenAt: storetest.Day(2), From: storetest.Day(2),
			Versions: report.Rewritten{Inserted: 1}, Prices: report.Rewritten{Inserted: 1}, StatusChanges: report.Rewritten{Inserted: 3},
		},
		{
			List: id, Kind: "absence_confirmed", TakenAt: storetest.Day(11), From: storetest.Day(9), Entries: 1,
			Versions: report.Rewritten{Superseded: 1, Inserted: 2}, Prices: report.Rewritten{Superseded: 1, Inserted: 1}, StatusChanges: report.Rewritten{Inserted: 2},
			MonthEnds: "2026-01",
		},
		{
			List: id, Kind: "late_backfill", TakenAt: storetest.Day(5), From: storetest.Day(1), Entries: 1,
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
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	l.Put(storetest.Day(1), priced(monthly())...)
	for n := 2; n <= 4; n++ {
		l.Sync(storetest.Day(n), "too little")
	}
	l.Reject(storetest.Day(3), "lee", "a fault of theirs")
	l.Accept(storetest.Day(4))
	got, err := s.Report.Holds(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	held := report.Hold{List: l.List.ID, TakenAt: storetest.Day(2), State: "held", HeldFor: "too little", Baseline: 2, Removed: 2}
	rejected, accepted := held, held
	rejected.TakenAt, rejected.State, rejected.DecidedBy, rejected.Reason = storetest.Day(3), "rejected", "lee", "a fault of theirs"
	accepted.TakenAt, accepted.State, accepted.DecidedBy, accepted.Reason = storetest.Day(4), "accepted", "kim", "so it is"
	for _, hold := range got {
		if hold.HeldAt.IsZero() || hold.State == "accepted" && !hold.DecidedAt.After(hold.HeldAt) || hold.State == "held" && !hold.DecidedAt.IsZero() {
			t.Errorf("%s: held at %s, decided at %s", hold.State, hold.HeldAt, hold.DecidedAt)
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
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	other := storetest.NewList(t, s, pool, "others", catalog.Products, timeline.Rule{Snapshots: 1})
	l.Put(storetest.Day(1), priced(monthly())...)
	other.Put(storetest.Day(1), priced(monthly())...)
	due := storetest.Day(2)
	failed, err := s.BeginSync(t.Context(), l.List, &due)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Fail(t.Context(), failed, store.Failure{Class: "http", Text: "GET /things: 500", Pages: 3}); err != nil {
		t.Fatal(err)
	}
	want := []report.Run{
		{List: l.List.ID, Kind: "sync", DueAt: storetest.Day(2), Outcome: "failed", Pages: 3, ErrorClass: "http", ErrorText: "GET /things: 500"},
		{List: l.List.ID, Kind: "backfill", Outcome: "changed", Pages: 1, Entries: 2, Added: 2},
	}
	got, err := s.Report.Runs(t.Context(), l.List.ID, 10)
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
	for id, want := range map[catalog.ListID]int{{}: 3, {Source: "test"}: 3, {Source: "nobody"}: 0, other.List.ID: 1} {
		if all, err := s.Report.Runs(t.Context(), id, 10); err != nil || len(all) != want {
			t.Errorf("%s: %d runs, want %d (%v)", id, len(all), want, err)
		}
	}
}

// TestRunsCountWhatIsOdd wants what a snapshot sets aside and what the list doubts in
// its run, also where nothing changed.
func TestRunsCountWhatIsOdd(t *testing.T) {
	t.Parallel()
	s, l := doubting(t, catalog.Products)
	l.Put(storetest.Day(1), priced(monthly())...)
	putAside(l, 2, append(nameless("row 7", "row 8"), aside("c", catalog.Unreadable, "price")), append(priced(monthly(costs("5000"))), catalog.Entry{Key: "c"})...)
	same := l.Source.Odd(t, catalog.Decoded{SetAside: nameless("row 7")}, priced(monthly())...)
	l.Write(storetest.Day(3), same)
	l.Write(storetest.Day(4), same)
	got, err := s.Report.Runs(t.Context(), l.List.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	var counts []string
	for _, run := range got {
		counts = append(counts, fmt.Sprint(run.Outcome, " ", run.SetAside, " ", run.Doubts))
	}
	if diff := cmp.Diff([]string{"unchanged 1 0", "changed 1 0", "changed 3 1", "changed 0 0"}, counts); diff != "" {
		t.Errorf("outcome, set aside, doubts (-want +got):\n%s", diff)
	}
}

// TestRestatementsOfDecisions wants what a person took back, restored and believed,
// and what was believed by count, with the month ends that moved in the report time
// zone.
func TestRestatementsOfDecisions(t *testing.T) {
	t.Parallel()
	s, l := doubting(t, catalog.Products)
	for n, amounts := range [][2]string{{"100", "5"}, {"110", "5"}, {"120", "500"}, {"120", "500"}, {"120", "510"}, {"1200", "510"}} {
		other := catalog.Entry{Key: "c", Prices: []catalog.Price{monthly(costs(amounts[1]), func(p *catalog.Price) { p.SKUPriceID = "c" })}}
		l.Put(time.Date(2026, time.Month(n+1), 20, 0, 0, 0, 0, time.UTC), append(priced(monthly(costs(amounts[0]))), other)...)
	}
	february := time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)
	l.Retract(february, "", by("kim", "half a list"))
	l.Restore(february, "", by("lee", "it was whole"))
	l.Believe("a", by("kim", "ten times dearer"))
	l.Retract(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC), "c", by("kim", "it was a slip")) // of March already
	late := time.Date(2026, 5, 31, 14, 59, 59, 0, time.UTC)                                  // the last second of May in Seoul
	l.Put(late, append(priced(monthly(costs("125"))), catalog.Entry{Key: "c", Prices: []catalog.Price{monthly(costs("510"), func(p *catalog.Price) { p.SKUPriceID = "c" })}})...)
	got := ask(t, s, "SELECT kind, to_char(taken_at, 'MM-DD'), actor, reason, to_char(restated_from, 'MM-DD'), prices_superseded, prices_inserted, month_ends FROM bi.restatements ORDER BY run_id")
	want := []string{
		"doubt_confirmed|05-20|||01-20|1|3|2026-03, 2026-04, 2026-05",
		"retract|02-20|kim|half a list|01-20|2|1|2026-02",
		"restore|02-20|lee|it was whole|01-20|1|2|2026-02",
		"doubt_confirmed|06-20|kim|ten times dearer|03-20|1|2|2026-06",
		"retract|06-20|kim|it was a slip|01-20|3|1|2026-03, 2026-04, 2026-05, 2026-06",
		"late_backfill|05-31|||03-20|1|2|2026-05",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("restatements (-want +got):\n%s", diff)
	}
}
