package ingest_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
	"syncer/store"
)

// TestSecondSyncWritesNoVersion wants one more snapshot row and nothing else.
func TestSecondSyncWritesNoVersion(t *testing.T) {
	for _, list := range []string{
		"iwinv/flavors", "iwinv/zones", "iwinv/images", "iwinv/block-storage-types",
		"zstack/instance-offerings", "zstack/disk-offerings",
	} {
		t.Run(list, func(t *testing.T) {
			provider, name, _ := strings.Cut(list, "/")
			s := newStage(t, provider, name)
			s.mustSync(t, store.Changed)
			want := s.counts(t)
			want["snapshots"]++
			s.mustSync(t, store.Unchanged)
			if diff := cmp.Diff(want, s.counts(t)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGuardHolds wants a shrunk list to wait for a person and a later whole one
// to pass.
func TestGuardHolds(t *testing.T) {
	for fault, heldFor := range map[string]string{
		"iwinv:shrink:fraction=0.1": "entries would be removed",
		"iwinv:empty":               "entries would be removed",
	} {
		t.Run(fault, func(t *testing.T) { testGuardHolds(t, fault, heldFor) })
	}
}

func testGuardHolds(t *testing.T, fault, heldFor string) {
	s := newStage(t, "iwinv", "flavors")
	s.mustSync(t, store.Changed)
	before, tables := s.counts(t), []string{"products", "product_versions", "prices", "price_history", "product_status_changes", "absences"}
	s.simulated(t, "iwinv", fault)
	held := s.mustSync(t, store.Held)
	if !strings.Contains(held.HeldFor, heldFor) {
		t.Errorf("held for %q, want %q", held.HeldFor, heldFor)
	}
	after := s.counts(t)
	for _, table := range tables {
		if before[table] != after[table] {
			t.Errorf("%s went from %d rows to %d", table, before[table], after[table])
		}
	}
	if state := one[string](t, s.pool, "SELECT state FROM bi.freshness"); state != "held" {
		t.Errorf("bi.freshness says %q", state)
	}
	if pages := one[int](t, s.pool, `SELECT count(*) FROM snapshot_pages p JOIN snapshots s USING (list_id, taken_at)
		WHERE s.status = 'held'`); pages == 0 {
		t.Error("a held snapshot has no evidence")
	}
	s.simulated(t, "iwinv")
	s.mustSync(t, store.Unchanged)
}

// oneFlavor is a whole list whose only price is written as given.
func oneFlavor(amount string) string {
	return `{"code":"0x00","error_code":"SUCCESS","message":"","result":[{"flavor_id":"f","name":"f","status":"available",` +
		`"spec":{"vcpu":1},"price":{"full":{"type":"month","KRW":{"price":` + amount + `}}}}],` +
		`"count":1,"page_no":1,"page_size":10,"total":1}`
}

func (s *stage) serves(t *testing.T, body string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	s.behind.play(t, server.URL)
}

// TestSpellingMakesNoVersion wants equal decimals to be one version, and a
// decimal that differs by the least to be another.
func TestSpellingMakesNoVersion(t *testing.T) {
	for _, c := range []struct{ amounts, other string }{
		{"1.10 1.1 1.100 11e-1", "1.1000000000000000001"},
		{"1.9e-08 0.000000019 19E-9", "0.00000001900000001"},
		{"0 0.0 0e5", "1e-18"},
		{"5600 5600.0 5.6e3", "5600.01"},
	} {
		t.Run(c.amounts, func(t *testing.T) {
			s := newStage(t, "iwinv", "flavors")
			for i, amount := range strings.Fields(c.amounts) {
				s.serves(t, oneFlavor(amount))
				want := store.Unchanged
				if i == 0 {
					want = store.Changed
				}
				s.mustSync(t, want)
			}
			if n := one[int](t, s.pool, "SELECT (SELECT count(*) FROM product_versions) + (SELECT count(*) FROM price_history)"); n != 2 {
				t.Errorf("%d versions of entry and price, want 1 of each", n)
			}
			s.serves(t, oneFlavor(c.other))
			s.mustSync(t, store.Changed)
		})
	}
}

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
	snapshot, err := ingest.Collect(s.fetcher, pages)
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
	list, err := other.runner.Store.EnsureList(t.Context(), s.fetcher.List(), store.ListSettings{Rule: s.list.Rule})
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

// TestTwoRunnersAtOnce lets two runners see different worlds of one list at
// once, and wants the history that the same snapshots give one after another.
func TestTwoRunnersAtOnce(t *testing.T) {
	s := newStage(t, "iwinv", "flavors")
	worlds := []map[int]*stage{}
	seen := map[time.Time][]catalog.Page{}
	for round := range 4 {
		pair := map[int]*stage{}
		for _, day := range []int{round * 14, round*14 + 7} {
			runner := *s
			runner.behind = &behind{}
			runner.runner = newRunner(s.pool)
			runner.runner.Guard = ingest.Guard{}
			t.Cleanup(runner.behind.CloseIdleConnections)
			endpoint := runner.simulatedAt(t, "iwinv", at(day))
			endpoint.BaseURL = s.fetcher.List().Settings["base_url"]
			runner.fetcher = newFetcher(t, endpoint, "flavors", runner.behind)
			pair[day] = &runner
		}
		worlds = append(worlds, pair)
	}
	for _, pair := range worlds {
		maps.Copy(seen, s.together(t, pair))
	}
	s.mustBeConsistent(t)
	other := s.fresh(t)
	for _, moment := range slices.SortedFunc(maps.Keys(seen), time.Time.Compare) {
		other.importInto(t, seen[moment], moment)
	}
	if diff := cmp.Diff(other.history(t), s.history(t)); diff != "" {
		t.Errorf("history (-one after another +at once):\n%s", diff)
	}
}

// together syncs all at once and returns what each saw, by its moment.
func (s *stage) together(t *testing.T, pair map[int]*stage) map[time.Time][]catalog.Page {
	t.Helper()
	var all sync.WaitGroup
	var mutex sync.Mutex
	moments := map[int]time.Time{}
	for day, runner := range pair {
		all.Go(func() {
			report, err := runner.runner.Sync(t.Context(), runner.list, runner.fetcher, nil)
			if err != nil {
				t.Errorf("day %d: %v", day, err)
				return
			}
			mutex.Lock()
			defer mutex.Unlock()
			moments[day] = report.TakenAt
		})
	}
	all.Wait()
	seen := map[time.Time][]catalog.Page{}
	for day, moment := range moments {
		seen[moment] = s.walked(t, day)
	}
	return seen
}
