package proof_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/store"
	"syncer/store/proof"
	"syncer/store/storetest"
	"syncer/timeline"
)

// holes are ways to get rid of the pages of the third and fourth day, the price
// of which some then make unseen.
func holes() map[string]string {
	const gone = "DELETE FROM snapshot_pages WHERE taken_at = '2026-01-03Z';"
	const noted = "UPDATE snapshots SET given_up_at = now(), given_up_for = 'boundaries' WHERE taken_at = '2026-01-03Z';"
	const spared = `UPDATE snapshots SET pages_digest = '\xe3b0c44298fc1c149afbf4c8996fb924' WHERE taken_at IN ('2026-01-03Z', '2026-01-04Z');`
	const erased = `DELETE FROM price_history WHERE valid_from = '2026-01-03Z'; DELETE FROM product_versions WHERE valid_from = '2026-01-03Z';
		UPDATE price_history SET valid_to = '2026-01-05Z' WHERE valid_from = '2026-01-01Z'; UPDATE product_versions SET valid_to = '2026-01-05Z' WHERE valid_from = '2026-01-01Z';`
	return map[string]string{
		"removed":                       gone,
		"removed and erased":            gone + erased,
		"noted as given up and erased":  gone + noted + erased,
		"noted as spared and erased":    gone + spared + erased,
		"noted as given up and there":   noted,
		"linked an hour later":          asMaster("UPDATE snapshot_pages SET taken_at = taken_at + interval '1 hour' WHERE taken_at = '2026-01-03Z'"),
		"linked to nothing":             asMaster("UPDATE snapshot_pages SET page_id = 999 WHERE taken_at = '2026-01-03Z'"),
		"the page itself":               asMaster("DELETE FROM pages WHERE id = (SELECT page_id FROM snapshot_pages WHERE taken_at = '2026-01-03Z')"),
		"the shared page of the second": "UPDATE snapshots SET pages_of = NULL WHERE taken_at = '2026-01-04Z'",
	}
}

// TestVerifyFindsHolesThatNobodyNoted wants pages to be missing only where the
// rule or a full disk is noted as the reason, and history to be what the digest
// of the snapshot says even there.
func TestVerifyFindsHolesThatNobodyNoted(t *testing.T) {
	t.Parallel()
	for name, sql := range holes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clone(t, audited)
			w.mustHold()
			w.Exec(sql)
			w.mustContradict("snapshots")
		})
	}
}

// TestNotedHolesAreNone wants what the rule gives up, and what is spared for
// lack of room, to be no contradiction.
func TestNotedHolesAreNone(t *testing.T) {
	t.Parallel()
	for _, keep := range []store.Keep{{Boundaries: true}, {Age: time.Minute}} {
		t.Run(keep.String(), func(t *testing.T) {
			t.Parallel()
			w := clone(t, audited)
			w.spares(storetest.Day(6), "131")
			w.spares(storetest.Day(7), "131")
			w.Put(storetest.Day(8), priced("a", "132"))
			w.GiveUp(keep)
			w.mustHold()
		})
	}
}

// TestLateSnapshotAfterOneOfAnOlderDecoder wants the digest of a snapshot to be
// by the decoder that read it, also where it is like one before it that has no
// pages to be read again.
func TestLateSnapshotAfterOneOfAnOlderDecoder(t *testing.T) {
	t.Parallel()
	w := clone(t, audited)
	w.GiveUp(store.Keep{Age: time.Minute})
	w.Put(storetest.Day(8), priced("a", "130"))
	w.GiveUp(store.Keep{Age: time.Minute})
	w.readsAnew()
	w.Rebuild(w.List.Rule)
	entry := priced("a", "130")
	entry.Name = "read anew"
	w.Put(storetest.Day(6), entry)
	w.mustHold()
}

// TestVerifySaysWhatIsNotProven wants every hole to be reported with its reason, and
// no page to be kept only where there is none.
func TestVerifySaysWhatIsNotProven(t *testing.T) {
	t.Parallel()
	w := clone(t, audited)
	w.GiveUp(store.Keep{Age: time.Minute})
	w.spares(storetest.Day(6), "131")
	w.spares(storetest.Day(7), "132")
	report := w.Verify()
	want := proof.Verified{
		Snapshots: 7, Proven: 1, First: report.First, Versions: 5, Prices: 5, Checkpoints: report.Checkpoints,
		Unproven: []proof.Unproven{
			{From: storetest.Day(1), To: storetest.Day(4), Snapshots: 4, Why: "given up: 1m0s"}, {From: storetest.Day(6), To: storetest.Day(7), Snapshots: 2, Why: "spared"},
		},
	}
	if diff := gocmp.Diff(want, report); diff != "" {
		t.Errorf("verified (-want +got):\n%s", diff)
	}
}

// TestARebuildThatChangesNothingProvesOn wants only a rebuild that changed rows,
// or ran by another rule, to be where the proof begins anew.
func TestARebuildThatChangesNothingProvesOn(t *testing.T) {
	t.Parallel()
	base := func(w world) bool {
		t.Helper()
		w.mustHold()
		return w.Verify().RetracedSince != nil
	}
	w := clone(t, audited)
	w.repaired()
	if base(w) {
		t.Error("a rebuild of what was true ended the proof of what was before")
	}
	rule := timeline.Rule{Snapshots: 2}
	w.Rebuild(rule)
	w.List.Rule = rule
	if !base(w) {
		t.Error("writes by another rule are done again by this one")
	}
}
