package proof_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestWhatIsIgnoredLeavesHolesToo wants an attribute that is no longer tracked to
// leave also the versions whose pages are gone, for what remains of them is known:
// else each old one stays, and the next snapshot differs from the last of them.
func TestWhatIsIgnoredLeavesHolesToo(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	seen := func(name string, look int) catalog.Entry {
		return catalog.Entry{Key: "a", Name: name, Attributes: catalog.Attributes(fmt.Sprintf(`{"rack":"r1","seen":%d}`, look))}
	}
	doubted := func(look int) catalog.Entry {
		entry := priced("b", "100")
		if look == 2 {
			entry = priced("b", "100000")
		}
		entry.Attributes = catalog.Attributes(fmt.Sprintf(`{"seen":%d}`, look))
		return entry
	}
	for gone, after := range map[string]int{"the first": 3, "the last": 4, "all": 5, "all, spared": 5} {
		t.Run(gone, func(t *testing.T) {
			w := world{&storetest.Live{T: t, Pool: pool, Store: store.New(pool), Source: storetest.NewSource(catalog.Products)}}
			w.Source.Described.ID.Name = gone
			w.RegisterWith(record.ListSettings{Rule: timeline.Rule{Snapshots: 1}, Doubt: timeline.Rule{Snapshots: 3}})
			for i, name := range []string{"first", "second", "second", "second"} {
				run := w.Begin(record.Sync, storetest.Day(i+1))
				run.SparePages = gone == "all, spared"
				if _, err := w.Store.Update(t.Context(), run, w.Source.Snapshot(t, seen(name, i+1), doubted(i+1)), storetest.Pass); err != nil {
					t.Fatal(err)
				}
			}
			first := 1
			if gone == "the last" {
				first = 3
			}
			where := fmt.Sprintf(" WHERE pages_digest <> '\\xe3b0c44298fc1c149afbf4c8996fb924' AND list_id = %d AND taken_at BETWEEN $1 AND $2", w.List.RowID)
			w.Exec("UPDATE snapshots SET given_up_at = now(), given_up_for = 'test'"+where, storetest.Day(first), storetest.Day(after-1).Add(1))
			w.Exec("DELETE FROM snapshot_pages USING snapshots WHERE snapshots.given_up_at IS NOT NULL AND (snapshots.list_id, snapshots.taken_at) = (snapshot_pages.list_id, snapshot_pages.taken_at)")
			checkpoint := w.Verify().Checkpoint().Digest
			w.Ignore("seen")
			w.Rebuild(w.List.Rule)
			w.mustHold()
			result := w.Put(storetest.Day(6), seen("second", 6), doubted(6))
			if n := len(result.Delta.Changed); n != 0 {
				t.Errorf("%d entries change at the next snapshot", n)
			}
			got := w.Lines(`SELECT p.key || ' ' || v.name || ' ' || v.attributes::text || ' ' || to_char(v.valid_from, 'DD') || '-' || coalesce(to_char(v.valid_to, 'DD'), '')
				FROM product_versions v JOIN products p ON (p.list_id, p.id) = (v.list_id, v.product_id) WHERE v.list_id = $1 AND v.superseded_by IS NULL ORDER BY p.key, v.valid_from`, w.List.RowID)
			want := []string{`a first {"rack": "r1"} ` + dayOf(1) + `-` + dayOf(2), `a second {"rack": "r1"} ` + dayOf(2) + `-`, `b b {} ` + dayOf(1) + `-`}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("versions (-want +got):\n%s", diff)
			}
			w.mustHold()
			if again := w.Rebuild(w.List.Rule); again.Entries != 0 {
				t.Errorf("a second rebuild changes %d entries", again.Entries)
			}
			w.Ignore() // and back, and again
			w.Rebuild(w.List.Rule)
			w.mustHold()
			w.Ignore("seen")
			w.Rebuild(w.List.Rule)
			w.mustHold()
			if w.Verify().Reaches(checkpoint) == nil {
				t.Error("a checkpoint of before is not reached any more")
			}
		})
	}
}
