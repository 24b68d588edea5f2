package ingest_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/store/record"
)

// replaced is an edit of what the provider says.
func replaced(pattern, with string) func(string) string {
	found := regexp.MustCompile(pattern)
	return func(body string) string { return found.ReplaceAllString(body, with) }
}

// TestNastyToken covers case 30: the session ends in the middle of a walk, is
// renewed, and there is one snapshot.
func TestNastyToken(t *testing.T) {
	t.Parallel()
	s := newStage(t, "zstack", "instance-offerings")
	before := s.mustSync(t, record.Changed)
	s.simulated(t, "zstack", "zstack:expire:page=3")
	if report := s.mustSync(t, record.Unchanged); report.Entries != before.Entries || report.Pages < 3 {
		t.Errorf("%d entries on %d pages, want %d on at least 3", report.Entries, report.Pages, before.Entries)
	}
	if n := one[int](t, s.pool, "SELECT count(*) FROM snapshots"); n != 2 {
		t.Errorf("%d snapshots, want 2", n)
	}
}

// TestNastyHuawei covers case 37, in which normal is said or left out, or
// another word comes, and case 38, in which only a zone changes.
func TestNastyHuawei(t *testing.T) {
	t.Parallel()
	s := newStage(t, "huawei", "products")
	s.mustSyncAs(t, "huawei", 0, record.Changed)
	for _, spelling := range []any{"normal", nil, ""} {
		s.behind.edit = normals(spelling)
		s.mustSyncAs(t, "huawei", 0, record.Unchanged)
	}
	if n := one[int](t, s.pool, "SELECT count(*) FROM product_status_changes WHERE event = 'changed'"); n != 0 {
		t.Errorf("%d changes", n)
	}
	s.behind.edit = normals("resting")
	s.mustSyncAs(t, "huawei", 0, record.Held) // nearly all statuses at once
	s.mustAccept(t)
	got := column[string](t, s.pool, "SELECT DISTINCT from_status || ' ' || to_status FROM bi.product_status_changes WHERE event = 'changed' AND availability_zone IS NULL")
	if diff := cmp.Diff([]string{"normal resting"}, got); diff != "" {
		t.Errorf("an unknown word (-want +got):\n%s", diff)
	}
	if n := one[int](t, s.pool, "SELECT count(*) FROM bi.drift WHERE kind = 'word' AND seen = 'resting'"); n == 0 {
		t.Error("the unknown word is not told")
	}
}

// normals spells the status of every product that is normal, or says none, in
// another way.
func normals(spelling any) func(string) string {
	return func(body string) string {
		var page map[string]any
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			return body
		}
		products, _ := page["products"].([]any)
		for _, product := range products {
			if row, ok := product.(map[string]any); ok && (row["status"] == nil || row["status"] == "normal") {
				row["status"] = spelling
			}
		}
		edited, err := json.Marshal(page)
		if err != nil {
			return body
		}
		return string(edited)
	}
}

// mustSyncAs syncs a provider at a day of its world.
func (s *stage) mustSyncAs(t *testing.T, provider string, day int, want record.Outcome) {
	t.Helper()
	s.simulatedAt(t, provider, at(day))
	s.mustSync(t, want)
}

// mustAccept makes what is held part of history.
func (s *stage) mustAccept(t *testing.T) {
	t.Helper()
	reports, err := s.runner.Accept(t.Context(), s.list, s.fetcher, nil, decision())
	if err != nil || len(reports) != 1 || reports[0].Outcome != record.Changed {
		t.Fatalf("accept: %+v, %v", reports, err)
	}
}

func TestNastyHuaweiZone(t *testing.T) {
	t.Parallel()
	s := newStage(t, "huawei", "products")
	s.mustSyncAs(t, "huawei", 0, record.Changed)
	s.mustSyncAs(t, "huawei", 9, record.Changed)
	zones := column[string](t, s.pool, `SELECT DISTINCT availability_zone FROM bi.product_status_changes
		WHERE event = 'changed' AND from_status = 'normal' AND to_status = 'sellout'`)
	if len(zones) == 0 {
		t.Fatal("no zone was sold out by day 9 of the world")
	}
	everywhere := one[int](t, s.pool, `SELECT count(*) FROM bi.product_status_changes a WHERE event = 'changed' AND availability_zone IS NULL
		AND product_key IN (SELECT product_key FROM bi.product_status_changes WHERE event = 'changed' AND availability_zone IS NOT NULL)`)
	if everywhere != 0 {
		t.Errorf("%d changes of the whole product where only a zone changed", everywhere)
	}
}

// TestNastyContract covers case 39: what a contract's list says is told, also
// when it is past its end, in a state nobody knows, or marked as deleted.
func TestNastyContract(t *testing.T) {
	t.Parallel()
	s := newStage(t, "scp", "planned-computes")
	s.mustSyncAs(t, "scp", 0, record.Changed)
	before := s.contracts(t)
	s.behind.edit = func(body string) string {
		body = replaced(`"state"\s*:\s*"[A-Z]+"`, `"state":"FROZEN"`)(body)
		body = replaced(`"delete_yn"\s*:\s*"N"`, `"delete_yn":"Y"`)(body)
		return replaced(`"end_date"\s*:\s*"20\d\d`, `"end_date":"2024`)(body)
	}
	s.mustSyncAs(t, "scp", 0, record.Held) // all statuses at once
	s.mustAccept(t)
	after := s.contracts(t)
	if len(after) != len(before) || len(after) == 0 {
		t.Fatalf("%d contracts were %d", len(after), len(before))
	}
	for _, contract := range after {
		if !strings.HasPrefix(contract, "FROZEN") || !strings.Contains(contract, `"Y"`) || !strings.Contains(contract, " 2024-") && !strings.Contains(contract, " 2025-") {
			t.Errorf("got %s", contract)
		}
	}
	if n := one[int](t, s.pool, "SELECT count(*) FROM absences"); n != 0 {
		t.Errorf("%d absences", n)
	}
}

func (s *stage) contracts(t *testing.T) []string {
	t.Helper()
	return column[string](t, s.pool, `SELECT coalesce(status, '-') || ' ' || coalesce(to_char(period_end AT TIME ZONE 'UTC', 'YYYY-MM-DD'), '') || ' ' || attributes
		FROM bi.contracts_current ORDER BY contract_key`)
}
