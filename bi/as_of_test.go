package bi_test

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
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestReportCanBePrintedAgain sends random worlds in random orders through the
// store, some of it held and accepted later, and rebuilds history at the end
// under another rule. After every write it asks for the prices at several
// moments, and at last asks again as of then: byte for byte the same, whatever
// came since.
func TestReportCanBePrintedAgain(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		world := timelinetest.Worlds().Draw(rt, "world")
		held := rapid.SliceOfN(rapid.Bool(), len(world.Snapshots), len(world.Snapshots)).Draw(rt, "held")
		lists++
		l := storetest.NewList(t, s, pool, fmt.Sprintf("report-%d", lists), catalog.Products, storetest.RuleOf(world))
		r := reporter{t: t, pool: pool, list: l.List.ID, moments: momentsAround(world)}
		for _, n := range timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order") {
			if held[n] {
				l.Sync(world.Snapshots[n].At, "too little", storetest.InOrder(world.Snapshots[n].Entries)...)
			} else {
				l.Put(world.Snapshots[n].At, storetest.InOrder(world.Snapshots[n].Entries)...)
			}
			r.print(rt)
		}
		for _, n := range timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order of accepting") {
			if held[n] {
				l.Accept(world.Snapshots[n].At)
				r.print(rt)
			}
		}
		l.Rebuild(timeline.Rule{Snapshots: 1})
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

// reporter prints reports of a list and keeps them.
type reporter struct {
	t       testing.TB
	pool    *pgxpool.Pool
	list    catalog.ListID
	moments []time.Time
	printed []printout
}

// printout is the answer for each moment, as text, and when it was given: that
// of bi.prices_as_of, and the same question to the view of what holds now.
type printout struct {
	Now, Plain []string
	KnownAt    time.Time
}

const reportNow = `SELECT ARRAY(
	SELECT coalesce(string_agg(p::text, E'\n' ORDER BY p::text), '')
	FROM unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n) LEFT JOIN LATERAL (SELECT * FROM bi.prices_as_of(m.at) WHERE list = $2) AS p ON true
	GROUP BY n ORDER BY n), ARRAY(
	SELECT coalesce(string_agg(p::text, E'\n' ORDER BY p::text), '')
	FROM unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n) LEFT JOIN bi.price_history AS p
		ON p.list = $2 AND p.valid_from <= m.at AND (p.valid_to IS NULL OR p.valid_to > m.at)
	GROUP BY n ORDER BY n), clock_timestamp()`

// reportAgain answers for every moment as of all times of printing, in one
// query: planning it takes longer than answering.
const reportAgain = `SELECT coalesce(string_agg(p::text, E'\n' ORDER BY p::text), '')
	FROM unnest($3::timestamptz[]) WITH ORDINALITY AS k (known_at, k)
	CROSS JOIN unnest($1::timestamptz[]) WITH ORDINALITY AS m (at, n)
	LEFT JOIN LATERAL (SELECT * FROM bi.prices_as_of(m.at, k.known_at) WHERE list = $2) AS p ON true
	GROUP BY k, n ORDER BY k, n`

// print asks now, and wants the answer of bi.price_history.
func (r *reporter) print(rt *rapid.T) {
	answer := storetest.Rows(r.t, r.pool, reportNow, pgx.RowToStructByPos[printout], r.moments, r.list.Name)[0]
	if diff := cmp.Diff(answer.Plain, answer.Now); diff != "" {
		rt.Fatalf("prices_as_of is not what price_history shows (-want +got):\n%s", diff)
	}
	r.printed = append(r.printed, answer)
}

func (r *reporter) printAgain(rt *rapid.T) {
	known := make([]time.Time, len(r.printed))
	for i, printed := range r.printed {
		known[i] = printed.KnownAt
	}
	again := slices.Collect(slices.Chunk(storetest.Rows(r.t, r.pool, reportAgain, pgx.RowTo[string], r.moments, r.list.Name, known), len(r.moments)))
	if len(again) != len(r.printed) {
		rt.Fatalf("%d reports, printed again %d", len(r.printed), len(again))
	}
	for i, printed := range r.printed {
		if diff := cmp.Diff(printed.Now, again[i]); diff != "" {
			rt.Fatalf("report %d of %d came out differently (-then +now):\n%s", i+1, len(r.printed), diff)
		}
	}
}

// TestCorrectionsAreKnownLater walks through a price that a late snapshot
// corrects, and wants each clock to move alone.
func TestCorrectionsAreKnownLater(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	clock := func() time.Time { return storetest.Rows(t, pool, "SELECT clock_timestamp()", pgx.RowTo[time.Time])[0] }
	var known []time.Time
	for _, step := range []struct {
		day    int
		amount string
		name   string
	}{{1, "100", "one"}, {9, "120", "two"}, {5, "110", "three"}} {
		entries := priced(monthly(costs(step.amount)))
		entries[0].Name = step.name
		l.Put(storetest.Day(step.day), entries...)
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
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	if got := ask(t, s, "SELECT bi.known_until() = now()"); !slices.Equal(got, []string{"t"}) {
		t.Errorf("nothing runs: %v", got)
	}
	run, err := s.BeginSync(t.Context(), l.List, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, s, "SELECT bi.known_until() < min(started_at) FROM bi.runs"); !slices.Equal(got, []string{"t"}) {
		t.Errorf("a run is going on: %v", got)
	}
	if _, err := s.Update(t.Context(), run, l.Source.Snapshot(t), storetest.Pass); err != nil {
		t.Fatal(err)
	}
	later := storetest.Rows(t, pool, "SELECT bi.known_until() > max(recorded_at) FROM bi.runs", pgx.RowTo[bool])
	if !later[0] {
		t.Error("the run has ended, and what it wrote is not known")
	}
}

// TestKnownUntilGoesOnAfterADeath wants a run whose process was killed to hold
// nothing back, also where its list is never read again and nobody has closed it.
func TestKnownUntilGoesOnAfterADeath(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	l.Begin(record.Backfill, storetest.Day(1))
	perform(t, pool, "UPDATE runs SET started_at = started_at - interval '1 hour', heartbeat_at = heartbeat_at - interval '119 seconds'")
	if got := ask(t, s, "SELECT bi.known_until() < now()"); !slices.Equal(got, []string{"t"}) {
		t.Errorf("it may be about to commit: %v", got)
	}
	perform(t, pool, "UPDATE runs SET heartbeat_at = heartbeat_at - interval '1 second'")
	if got := ask(t, s, "SELECT bi.known_until() = now() FROM runs WHERE outcome = 'running'"); !slices.Equal(got, []string{"t"}) {
		t.Errorf("it is dead: %v", got)
	}
}
