package store_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/record"
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
	for name, sql := range holes() {
		t.Run(name, func(t *testing.T) {
			w := audited(t, pgtest.New(t))
			w.mustHold(t)
			perform(t, w.pool, sql)
			w.mustContradict(t, "snapshots")
		})
	}
}

// TestNotedHolesAreNone wants what the rule gives up, and what is spared for
// lack of room, to be no contradiction.
func TestNotedHolesAreNone(t *testing.T) {
	for _, keep := range []store.Keep{{Boundaries: true}, {Age: time.Minute}} {
		t.Run(keep.String(), func(t *testing.T) {
			w := audited(t, pgtest.New(t))
			w.spares(t, "131", january(6))
			w.spares(t, "131", january(7))
			put(t, w.store, w.list, w.source.snapshot(t, priced("a", "132")), january(8))
			if _, err := givenUpBy(w.store, w.list, keep); err != nil {
				t.Fatal(err)
			}
			w.mustHold(t)
		})
	}
}

// spares makes a snapshot history without its pages.
func (w *written) spares(t *testing.T, amount string, at time.Time) {
	t.Helper()
	run, err := w.store.BeginAt(t.Context(), w.list, record.Sync, at)
	if err != nil {
		t.Fatal(err)
	}
	run.SparePages = true
	if _, err := w.store.Update(t.Context(), run, w.source.snapshot(t, priced("a", amount)), pass); err != nil {
		t.Fatal(err)
	}
}

// TestLateSnapshotAfterOneOfAnOlderDecoder wants the digest of a snapshot to be
// by the decoder that read it, also where it is like one before it that has no
// pages to be read again.
func TestLateSnapshotAfterOneOfAnOlderDecoder(t *testing.T) {
	w := audited(t, pgtest.New(t))
	if _, err := givenUpBy(w.store, w.list, store.Keep{Age: time.Minute}); err != nil {
		t.Fatal(err)
	}
	put(t, w.store, w.list, w.source.snapshot(t, priced("a", "130")), january(8))
	if _, err := givenUpBy(w.store, w.list, store.Keep{Age: time.Minute}); err != nil {
		t.Fatal(err)
	}
	for _, entries := range w.source.entries {
		for i := range entries {
			entries[i].Name = "read anew"
		}
	}
	w.list.DecoderVersion, w.source.list.DecoderVersion = 2, 2
	if _, err := rebuilt(t.Context(), w.store, w.list, w.list.Rule, w.source.reread); err != nil {
		t.Fatal(err)
	}
	entries := priced("a", "130")
	entry := entries["a"]
	entry.Name = "read anew"
	entries["a"] = entry
	w.source.salt++
	put(t, w.store, w.list, w.source.snapshot(t, entries), january(6))
	w.mustHold(t)
}

// TestVerifySaysWhatIsNotProven wants every hole to be told with its reason, and
// no page to be kept only where there is none.
func TestVerifySaysWhatIsNotProven(t *testing.T) {
	w := audited(t, pgtest.New(t))
	if _, err := givenUpBy(w.store, w.list, store.Keep{Age: time.Minute}); err != nil {
		t.Fatal(err)
	}
	w.spares(t, "131", january(6))
	w.spares(t, "132", january(7))
	report, err := w.store.Verify(t.Context(), w.list, w.source.reread)
	if err != nil {
		t.Fatal(err)
	}
	want := proof.Verified{
		Snapshots: 7, Proven: 1, First: report.First, Versions: 5, Prices: 5, Checkpoints: report.Checkpoints,
		Unproven: []proof.Unproven{
			{From: january(1), To: january(4), Snapshots: 4, Why: "given up: 1m0s"}, {From: january(6), To: january(7), Snapshots: 2, Why: "spared"},
		},
	}
	if diff := gocmp.Diff(want, report); diff != "" {
		t.Errorf("verified (-want +got):\n%s", diff)
	}
}

// TestARebuildThatChangesNothingProvesOn wants only a rebuild that changed rows,
// or by what they are told, to be where the proof begins anew.
func TestARebuildThatChangesNothingProvesOn(t *testing.T) {
	base := func(w *written) bool {
		t.Helper()
		report, err := w.store.Verify(t.Context(), w.list, w.source.reread)
		if err != nil || len(report.Contradictions) > 0 {
			t.Fatalf("%v, %v", report.Contradictions, err)
		}
		return report.RetracedSince != nil
	}
	w := audited(t, pgtest.New(t))
	w.repaired(t)
	if base(w) {
		t.Error("a rebuild of what was true ended the proof of what was before")
	}
	rule := timeline.Rule{Snapshots: 2}
	if _, err := rebuilt(t.Context(), w.store, w.list, rule, w.source.reread); err != nil {
		t.Fatal(err)
	}
	w.list.Rule = rule
	if !base(w) {
		t.Error("writes by another rule are done again by this one")
	}
}
