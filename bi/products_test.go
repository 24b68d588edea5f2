package bi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store/report"
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestAvailabilityMatchesVersions compares bi.availability with a plain walk
// over the versions of the reference, for random worlds.
func TestAvailabilityMatchesVersions(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		world := timelinetest.Worlds().Draw(rt, "world")
		lists++
		l := storetest.NewList(t, s, pool, fmt.Sprintf("zones-%d", lists), catalog.Products, storetest.RuleOf(world))
		for _, snapshot := range world.Snapshots {
			l.Put(snapshot.At, storetest.InOrder(snapshot.Entries)...)
		}
		got := ask(t, s, `SELECT product_key, availability_zone, status, since AT TIME ZONE 'UTC', is_missing
			FROM bi.availability WHERE list = '`+l.List.ID.Name+`' ORDER BY product_key COLLATE "C", availability_zone COLLATE "C" NULLS FIRST`)
		if diff := cmp.Diff(availability(world), got); diff != "" {
			rt.Fatalf("bi.availability (-want +got):\n%s", diff)
		}
	})
}

// availability is what bi.availability must show, as lines.
func availability(world timelinetest.World) []string {
	history := timelinetest.Reference(world)
	contents := map[catalog.Digest]catalog.Entry{}
	for _, snapshot := range world.Snapshots {
		for _, entry := range snapshot.Entries {
			contents[entry.Digest()] = entry
		}
	}
	byKey := map[string][]timelinetest.Version{}
	var keys []string
	for _, version := range history.Versions {
		byKey[version.Key] = append(byKey[version.Key], version)
		keys = append(keys, version.Key)
	}
	slices.Sort(keys)
	var lines []string
	for _, key := range slices.Compact(keys) {
		versions := byKey[key]
		if last := versions[len(versions)-1]; last.To != nil {
			continue // delisted
		}
		missing := slices.ContainsFunc(history.Absences, func(a timelinetest.Absence) bool { return a.Key == key && a.To == nil })
		for _, zone := range append([]string{""}, zonesEver(versions, contents)...) {
			lines = append(lines, availabilityIn(zone, key, versions, contents, missing))
		}
	}
	return lines
}

func zonesEver(versions []timelinetest.Version, contents map[catalog.Digest]catalog.Entry) []string {
	var zones []string
	for _, version := range versions {
		for _, zone := range contents[version.Digest].ZoneStatuses {
			zones = append(zones, zone.Zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

func availabilityIn(zone, key string, versions []timelinetest.Version, contents map[catalog.Digest]catalog.Entry, missing bool) string {
	status := func(v timelinetest.Version) string {
		entry := contents[v.Digest]
		for _, own := range entry.ZoneStatuses {
			if own.Zone == zone {
				return own.Status
			}
		}
		if entry.Status == nil {
			return ""
		}
		return *entry.Status
	}
	last := versions[len(versions)-1]
	since := last.From
	for i := len(versions) - 2; i >= 0 && versions[i].To.Equal(since) && status(versions[i]) == status(last); i-- {
		since = versions[i].From
	}
	return strings.Join([]string{key, zone, status(last), since.Format("2006-01-02 15:04:05.999999"), fmt.Sprint(missing)[:1]}, "|")
}

// TestFlapping wants bridged and confirmed absences counted, by product.
func TestFlapping(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 2})
	a, b, c := catalog.Entry{Key: "a", Name: "A"}, catalog.Entry{Key: "b"}, catalog.Entry{Key: "c"}
	for i, entries := range [][]catalog.Entry{
		{a, b, c}, {b, c}, {a, b, c}, {b, c}, {a, b, c}, {b, c}, {b, c}, {a, b, c}, {a, c}, {c},
	} {
		l.Put(storetest.Day(i+1), entries...)
	}
	want := []string{"a|A|2|1|2026-01-06|2026-01-08|t"}
	got := ask(t, s, `SELECT product_key, product_name, bridged, relisted, (last_absent_from AT TIME ZONE 'UTC')::date,
		(last_absent_to AT TIME ZONE 'UTC')::date, is_missing FROM bi.flapping`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.flapping (-want +got):\n%s", diff)
	}
}

// TestProductHistory wants what a product was, and since when that is known.
func TestProductHistory(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	attributes, err := catalog.NewAttributes(map[string]any{"os": "linux"})
	if err != nil {
		t.Fatal(err)
	}
	vcpu, memory := amount("2"), amount("1536.5")
	small := catalog.Entry{Key: "a", Name: "small", Status: ptr("sale"), VCPU: &vcpu, MemoryMiB: &memory, Attributes: attributes}
	large := small
	large.Name, large.ZoneStatuses = "large", []catalog.ZoneStatus{{Zone: "az1", Status: "soldout"}}
	l.Put(storetest.Day(1), small)
	l.Put(storetest.Day(2), small)
	l.Put(storetest.Day(3), large)
	want := []string{
		`small|sale|2.000000000000000000|1536.500000000000000000||{}|{"os": "linux"}||2026-01-01|2026-01-03|f`,
		`large|sale|2.000000000000000000|1536.500000000000000000||{"az1": "soldout"}|{"os": "linux"}|2026-01-02|2026-01-03||t`,
	}
	got := ask(t, s, `SELECT product_name, status, vcpu, memory_mib, gpu_count, zone_statuses, attributes, not_before::date, valid_from::date,
		valid_to::date, is_current FROM bi.product_history ORDER BY valid_from`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.product_history (-want +got):\n%s", diff)
	}
}

// TestFocusSKUPrice wants the provider's own dates as effective dates, never
// the moment at which a price was first seen.
func TestFocusSKUPrice(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	dated := monthly(costs("110"), func(p *catalog.Price) { from := storetest.Day(20); p.EffectiveFrom = &from })
	l.Put(storetest.Day(1), priced(monthly())...)
	l.Put(storetest.Day(2), priced(dated)...)
	want := []string{
		"test|a|a/full||month|KRW|100.000000000000000000||||test|things|100|full|excluded||2026-01-01|2026-01-02",
		"test|a|a/full||month|KRW|110.000000000000000000|||2026-01-20|test|things|110|full|excluded|2026-01-01|2026-01-02|",
	}
	got := ask(t, s, `SELECT service_provider_name, sku_id, sku_price_id, sku_price_description, pricing_unit, pricing_currency, list_unit_price,
		contract_id, quantity_tier_minimum, sku_price_effective_start::date, x_source, x_list, x_list_unit_price_text, x_price_variant,
		x_tax_basis, x_observed_not_before::date, x_observed_from::date, x_observed_to::date
		FROM bi.focus_sku_price ORDER BY x_observed_from`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bi.focus_sku_price (-want +got):\n%s", diff)
	}
}

// TestProvenance wants each version led back to the bytes that prove it, also
// over snapshots whose pages another one holds.
func TestProvenance(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	first := l.Source.Snapshot(t, priced(monthly())...)
	second := l.Source.Snapshot(t, priced(monthly(costs("110")))...)
	l.Write(storetest.Day(1), first)
	l.Write(storetest.Day(9), first)  // the same pages: those of day 1 prove it
	l.Write(storetest.Day(5), second) // so that a version begins on day 9
	perform(t, pool, "UPDATE product_versions SET page_number = CASE valid_from WHEN '2026-01-05 00:00Z' THEN 1 END")
	perform(t, pool, `WITH page AS (INSERT INTO pages (list_id, sha256, media_type, size, body) SELECT id, sha256('x'), 'json', 1, '' FROM lists RETURNING list_id, id)
		INSERT INTO snapshot_pages (list_id, taken_at, number, part, request, page_id) SELECT list_id, at::timestamptz, 2, 1, 'GET /things?page=2', id
		FROM page, unnest(ARRAY['2026-01-01 00:00Z', '2026-01-05 00:00Z']) AS at`)
	got, err := s.Report.Provenance(t.Context(), l.List.ID, "a")
	if err != nil {
		t.Fatal(err)
	}
	hash := func(snapshot *snapshot.Snapshot) string {
		return fmt.Sprintf("%x", snapshot.Pages()[0].Parts[0].SHA256)
	}
	const x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
	page1 := report.Proof{Page: 1, Part: 1, BaseURL: "http://test", Request: "GET /things", SHA256: hash(first), Size: 1}
	page2 := report.Proof{Page: 2, Part: 1, BaseURL: "http://test", Request: "GET /things?page=2", SHA256: x, Size: 1}
	at := func(p report.Proof, taken, pages, to time.Time) report.Proof {
		p.From, p.TakenAt, p.PagesTakenAt, p.To = taken, taken, pages, to
		return p
	}
	middle := at(page1, storetest.Day(5), storetest.Day(5), storetest.Day(9))
	middle.SHA256, middle.Known = hash(second), true
	want := []report.Proof{
		at(page1, storetest.Day(1), storetest.Day(1), storetest.Day(5)), at(page2, storetest.Day(1), storetest.Day(1), storetest.Day(5)), middle,
		at(page1, storetest.Day(9), storetest.Day(1), time.Time{}), at(page2, storetest.Day(9), storetest.Day(1), time.Time{}),
	}
	for i := range got {
		if got[i].RecordedAt.IsZero() {
			t.Errorf("no recorded_at in %+v", got[i])
		}
		got[i].RecordedAt = time.Time{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("provenance (-want +got):\n%s", diff)
	}
}
