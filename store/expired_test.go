package store_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/timeline"
)

// TestRebuildWhereEvidenceIsGone wants a new field to take its first known
// value without a new version, and content that no page shows any more to stay.
func TestRebuildWhereEvidenceIsGone(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, timeline.Rule{Snapshots: 1})
	named := func(name string) catalog.Entry {
		return catalog.Entry{Key: "a", Name: name, Attributes: catalog.Attributes(`{}`)}
	}
	for i, name := range []string{"first", "second", "second", "second"} {
		put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"a": named(name)}), day(i+1))
	}
	if _, err := pool.Exec(t.Context(), "DELETE FROM snapshot_pages WHERE taken_at < $1", day(3)); err != nil {
		t.Fatal(err)
	}
	perform(t, pool, "UPDATE snapshots SET given_up_at = now(), given_up_for = 'test' WHERE taken_at < $1", day(3))
	for id, entries := range source.entries {
		entries[0].Attributes = catalog.Attributes(`{"new":1}`)
		source.entries[id] = entries
	}
	list.DecoderVersion, source.list.DecoderVersion = 2, 2
	report, err := rebuilt(t.Context(), s, list, list.Rule, source.reread)
	if err != nil {
		t.Fatal(err)
	}
	if report.Snapshots != 4 || report.Proven != 2 {
		t.Errorf("%d snapshots, %d with pages; want 4 and 2", report.Snapshots, report.Proven)
	}
	got := rows(t, pool, source.list.ID, `SELECT v.name || ' ' || v.attributes::text || ' ' || to_char(v.valid_from, 'DD') || '-' || coalesce(to_char(v.valid_to, 'DD'), '')
		FROM product_versions v JOIN lists l ON l.id = v.list_id WHERE l.list = $1 AND v.superseded_by IS NULL ORDER BY v.valid_from`, pgx.RowTo[string])
	want := []string{`first {} ` + dayOf(1) + `-` + dayOf(2), `second {"new": 1} ` + dayOf(2) + `-`}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	verified, err := s.Verify(t.Context(), list, source.reread)
	if err != nil || len(verified.Contradictions) > 0 || verified.ProvenSince == nil || !verified.ProvenSince.Equal(day(3)) {
		t.Errorf("verify: %+v, %v", verified, err)
	}
}

func dayOf(n int) string { return day(n).Format("02") }
