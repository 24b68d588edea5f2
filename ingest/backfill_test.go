package ingest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
	"syncer/store/record"
)

// at is a moment of the simulated world, in days since its start.
func at(days int) time.Time { return simulate.WorldStart().AddDate(0, 0, days) }

// walked is a complete walk of the simulated list at a moment of its world.
func (s *stage) walked(t *testing.T, day int) []catalog.Page {
	t.Helper()
	s.simulatedAt(t, "iwinv", at(day))
	var pages []catalog.Page
	for page, err := range s.fetcher.Pages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	return pages
}

// importInto makes a dated snapshot part of the history of a database.
func (s *stage) importInto(t *testing.T, pages []catalog.Page, takenAt time.Time) {
	t.Helper()
	snapshot, err := ingest.Collect(s.fetcher, takenAt, pages)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.runner.Import(t.Context(), s.list, snapshot, takenAt); err != nil {
		t.Fatal(err)
	}
}

// fresh is the same list in an empty database, without guard: whatever is
// imported is a member of history.
func (s *stage) fresh(t *testing.T) *stage {
	t.Helper()
	other := *s
	other.pool = pgtest.New(t)
	other.runner = newRunner(other.pool)
	other.runner.Guard = ingest.Guard{}
	list, err := other.runner.Store.EnsureList(t.Context(), s.fetcher.List(), record.ListSettings{Rule: s.list.Rule})
	if err != nil {
		t.Fatal(err)
	}
	other.list = list
	return &other
}

// history is every row that analysts see, apart from when it was written.
func (s *stage) history(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, view := range []string{"price_history", "price_changes", "product_status_changes", "products_current"} {
		all[view] = column[string](t, s.pool, fmt.Sprintf("SELECT (to_jsonb(v) - 'recorded_at')::text FROM bi.%s v ORDER BY 1", view))
	}
	return all
}

// TestBackfillInAnyOrder wants one history of three snapshots, in whatever
// order they come.
func TestBackfillInAnyOrder(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	days := []int{0, 20, 40}
	pages := map[int][]catalog.Page{}
	for _, day := range days {
		pages[day] = s.walked(t, day)
	}
	var want map[string][]string
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		other := s.fresh(t)
		for _, i := range order {
			other.importInto(t, pages[days[i]], at(days[i]))
		}
		got := other.history(t)
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order %v (-in order +got):\n%s", order, diff)
		}
		other.mustBeConsistent(t)
	}
	if len(want["price_history"]) == 0 || len(want["price_changes"]) <= len(pages[0]) {
		t.Errorf("the world hardly changed: %d rows", len(want["price_history"]))
	}
}

// mustBeConsistent wants at most one open version a key and no overlaps, also
// between open and closed rows, which no constraint covers.
func (s *stage) mustBeConsistent(t *testing.T) {
	t.Helper()
	for table, id := range map[string]string{"product_versions": "product_id", "price_history": "price_id"} {
		overlaps := one[int](t, s.pool, fmt.Sprintf(`SELECT count(*) FROM %[1]s a JOIN %[1]s b
			ON a.list_id = b.list_id AND a.%[2]s = b.%[2]s AND a.valid_from < b.valid_from
			AND tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to)
			WHERE a.superseded_by IS NULL AND b.superseded_by IS NULL`, table, id))
		open := one[int](t, s.pool, fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM %s WHERE valid_to IS NULL AND superseded_by IS NULL
			GROUP BY list_id, %s HAVING count(*) > 1) x`, table, id))
		if overlaps+open > 0 {
			t.Errorf("%s: %d overlaps, %d keys with more than one open version", table, overlaps, open)
		}
	}
}
