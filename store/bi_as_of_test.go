package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestReportCanBePrintedAgain sends random worlds in random orders through the
// store, some of it held and accepted later, and rebuilds history at the end
// under another rule. After every write it asks for the prices at several
// moments, and at last asks again as of then: byte for byte the same, whatever
// came since.
func TestReportCanBePrintedAgain(t *testing.T) {
	s, pool := openBI(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		world := timelinetest.Worlds().Draw(rt, "world")
		held := rapid.SliceOfN(rapid.Bool(), len(world.Snapshots), len(world.Snapshots)).Draw(rt, "held")
		lists++
		source := newScripted()
		source.list.ID.Name = fmt.Sprintf("report-%d", lists)
		list := ensure(t, s, source.list, timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor})
		r := reporter{t: t, pool: pool, list: source.list.ID, moments: momentsAround(world)}
		for _, n := range timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order") {
			if held[n] {
				hold(t, s, list, source.snapshot(t, world.Snapshots[n].Entries), world.Snapshots[n].At)
			} else {
				put(t, s, list, source.snapshot(t, world.Snapshots[n].Entries), world.Snapshots[n].At)
			}
			r.print(rt)
		}
		for _, n := range timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order of accepting") {
			if held[n] {
				accept(t, s, list, source.snapshot(t, world.Snapshots[n].Entries), world.Snapshots[n].At)
				r.print(rt)
			}
		}
		if _, err := rebuilt(t.Context(), s, list, atOnce(), source.reread); err != nil {
			t.Fatal(err)
		}
		r.print(rt)
		r.printAgain(rt)
	})
}

// momentsAround are the moments of all snapshots, and just before them.
func momentsAround(world timelinetest.World) []time.Time {
	var all []time.Time
	for _, snapshot := range world.Snapshots {
		all = append(all, snapshot.At.Add(-time.Microsecond), snapshot.At)
	}
	return append(all, all[len(all)-1].AddDate(1, 0, 0))
}

// hold records a snapshot that the guard does not let pass.
func hold(t testing.TB, s *store.Store, list store.List, snapshot *snapshot.Snapshot, at time.Time) {
	t.Helper()
	run, err := s.BeginAt(t.Context(), list, record.Sync, at)
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Update(t.Context(), run, snapshot, func(store.Delta) string { return "too little" })
	if err != nil || result.Outcome != record.Held {
		t.Fatalf("%s, %v", result.Outcome, err)
	}
}

// accept makes a held snapshot part of history.
func accept(t testing.TB, s *store.Store, list store.List, snapshot *snapshot.Snapshot, at time.Time) {
	t.Helper()
	run, err := s.BeginAccept(t.Context(), list, at, store.Decision{Actor: "kim", Reason: "so it is"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), run, snapshot, pass); err != nil {
		t.Fatal(err)
	}
}

// reporter prints reports of a list and keeps them.
type reporter struct {
	t       testing.TB
	pool    *pgxpool.Pool
	list    catalog.ListID
	moments []time.Time
	printed []report
}

// report is the answer for each moment, as text, and when it was given.
type report struct {
	knownAt time.Time
	answers []string
}

const reportNow = `SELECT coalesce(string_agg(p::text, E'\n' ORDER BY p::text), '')
	FROM unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n) LEFT JOIN LATERAL (SELECT * FROM bi.prices_as_of(m.at) WHERE list = $2) AS p ON true
	GROUP BY n ORDER BY n`

const reportAgain = `SELECT coalesce(string_agg(p::text, E'\n' ORDER BY p::text), '')
	FROM unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n) LEFT JOIN LATERAL (SELECT * FROM bi.prices_as_of(m.at, $3) WHERE list = $2) AS p ON true
	GROUP BY n ORDER BY n`

// reportPlain is the same question to the view of what holds now.
const reportPlain = `SELECT coalesce(string_agg(p::text, E'\n' ORDER BY p::text), '')
	FROM unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n) LEFT JOIN bi.price_history AS p
		ON p.list = $2 AND p.valid_from <= m.at AND (p.valid_to IS NULL OR p.valid_to > m.at)
	GROUP BY n ORDER BY n`

// print asks now, and wants the answer of bi.price_history.
func (r *reporter) print(rt *rapid.T) {
	plain := query(r.t, r.pool, reportPlain, pgx.RowTo[string], r.moments, r.list.Name)
	now := query(r.t, r.pool, reportNow, pgx.RowTo[string], r.moments, r.list.Name)
	if diff := cmp.Diff(plain, now); diff != "" {
		rt.Fatalf("prices_as_of is not what price_history shows (-want +got):\n%s", diff)
	}
	clock := query(r.t, r.pool, "SELECT clock_timestamp()", pgx.RowTo[time.Time])[0]
	r.printed = append(r.printed, report{clock, now})
}

func (r *reporter) printAgain(rt *rapid.T) {
	for i, old := range r.printed {
		again := query(r.t, r.pool, reportAgain, pgx.RowTo[string], r.moments, r.list.Name, old.knownAt)
		if diff := cmp.Diff(old.answers, again); diff != "" {
			rt.Fatalf("report %d of %d came out differently (-then +now):\n%s", i+1, len(r.printed), diff)
		}
	}
}

// TestCorrectionsAreKnownLater walks through a price that a late snapshot
// corrects, and wants each clock to move alone.
func TestCorrectionsAreKnownLater(t *testing.T) {
	s, pool := openBI(t)
	source := newScripted()
	list := ensure(t, s, source.list, atOnce())
	clock := func() time.Time { return query(t, pool, "SELECT clock_timestamp()", pgx.RowTo[time.Time])[0] }
	var known []time.Time
	for _, step := range []struct {
		day    int
		amount string
		name   string
	}{{1, "100", "one"}, {9, "120", "two"}, {5, "110", "three"}} {
		entries := of(monthly(costs(step.amount)))
		entries["a"] = catalog.Entry{Key: "a", Name: step.name, Prices: entries["a"].Prices}
		put(t, s, list, source.snapshot(t, entries), day(step.day))
		known = append(known, clock())
	}
	want := [][]string{
		{"one|100|||t"},
		{"two|100||2026-01-09 00:00:00+00|f"},
		{"two|110|2026-01-01 00:00:00+00|2026-01-09 00:00:00+00|f"},
	}
	for i, at := range known {
		got := ask(t, s, fmt.Sprintf(`SELECT product_name, list_unit_price_text, not_before, valid_to, is_current
			FROM bi.prices_as_of('2026-01-06 00:00Z', '%s')`, at.Format(time.RFC3339Nano)))
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("after write %d (-want +got):\n%s", i+1, diff)
		}
	}
	if got := ask(t, s, `SELECT * FROM bi.prices_as_of('2026-01-06 00:00Z', '2026-01-06 00:00Z')`); got != nil {
		t.Errorf("known before it was written: %v", got)
	}
}

// TestKnownUntil wants a moment before the oldest run that may still write,
// and now where there is none.
func TestKnownUntil(t *testing.T) {
	s, pool := openBI(t)
	list := ensure(t, s, newScripted().list, atOnce())
	if got := ask(t, s, "SELECT bi.known_until() = now()"); !slices.Equal(got, []string{"t"}) {
		t.Errorf("nothing runs: %v", got)
	}
	run, err := s.BeginSync(t.Context(), list, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, s, "SELECT bi.known_until() < min(started_at) FROM bi.runs"); !slices.Equal(got, []string{"t"}) {
		t.Errorf("a run is going on: %v", got)
	}
	if _, err := s.Update(t.Context(), run, newScripted().snapshot(t, nil), pass); err != nil {
		t.Fatal(err)
	}
	later := query(t, pool, "SELECT bi.known_until() > max(recorded_at) FROM bi.runs", pgx.RowTo[bool])
	if !later[0] {
		t.Error("the run has ended, and what it wrote is not known")
	}
}
