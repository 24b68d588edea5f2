package ingest_test

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/ingest"
)

// TestTwoRunnersAtOnce lets two runners see different worlds of one list at
// once, and wants the history that the same snapshots give one after another.
func TestTwoRunnersAtOnce(t *testing.T) {
	t.Parallel()
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
