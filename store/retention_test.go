package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
)

// provable are the snapshots of a list whose pages are there, by moment.
func provable(t testing.TB, s *store.Store, list store.List) map[int64]bool {
	t.Helper()
	all, err := s.Snapshots(context.Background(), list, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[int64]bool)
	for _, one := range all {
		_, err := s.PagesOf(context.Background(), list, one.TakenAt)
		if err != nil && !errors.Is(err, record.ErrNoPages) {
			t.Fatal(err)
		}
		found[one.TakenAt.UnixMicro()] = err == nil
	}
	return found
}

// boundaries are all moments that stand in the rows of a list, superseded ones
// too, read one column after the other.
func boundaries(t testing.TB, pool *pgxpool.Pool, list string) map[int64]bool {
	t.Helper()
	found := make(map[int64]bool)
	for table, columns := range map[string][]string{
		"product_versions": {"valid_from", "valid_to"}, "contract_versions": {"valid_from", "valid_to"},
		"price_history": {"valid_from", "valid_to"}, "absences": {"absent_from", "absent_to", "confirmed_at"},
	} {
		for _, column := range columns {
			rows, err := pool.Query(context.Background(), fmt.Sprintf(
				"SELECT r.%[1]s FROM %[2]s r JOIN lists ON lists.id = r.list_id WHERE lists.list = $1 AND r.%[1]s IS NOT NULL", column, table), list)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var at time.Time
				if err := rows.Scan(&at); err != nil {
					t.Fatal(err)
				}
				found[at.UnixMicro()] = true
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
		}
	}
	return found
}

func givenUpBy(s *store.Store, list store.List, keep store.Keep) (store.GivenUp, error) {
	looked, err := s.ToGiveUp(context.Background(), list, keep)
	if err != nil {
		return store.GivenUp{}, err
	}
	return s.GiveUp(context.Background(), list, keep, looked)
}

// TestBoundariesStayProvable gives up what is between boundaries in random
// worlds. Every boundary and the newest snapshot must keep their pages, every
// other snapshot that shares its pages with none of them must lose them, and
// history must stay as it was, proven and writable.
func TestBoundariesStayProvable(t *testing.T) {
	pool := pgtest.New(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		w := drawWritten(rt, t, pool, fmt.Sprintf("world-%d", lists))
		if _, err := givenUpBy(w.store, w.list, store.Keep{Boundaries: true}); err != nil {
			rt.Fatal(err)
		}
		w.mustMatch(rt, t, "after giving up pages")
		all, err := w.store.Snapshots(context.Background(), w.list, time.Time{})
		if err != nil {
			rt.Fatal(err)
		}
		atBoundary, kept := boundaries(t, pool, w.source.list.ID.Name), provable(t, w.store, w.list)
		atBoundary[all[len(all)-1].TakenAt.UnixMicro()] = true
		needed := make(map[int64]bool)
		for _, one := range all {
			if atBoundary[one.TakenAt.UnixMicro()] {
				needed[one.PagesOf.UnixMicro()] = true
			}
		}
		for _, one := range all {
			if want := needed[one.PagesOf.UnixMicro()]; kept[one.TakenAt.UnixMicro()] != want {
				rt.Fatalf("snapshot %s: pages kept is %t, want %t", one.TakenAt, !want, want)
			}
		}
		if report, err := w.store.Verify(context.Background(), w.list, w.source.reread); err != nil || len(report.Contradictions) > 0 {
			rt.Fatalf("verify: %v, %v", report.Contradictions, err)
		}
		unused := 0
		if err := pool.QueryRow(context.Background(), `SELECT count(*) FROM pages JOIN lists ON lists.id = list_id WHERE list = $1
			AND pages.id NOT IN (SELECT page_id FROM snapshot_pages WHERE snapshot_pages.list_id = lists.id)`, w.source.list.ID.Name).Scan(&unused); err != nil || unused > 0 {
			rt.Fatalf("%d pages are in no use, %v", unused, err)
		}
		late := rapid.SampledFrom(w.world.Snapshots).Draw(rt, "late")
		put(t, w.store, w.list, w.source.snapshot(t, late.Entries), late.At.Add(time.Minute))
		if report, err := w.store.Verify(context.Background(), w.list, w.source.reread); err != nil || len(report.Contradictions) > 0 {
			rt.Fatalf("verify after a late snapshot: %v, %v", report.Contradictions, err)
		}
	})
}

// days is a list of one entry that says one word a day; "" repeats the bytes
// of the day before.
func days(t *testing.T, s *store.Store, list store.List, source *scripted, begin time.Time, words ...string) {
	t.Helper()
	var last *snapshot.Snapshot
	for day, word := range words {
		if word != "" {
			source.salt++
			last = source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a", Name: word}})
		}
		put(t, s, list, last, begin.AddDate(0, 0, day))
	}
}

func pattern(found map[int64]bool, begin time.Time, n int) string {
	out := ""
	for day := range n {
		if found[begin.AddDate(0, 0, day).UnixMicro()] {
			out += "x"
		} else {
			out += "-"
		}
	}
	return out
}

// TestPagesThatOthersNeedStay wants the pages of an old snapshot to stay while
// a younger one is proven by them, and those of a held one for ever.
func TestPagesThatOthersNeedStay(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		words []string
		keep  store.Keep
		held  int // the day of a held snapshot
		want  string
	}{
		"forever":                   {[]string{"1", "2", "3", "4"}, store.Keep{}, -1, "xxxx"},
		"age":                       {[]string{"1", "2", "3", "4"}, store.Keep{Age: day * 3 / 2}, -1, "--xx"},
		"all are old":               {[]string{"1", "2", "3", "4"}, store.Keep{Age: time.Minute}, -1, "---x"},
		"old pages prove the new":   {[]string{"1", "2", "", ""}, store.Keep{Age: day * 3 / 2}, -1, "-xxx"},
		"held":                      {[]string{"1", "2", "3", "4"}, store.Keep{Age: time.Minute}, 1, "-x-x"},
		"boundaries":                {[]string{"1", "1", "1", "2", "2", "2"}, store.Keep{Boundaries: true}, -1, "x--x-x"},
		"the same bytes in between": {[]string{"1", "", "1", "2", "", "2"}, store.Keep{Boundaries: true}, -1, "xx-xxx"},
		"newest has others' pages":  {[]string{"1", "1", "1", ""}, store.Keep{Boundaries: true}, -1, "x-xx"},
		"a held one in between":     {[]string{"1", "1", "1", "2", "2", "2"}, store.Keep{Boundaries: true}, 1, "xx-x-x"},
	} {
		t.Run(name, func(t *testing.T) {
			pool := pgtest.New(t)
			s, source := store.New(pool), newScripted()
			list := ensure(t, s, source.list, atOnce())
			begin := time.Now().UTC().Truncate(time.Microsecond).Add(-time.Hour).AddDate(0, 0, 1-len(c.words))
			days(t, s, list, source, begin, c.words...)
			if c.held >= 0 {
				if _, err := pool.Exec(t.Context(), "UPDATE snapshots SET status = 'held', held_for = 'test' WHERE taken_at = $1", begin.AddDate(0, 0, c.held)); err != nil {
					t.Fatal(err)
				}
			}
			before := tally(t, pool)
			given, err := givenUpBy(s, list, c.keep)
			if err != nil {
				t.Fatal(err)
			}
			after := tally(t, pool)
			if got := pattern(provable(t, s, list), begin, len(c.words)); got != c.want {
				t.Errorf("pages %s, want %s", got, c.want)
			}
			if given.Parts != before["snapshot_pages"]-after["snapshot_pages"] || given.Pages != before["pages"]-after["pages"] {
				t.Errorf("told %+v; rows went from %v to %v", given, before, after)
			}
			delete(before, "pages")
			delete(after, "pages")
			delete(before, "snapshot_pages")
			delete(after, "snapshot_pages")
			if diff := gocmp.Diff(before, after); diff != "" {
				t.Errorf("history changed (-before +after):\n%s", diff)
			}
		})
	}
}

// TestLateSnapshotKeepsItsPages wants a late snapshot that is like the one
// before it to keep its own pages where those were given up.
func TestLateSnapshotKeepsItsPages(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, atOnce())
	begin := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	first := source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a", Name: "1"}})
	source.salt++
	second := source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a", Name: "1"}})
	for day, snapshot := range []*snapshot.Snapshot{0: first, 1: second, 5: first} {
		if snapshot != nil {
			put(t, s, list, snapshot, begin.AddDate(0, 0, day))
		}
	}
	if _, err := givenUpBy(s, list, store.Keep{Boundaries: true}); err != nil {
		t.Fatal(err)
	}
	put(t, s, list, second, begin.AddDate(0, 0, 2))
	put(t, s, list, second, begin.AddDate(0, 0, 3))
	if got := pattern(provable(t, s, list), begin, 6); got != "x-xx-x" {
		t.Errorf("pages %s, want x-xx-x", got)
	}
	all, err := s.Snapshots(t.Context(), list, begin.AddDate(0, 0, 3))
	if err != nil || !all[0].PagesOf.Equal(begin.AddDate(0, 0, 2)) {
		t.Errorf("the second late snapshot has the pages of %v, %v", all[0].PagesOf, err)
	}
}

// TestFirstOfDay wants only the first run that ended well on a day.
func TestFirstOfDay(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, atOnce())
	snapshot := source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a"}})
	var got []bool
	for i := range 4 {
		run, err := s.BeginAt(t.Context(), list, record.Sync, time.Date(2026, 1, i+1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			err = s.Fail(t.Context(), run, store.Failure{Class: "fetch", Text: "no"})
		} else {
			_, err = s.Update(t.Context(), run, snapshot, pass)
		}
		if err != nil {
			t.Fatal(err)
		}
		first, err := s.FirstOfDay(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, first)
		if i == 2 {
			if _, err := pool.Exec(t.Context(), "UPDATE runs SET recorded_at = recorded_at - interval '1 day'"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := gocmp.Diff([]bool{true, true, false, true}, got); diff != "" {
		t.Errorf("first of the day (-want +got):\n%s", diff)
	}
}

// TestNothingMoreIsGivenUpThanWasLookedAt has a snapshot come between the look and
// the deed, which makes one more that is between boundaries.
func TestNothingMoreIsGivenUpThanWasLookedAt(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, atOnce())
	begin := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	next := func(day int) {
		source.salt++
		put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a", Name: "1"}}), begin.AddDate(0, 0, day))
	}
	for day := range 3 {
		next(day)
	}
	keep := store.Keep{Boundaries: true}
	before := tally(t, pool)
	looked, err := s.ToGiveUp(t.Context(), list, keep)
	if err != nil || len(looked) != 1 || !looked[0].TakenAt.Equal(begin.AddDate(0, 0, 1)) {
		t.Fatalf("looked at %v, %v; want the second alone", looked, err)
	}
	if diff := gocmp.Diff(before, tally(t, pool)); diff != "" {
		t.Fatalf("a look wrote (-before +after):\n%s", diff)
	}
	next(3)
	if _, err := s.GiveUp(t.Context(), list, keep, looked); !errors.Is(err, store.ErrEvidenceMoved) {
		t.Errorf("got %v, want ErrEvidenceMoved", err)
	}
	if got := pattern(provable(t, s, list), begin, 4); got != "xxxx" {
		t.Errorf("pages %s, want xxxx", got)
	}
}
