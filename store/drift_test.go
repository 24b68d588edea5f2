package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/storetest"
)

// TestDriftIsDatedByTheFirstSnapshotThatShowsIt wants one date of an unknown
// word whatever the order in which snapshots come, and one report of it.
func TestDriftIsDatedByTheFirstSnapshotThatShowsIt(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{3, 5, 9}, {9, 5, 3}, {5, 9, 3}, {9, 3, 5}} {
		pool := pgtest.New(t)
		item := storetest.Item("a", "100", catalog.PriceList)
		l := storetest.NewLive(t, pool, catalog.Products)
		l.Put(storetest.Day(1), item)
		l.Source.Unknown = []catalog.Unknown{{Kind: "word", Path: "status", Seen: "paused"}}
		reported := 0
		for _, at := range order {
			reported += len(l.Put(storetest.Day(at), item).Drift)
		}
		got := storetest.Rows(t, pool, "SELECT first_seen_at FROM bi.drift WHERE list = $1", pgx.RowTo[time.Time], l.List.ID.Name)
		if len(got) == 1 {
			got[0] = got[0].UTC()
		}
		if diff := cmp.Diff([]time.Time{storetest.Day(3)}, got); diff != "" || reported != 1 {
			t.Errorf("order %v: reported %d times, seen (-want +got):\n%s", order, reported, diff)
		}
	}
}
