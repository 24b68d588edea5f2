package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
)

// TestDriftIsDatedByTheFirstSnapshotThatShowsIt wants one date of an unknown
// word whatever the order in which snapshots come, and one report of it.
func TestDriftIsDatedByTheFirstSnapshotThatShowsIt(t *testing.T) {
	for _, order := range [][]int{{3, 5, 9}, {9, 5, 3}, {5, 9, 3}, {9, 3, 5}} {
		pool := pgtest.New(t)
		s, source := store.New(pool), newScripted()
		list := ensure(t, s, source.list, atOnce())
		put(t, s, list, source.snapshot(t, of(monthly())), day(1))
		source.unknown = []catalog.Unknown{{Kind: "word", Path: "status", Seen: "paused"}}
		told := 0
		for _, at := range order {
			source.salt = at
			told += len(put(t, s, list, source.snapshot(t, of(monthly())), day(at)).Drift)
		}
		got := rows(t, pool, source.list.ID, "SELECT first_seen_at FROM bi.drift WHERE list = $1", pgx.RowTo[time.Time])
		if len(got) == 1 {
			got[0] = got[0].UTC()
		}
		if diff := cmp.Diff([]time.Time{day(3)}, got); diff != "" || told != 1 {
			t.Errorf("order %v: told %d times, seen (-want +got):\n%s", order, told, diff)
		}
	}
}
