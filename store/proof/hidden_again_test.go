package proof_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store/storetest"
)

// TestTheSamePagesHideTheSameEntriesAgain: a snapshot with a row whose key cannot
// be read hides an entry that it lacks, and so does the next one, whose pages are
// the same byte for byte or in all that is read of them, live or late: the tables
// are the same, and the pages prove them.
func TestTheSamePagesHideTheSameEntriesAgain(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	nameless := catalog.Decoded{SetAside: []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "id: want text"}}}
	for name, test := range map[string]struct {
		again string // follows the number of the page
		days  []int  // in the order in which they are written
	}{
		"same bytes":            {"", []int{1, 2, 3, 4, 5, 6}},
		"other bytes":           {" again", []int{1, 2, 3, 4, 5, 6}},
		"same bytes, late":      {"", []int{1, 2, 5, 6, 4, 3}},
		"same bytes, amid":      {"", []int{1, 2, 4, 3, 6, 5}},
		"other bytes, late":     {" again", []int{1, 2, 6, 5, 4, 3}},
		"same bytes, backwards": {"", []int{6, 5, 4, 3, 2, 1}},
	} {
		w := list(t, pool, name, catalog.Products, 2)
		w.Source.Odd(t, nameless, priced("b", "5")) // 0
		w.Source.Snapshot(t, priced("a", "1"), priced("b", "5"))
		w.Source.Snapshot(t, priced("b", "5")) // 2
		bodies := map[int]string{1: "1", 2: "0", 3: "0" + test.again, 4: "0", 5: "2", 6: "2 later"}
		for _, day := range test.days {
			w.Write(storetest.Day(day), w.Source.Page(t, bodies[day]))
		}
		rows, err := pool.Query(t.Context(), `SELECT concat_ws(' ', extract(day FROM taken_at AT TIME ZONE 'UTC'), number, key, reason) FROM set_aside
			WHERE list_id = $1 ORDER BY taken_at, number`, w.List.RowID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for day := 2; day <= 4; day++ {
			want = append(want, fmt.Sprintf("%d 1 unreadable", day), fmt.Sprintf("%d 2 a hidden", day))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: set aside (-want +got):\n%s", name, diff)
		}
		var absence string
		if err := pool.QueryRow(t.Context(), `SELECT concat_ws(' ', absent_from::date, confirmed_at::date, absent_to::date) FROM absences
			WHERE list_id = $1 AND superseded_by IS NULL`, w.List.RowID).Scan(&absence); err != nil || absence != "2026-01-05 2026-01-06" {
			t.Errorf("%s: absent %q, %v", name, absence, err)
		}
		if report := w.Verify(); len(report.Contradictions) > 0 {
			t.Errorf("%s: %v", name, report.Contradictions)
		}
		if rebuilt := w.Rebuild(w.List.Rule); rebuilt.Superseded.Sum()+rebuilt.Inserted.Sum() > 0 {
			t.Errorf("%s: a rebuild of what is true wrote %+v", name, rebuilt)
		}
	}
}

// TestWhatIsHiddenDoesNotDependOnWhatCameLast: a snapshot that comes late, with as
// many rows without a key and the entry beside them, ends that a later one hides it.
// The views show the same in whatever order snapshots come.
func TestWhatIsHiddenDoesNotDependOnWhatCameLast(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	nameless := catalog.Decoded{SetAside: []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "id: want text"}}}
	views := map[catalog.EntryKind]string{catalog.Products: "bi.set_aside", catalog.Contracts: "bi.contract_set_aside"}
	for kind, view := range views {
		for _, days := range [][]int{{1, 2, 3, 4, 5}, {1, 3, 4, 5, 2}, {3, 5, 1, 4, 2}, {2, 3, 4, 5, 1}, {5, 4, 3, 2, 1}} {
			name := fmt.Sprint(kind, days)
			w := list(t, pool, name, kind, 2)
			entry := func(key string) catalog.Entry {
				if kind == catalog.Contracts {
					return storetest.Contracted(priced(key, "1"))
				}
				return priced(key, "1")
			}
			shown := map[int]*snapshot.Snapshot{
				1: w.Source.Snapshot(t, entry("a"), entry("b")), 2: w.Source.Odd(t, nameless, entry("a"), entry("b")),
				3: w.Source.Odd(t, nameless, entry("b")), 4: w.Source.Snapshot(t, entry("b")), 5: w.Source.Snapshot(t, entry("b")),
			}
			for _, day := range days {
				w.Write(storetest.Day(day), shown[day])
			}
			rows, err := pool.Query(t.Context(), `SELECT concat_ws(' ', since::date, until::date, reason) FROM `+view+` WHERE list = $1 ORDER BY 1`, name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"2026-01-02 2026-01-04 unreadable"}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if report := w.Verify(); len(report.Contradictions) > 0 {
				t.Errorf("%s: %v", name, report.Contradictions)
			}
		}
	}
}
