package proof_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/storetest"
)

// TestVerifySaysThatARebuildIsPending wants history that an older decoder read to be
// no contradiction of what today's reads, and still to be held against all that
// needs no decoder: its own digests, those of snapshots and pages, and the runs.
func TestVerifySaysThatARebuildIsPending(t *testing.T) {
	t.Parallel()
	w := clone(t, decided)
	read := w.List.ReadBy()
	w.Put(storetest.Day(9), priced("a", "200"), priced("b", "1"))
	w.readsAnew()
	w.mustHold()
	report := w.Verify()
	want := []proof.Unproven{{From: storetest.Day(1), To: storetest.Day(9), Snapshots: 7, Why: "read by decoder 1"}}
	if diff := gocmp.Diff(want, report.Unproven); diff != "" || report.ReadBy != read || report.Proven != 0 || report.ProvenSince != nil {
		t.Errorf("read by %s, %d proven since %v (-want +got):\n%s", report.ReadBy, report.Proven, report.ProvenSince, diff)
	}
	for _, sql := range []string{
		"UPDATE price_history SET list_unit_price = list_unit_price + 1 WHERE valid_to IS NULL",
		"DELETE FROM product_versions WHERE valid_from = '2026-01-03Z'",
		"UPDATE pages SET body = body || 'x' WHERE id = 1",
		"UPDATE snapshots SET entries = entries + 1 WHERE taken_at = '2026-01-02Z'",
		`UPDATE snapshots SET pages_digest = '\x00112233445566778899aabbccddeeff' WHERE taken_at = '2026-01-02Z'`,
		`UPDATE snapshots SET pages_digest = '\x00112233445566778899aabbccddeeff' WHERE taken_at = '2026-01-03Z'`,
		"UPDATE runs SET added = added + 1 WHERE id = (SELECT recorded_by FROM snapshots WHERE taken_at = '2026-01-07Z')",
		"DELETE FROM snapshot_pages WHERE taken_at = '2026-01-05Z'",
		"UPDATE lists SET decoder_version = '0'",
	} {
		twin := world{decided.Clone(t)[0]}
		twin.readsAnew()
		twin.mustHold()
		twin.Exec(sql)
		if len(twin.contradictions()) == 0 {
			t.Errorf("not found: %s", sql)
		}
	}
	w.repaired()
	if report := w.Verify(); report.ReadBy != "" || report.Proven != report.Snapshots {
		t.Errorf("after a rebuild: %+v", report)
	}
}

// TestAPendingRebuildKnowsItsHoles wants pages that are gone to be named as ever.
func TestAPendingRebuildKnowsItsHoles(t *testing.T) {
	t.Parallel()
	w := clone(t, audited)
	w.GiveUp(store.Keep{Boundaries: true})
	w.spares(storetest.Day(6), "131")
	w.Alter(func(entry catalog.Entry) catalog.Entry { entry.Name = "read anew"; return entry })
	w.mustHold()
	last := w.Verify().Unproven
	if n := len(last); n < 2 || last[n-1].Why != "spared" || last[n-2].Why != "read by decoder 1" {
		t.Errorf("unproven: %+v", last)
	}
}
