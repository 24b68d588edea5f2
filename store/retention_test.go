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
	"syncer/store/storetest"
)

// provable are the snapshots of a list whose pages are there, by moment.
func provable(t testing.TB, l *storetest.Live) map[int64]bool {
	t.Helper()
	all, err := l.Store.Snapshots(context.Background(), l.List, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[int64]bool)
	for _, taken := range all {
		_, err := l.Store.PagesOf(context.Background(), l.List, taken.TakenAt)
		if err != nil && !errors.Is(err, record.ErrNoPages) {
			t.Fatal(err)
		}
		found[taken.TakenAt.UnixMicro()] = err == nil
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

// TestBoundariesStayProvable gives up what is between boundaries in random
// worlds. Every boundary and the newest snapshot must keep their pages, every
// other snapshot that shares its pages with none of them must lose them, and
// history must stay as it was, proven and writable.
func TestBoundariesStayProvable(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s, lists := store.New(pool), 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		w := storetest.Draw(rt, t, s, pool, fmt.Sprintf("world-%d", lists))
		w.GiveUp(store.Keep{Boundaries: true})
		w.MustMatch(rt, "after giving up pages")
		all, err := w.Store.Snapshots(context.Background(), w.List, time.Time{})
		if err != nil {
			rt.Fatal(err)
		}
		atBoundary, kept := boundaries(t, pool, w.Source.Described.ID.Name), provable(t, w.Live)
		atBoundary[all[len(all)-1].TakenAt.UnixMicro()] = true
		needed := make(map[int64]bool)
		for _, taken := range all {
			if atBoundary[taken.TakenAt.UnixMicro()] {
				needed[taken.PagesOf.UnixMicro()] = true
			}
		}
		for _, taken := range all {
			if want := needed[taken.PagesOf.UnixMicro()]; kept[taken.TakenAt.UnixMicro()] != want {
				rt.Fatalf("snapshot %s: pages kept is %t, want %t", taken.TakenAt, !want, want)
			}
		}
		w.MustVerify(rt, "verify")
		unused := 0
		if err := pool.QueryRow(context.Background(), `SELECT count(*) FROM pages JOIN lists ON lists.id = list_id WHERE list = $1
			AND pages.id NOT IN (SELECT page_id FROM snapshot_pages WHERE snapshot_pages.list_id = lists.id)`, w.Source.Described.ID.Name).Scan(&unused); err != nil || unused > 0 {
			rt.Fatalf("%d pages are in no use, %v", unused, err)
		}
		late := rapid.SampledFrom(w.World.Snapshots).Draw(rt, "late")
		w.Put(late.At.Add(time.Minute), storetest.InOrder(late.Entries)...)
		w.MustVerify(rt, "verify after a late snapshot")
	})
}

// days is a list of one entry that says one word a day; "" repeats the bytes
// of the day before.
func days(t *testing.T, l *storetest.Live, begin time.Time, words ...string) {
	t.Helper()
	var last *snapshot.Snapshot
	for day, word := range words {
		if word != "" {
			last = l.Source.Snapshot(t, catalog.Entry{Key: "a", Name: word})
		}
		l.Write(begin.AddDate(0, 0, day), last)
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
	t.Parallel()
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
			t.Parallel()
			pool := pgtest.New(t)
			l := storetest.NewLive(t, pool, catalog.Products)
			begin := time.Now().UTC().Truncate(time.Microsecond).Add(-time.Hour).AddDate(0, 0, 1-len(c.words))
			days(t, l, begin, c.words...)
			if c.held >= 0 {
				if _, err := pool.Exec(t.Context(), "UPDATE snapshots SET status = 'held', held_for = 'test' WHERE taken_at = $1", begin.AddDate(0, 0, c.held)); err != nil {
					t.Fatal(err)
				}
			}
			before := storetest.Counts(t, pool)
			given := l.GiveUp(c.keep)
			after := storetest.Counts(t, pool)
			if got := pattern(provable(t, l), begin, len(c.words)); got != c.want {
				t.Errorf("pages %s, want %s", got, c.want)
			}
			if given.Parts != before["snapshot_pages"]-after["snapshot_pages"] || given.Pages != before["pages"]-after["pages"] {
				t.Errorf("reported %+v; rows went from %v to %v", given, before, after)
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
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Products)
	begin := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	first := l.Source.Snapshot(t, catalog.Entry{Key: "a", Name: "1"})
	second := l.Source.Snapshot(t, catalog.Entry{Key: "a", Name: "1"})
	for day, snapshot := range []*snapshot.Snapshot{0: first, 1: second, 5: first} {
		if snapshot != nil {
			l.Write(begin.AddDate(0, 0, day), snapshot)
		}
	}
	l.GiveUp(store.Keep{Boundaries: true})
	l.Write(begin.AddDate(0, 0, 2), second)
	l.Write(begin.AddDate(0, 0, 3), second)
	if got := pattern(provable(t, l), begin, 6); got != "x-xx-x" {
		t.Errorf("pages %s, want x-xx-x", got)
	}
	all, err := l.Store.Snapshots(t.Context(), l.List, begin.AddDate(0, 0, 3))
	if err != nil || !all[0].PagesOf.Equal(begin.AddDate(0, 0, 2)) {
		t.Errorf("the second late snapshot has the pages of %v, %v", all[0].PagesOf, err)
	}
}

// TestFirstOfDay wants only the first run that ended well on a day.
func TestFirstOfDay(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Products)
	snapshot := l.Source.Snapshot(t, catalog.Entry{Key: "a"})
	var got []bool
	for i := range 4 {
		run := l.Begin(record.Sync, storetest.Day(i+1))
		var err error
		if i == 0 {
			err = l.Store.Fail(t.Context(), run, store.Failure{Class: "fetch", Text: "no"})
		} else {
			_, err = l.Store.Update(t.Context(), run, snapshot, storetest.Pass)
		}
		if err != nil {
			t.Fatal(err)
		}
		first, err := l.Store.FirstOfDay(t.Context(), run)
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
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Products)
	begin := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	next := func(day int) {
		l.Put(begin.AddDate(0, 0, day), catalog.Entry{Key: "a", Name: "1"})
	}
	for day := range 3 {
		next(day)
	}
	keep := store.Keep{Boundaries: true}
	before := storetest.Counts(t, pool)
	looked, err := l.Store.ToGiveUp(t.Context(), l.List, keep)
	if err != nil || len(looked) != 1 || !looked[0].TakenAt.Equal(begin.AddDate(0, 0, 1)) {
		t.Fatalf("looked at %v, %v; want the second alone", looked, err)
	}
	if diff := gocmp.Diff(before, storetest.Counts(t, pool)); diff != "" {
		t.Fatalf("a look wrote (-before +after):\n%s", diff)
	}
	next(3)
	if _, err := l.Store.GiveUp(t.Context(), l.List, keep, looked); !errors.Is(err, store.ErrEvidenceMoved) {
		t.Errorf("got %v, want ErrEvidenceMoved", err)
	}
	if got := pattern(provable(t, l), begin, 4); got != "xxxx" {
		t.Errorf("pages %s, want xxxx", got)
	}
}
