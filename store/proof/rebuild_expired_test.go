package proof_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/storetest"
)

// TestRebuildWhereEvidenceIsGone wants a new field to take its first known
// value without a new version, and content that no page shows any more to stay.
func TestRebuildWhereEvidenceIsGone(t *testing.T) {
	t.Parallel()
	w := list(t, pgtest.New(t), "things", catalog.Products, 1)
	named := func(name string) catalog.Entry {
		return catalog.Entry{Key: "a", Name: name, Attributes: catalog.Attributes(`{}`)}
	}
	for i, name := range []string{"first", "second", "second", "second"} {
		w.Put(storetest.Day(i+1), named(name))
	}
	w.Exec("DELETE FROM snapshot_pages WHERE taken_at < $1", storetest.Day(3))
	w.Exec("UPDATE snapshots SET given_up_at = now(), given_up_for = 'test' WHERE taken_at < $1", storetest.Day(3))
	w.Alter(func(entry catalog.Entry) catalog.Entry {
		entry.Attributes = catalog.Attributes(`{"new":1}`)
		return entry
	})
	report := w.Rebuild(w.List.Rule)
	if report.Snapshots != 4 || report.Proven != 2 {
		t.Errorf("%d snapshots, %d with pages; want 4 and 2", report.Snapshots, report.Proven)
	}
	got := w.Lines(`SELECT v.name || ' ' || v.attributes::text || ' ' || to_char(v.valid_from, 'DD') || '-' || coalesce(to_char(v.valid_to, 'DD'), '')
		FROM product_versions v JOIN lists l ON l.id = v.list_id WHERE l.list = $1 AND v.superseded_by IS NULL ORDER BY v.valid_from`, w.List.ID.Name)
	want := []string{`first {} ` + dayOf(1) + `-` + dayOf(2), `second {"new": 1} ` + dayOf(2) + `-`}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	w.mustHold()
	if verified := w.Verify(); verified.ProvenSince == nil || !verified.ProvenSince.Equal(storetest.Day(3)) {
		t.Errorf("verify: %+v", verified)
	}
}

func dayOf(n int) string { return storetest.Day(n).Format("02") }
