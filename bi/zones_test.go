package bi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// zoneSpan is a row of bi.zone_status_history; "" is everywhere.
type zoneSpan struct {
	Key, Zone string
	Status    *string
	NotBefore *time.Time
	From      time.Time
	To        *time.Time
}

// TestZonesHaveSpans compares bi.zone_status_history with a plain walk over the
// versions of the reference, for random worlds, and what is current there with
// bi.availability.
func TestZonesHaveSpans(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		world := timelinetest.Worlds().Draw(rt, "world")
		lists++
		l := storetest.NewList(t, s, pool, fmt.Sprintf("spans-%d", lists), catalog.Products, storetest.RuleOf(world))
		for _, i := range timelinetest.Orders(len(world.Snapshots)).Draw(rt, "order") {
			l.Put(world.Snapshots[i].At, storetest.InOrder(world.Snapshots[i].Entries)...)
		}
		if diff := cmp.Diff(zoneSpansByHand(world), zoneSpans(t, pool, l.List.ID)); diff != "" {
			rt.Fatalf("bi.zone_status_history (-want +got):\n%s", diff)
		}
		if odd := storetest.Rows(t, pool, againstAvailability, pgx.RowTo[string], l.List.ID.Name); len(odd) > 0 {
			rt.Fatalf("bi.zone_status_history and bi.availability differ: %v", odd)
		}
	})
}

// againstAvailability finds what is said differently of now: a zone that has no
// span of its own has the word of everywhere.
const againstAvailability = `SELECT concat_ws('|', a.product_key, a.availability_zone, a.status, a.since, own.status, own.valid_from, everywhere.status)
	FROM (SELECT * FROM bi.availability WHERE list = $1) AS a
	FULL JOIN (SELECT * FROM bi.zone_status_history WHERE list = $1 AND is_current) AS own
		ON own.product_key = a.product_key AND coalesce(own.availability_zone, '') = coalesce(a.availability_zone, '')
	LEFT JOIN (SELECT * FROM bi.zone_status_history WHERE list = $1 AND is_current AND availability_zone IS NULL) AS everywhere
		ON everywhere.product_key = a.product_key
	WHERE a.product_key IS NULL OR everywhere.product_key IS NULL
	   OR a.status IS DISTINCT FROM CASE WHEN own.product_key IS NULL THEN everywhere.status ELSE own.status END
	   OR a.since > own.valid_from OR a.availability_zone IS NULL AND a.since IS DISTINCT FROM own.valid_from`

func zoneSpans(t testing.TB, pool *pgxpool.Pool, id catalog.ListID) []zoneSpan {
	all := storetest.Rows(t, pool, `SELECT product_key, coalesce(availability_zone, ''), status, not_before, valid_from, valid_to
		FROM bi.zone_status_history WHERE list = $1`, pgx.RowToStructByPos[zoneSpan], id.Name)
	for i := range all {
		all[i].NotBefore, all[i].From, all[i].To = storetest.UTC(all[i].NotBefore), all[i].From.UTC(), storetest.UTC(all[i].To)
	}
	return inOrder(all)
}

func inOrder(all []zoneSpan) []zoneSpan {
	slices.SortFunc(all, func(a, b zoneSpan) int {
		if by := strings.Compare(a.Key+"\x00"+a.Zone, b.Key+"\x00"+b.Zone); by != 0 {
			return by
		}
		return a.From.Compare(b.From)
	})
	return all
}

func zoneSpansByHand(world timelinetest.World) []zoneSpan {
	contents := map[catalog.Digest]catalog.Entry{}
	for _, snapshot := range world.Snapshots {
		for _, entry := range snapshot.Entries {
			contents[entry.Digest()] = entry
		}
	}
	all := []zoneSpan{}
	for _, version := range timelinetest.Reference(world).Versions {
		entry := contents[version.Digest]
		words := append([]catalog.ZoneStatus{}, entry.ZoneStatuses...)
		all = append(all, zoneSpan{Key: version.Key, Status: entry.Status, From: version.From.UTC(), To: storetest.UTC(version.To)})
		for _, zone := range words {
			all = append(all, zoneSpan{Key: version.Key, Zone: zone.Zone, Status: &zone.Status, From: version.From.UTC(), To: storetest.UTC(version.To)})
		}
	}
	joined := all[:0]
	for _, next := range inOrder(all) {
		if n := len(joined); n > 0 && next.goesOnFrom(joined[n-1]) {
			joined[n-1].To = next.To
			continue
		}
		next.NotBefore = snapshotBefore(world, next.From)
		joined = append(joined, next)
	}
	return joined
}

func (s zoneSpan) goesOnFrom(last zoneSpan) bool {
	same := s.Status == last.Status || s.Status != nil && last.Status != nil && *s.Status == *last.Status
	return same && s.Key == last.Key && s.Zone == last.Zone && last.To != nil && last.To.Equal(s.From)
}

func snapshotBefore(world timelinetest.World, at time.Time) *time.Time {
	var before *time.Time
	for _, snapshot := range world.Snapshots {
		if snapshot.At.Before(at) && (before == nil || snapshot.At.After(*before)) {
			moment := snapshot.At.UTC()
			before = &moment
		}
	}
	return before
}

// TestStatusEventsHaveBounds wants the snapshot before an event, and none for
// what the first snapshot of a list held: it may have been there for long.
func TestStatusEventsHaveBounds(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	a, b := catalog.Entry{Key: "a"}, catalog.Entry{Key: "b"}
	for i, entries := range [][]catalog.Entry{{a}, {a, b}, {b}} {
		l.Put(storetest.Day(i+1), entries...)
	}
	want := []string{"a|appeared|2026-01-01|", "a|delisted|2026-01-03|2026-01-02", "b|appeared|2026-01-02|2026-01-01"}
	got := ask(t, s, `SELECT product_key, event, changed_at::date, not_before::date FROM bi.product_status_changes ORDER BY 1, 3`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.product_status_changes (-want +got):\n%s", diff)
	}
}

// TestSoldOutEndsWithTheProduct follows a zone that is sold out until its
// product is delisted, and comes back with it.
func TestSoldOutEndsWithTheProduct(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 2})
	in := func(words ...string) catalog.Entry {
		entry := catalog.Entry{Key: "a", Status: ptr("sale")}
		for i, word := range words {
			entry.ZoneStatuses = append(entry.ZoneStatuses, catalog.ZoneStatus{Zone: fmt.Sprintf("az%d", i+1), Status: word})
		}
		return entry
	}
	gone := catalog.Entry{Key: "b"}
	for i, entries := range [][]catalog.Entry{
		{in("sale")}, {in("soldout")}, {in("soldout", "sale")}, {gone}, {gone}, {in("soldout")}, {in()},
	} {
		l.Put(storetest.Day(i+1), entries...)
	}
	want := []string{
		"az1|sale||2026-01-01|2026-01-02|f", "az1|soldout|2026-01-01|2026-01-02|2026-01-04|f", "az1|soldout|2026-01-05|2026-01-06|2026-01-07|f",
		"az2|sale|2026-01-02|2026-01-03|2026-01-04|f", "|sale||2026-01-01|2026-01-04|f", "|sale|2026-01-05|2026-01-06||t",
	}
	got := ask(t, s, `SELECT availability_zone, status, not_before::date, valid_from::date, valid_to::date, is_current
		FROM bi.zone_status_history WHERE product_key = 'a' ORDER BY 1, 4`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.zone_status_history (-want +got):\n%s", diff)
	}
}
