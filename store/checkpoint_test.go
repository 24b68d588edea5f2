package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/proof"
	"syncer/timeline"
)

func (w *written) verified(t *testing.T) proof.Verified {
	t.Helper()
	report, err := w.store.Verify(t.Context(), w.list, w.source.reread)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestCheckpointsOutliveWhatComesLater wants what was noted to be reached after
// anything that the program does: late snapshots, holds, decisions, another
// decoder, another rule, and pages that are given up.
func TestCheckpointsOutliveWhatComesLater(t *testing.T) {
	w := audited(t, pgtest.New(t))
	var noted []string
	note := func() {
		report := w.verified(t)
		for i, one := range noted {
			if report.Reaches(one) == nil {
				t.Fatalf("checkpoint %d of %d is not reached", i, len(noted))
			}
		}
		if now := report.Checkpoint().Digest; len(noted) == 0 || now != noted[len(noted)-1] {
			noted = append(noted, now)
		}
	}
	note()
	w.holds(t, "200", january(6))
	note()
	w.holds(t, "201", january(7))
	put(t, w.store, w.list, w.source.snapshot(t, priced("a", "7")), january(2).Add(time.Hour))
	note()
	w.accepts(t, january(6))
	note()
	if err := w.store.Reject(t.Context(), w.list, january(7), store.Decision{Actor: "kim", Reason: "no"}); err != nil {
		t.Fatal(err)
	}
	note()
	w.accepts(t, january(7)) // after all
	note()
	w.rewritten(t)
	note()
	w.readsAnew(t)
	note()
	w.spares(t, "131", january(8))
	put(t, w.store, w.list, w.source.snapshot(t, priced("a", "130")), january(9))
	put(t, w.store, w.list, w.source.snapshot(t, priced("a", "130")), january(9))
	note()
	if _, err := givenUpBy(w.store, w.list, store.Keep{Age: time.Minute}); err != nil {
		t.Fatal(err)
	}
	note()
	if len(noted) != 9 {
		t.Errorf("%d checkpoints, want 9", len(noted))
	}
}

// readsAnew rebuilds by another decoder and another rule.
func (w *written) readsAnew(t *testing.T) {
	t.Helper()
	for _, entries := range w.source.entries {
		for i := range entries {
			entries[i].Name = "read anew"
		}
	}
	rule := timeline.Rule{Snapshots: 2}
	w.list.DecoderVersion, w.source.list.DecoderVersion = 2, 2
	if _, err := rebuilt(t.Context(), w.store, w.list, rule, w.source.reread); err != nil {
		t.Fatal(err)
	}
	w.list.Rule = rule
}

// TestCheckpointsFindWhatIsRewrittenEverywhere wants a change of what was
// recorded, by whoever may change every row, to miss what was noted before.
func TestCheckpointsFindWhatIsRewrittenEverywhere(t *testing.T) {
	for name, sql := range map[string]string{
		"who decided": "UPDATE snapshots SET decided_by = 'lee' WHERE decided_by = 'kim'; UPDATE runs SET actor = 'lee' WHERE actor = 'kim'",
		"why":         "UPDATE snapshots SET decided_reason = 'x' WHERE decided_by = 'kim'; UPDATE runs SET reason = 'x' WHERE actor = 'kim'",
		"held for":    "UPDATE snapshots SET held_for = 'x' WHERE held_for IS NOT NULL",
		"all clocks": "UPDATE snapshots SET recorded_at = recorded_at - interval '1 day';" +
			"UPDATE runs SET recorded_at = recorded_at - interval '1 day', started_at = started_at - interval '1 day', ended_at = ended_at - interval '1 day'",
		"settings": `UPDATE snapshots SET settings = '{"base_url": "http://other"}'`,
		"warnings": "UPDATE runs SET warnings = 1 WHERE id = 2",
		"the fifth day, its run, and the row that it closed": asMaster(`DELETE FROM snapshot_pages WHERE taken_at = '2026-01-05Z'; DELETE FROM runs WHERE id = 5;
			DELETE FROM snapshots WHERE taken_at = '2026-01-05Z'; DELETE FROM product_versions WHERE recorded_by = 5; DELETE FROM price_history WHERE recorded_by = 5;
			UPDATE price_history SET valid_to = NULL WHERE valid_to = '2026-01-05Z'; UPDATE product_versions SET valid_to = NULL WHERE valid_to = '2026-01-05Z'`),
	} {
		t.Run(name, func(t *testing.T) {
			w := whole(t, pgtest.New(t))
			noted := w.verified(t).Checkpoint().Digest
			perform(t, w.pool, sql)
			report := w.verified(t)
			if len(report.Contradictions) > 0 {
				t.Errorf("found without a checkpoint: %v", report.Contradictions)
			}
			if found := report.Reaches(noted); found != nil {
				t.Errorf("%s is still reached: %+v", noted, found)
			}
			if got := fmt.Sprint(report.Reaches("")); got != "<nil>" {
				t.Errorf("no digest is reached: %s", got)
			}
		})
	}
}

// whole is audited, with a hold that waits and one that was rejected.
func whole(t *testing.T, pool *pgxpool.Pool) *written {
	t.Helper()
	w := audited(t, pool)
	w.holds(t, "200", january(6))
	w.holds(t, "201", january(7))
	if err := w.store.Reject(t.Context(), w.list, january(7), store.Decision{Actor: "kim", Reason: "no"}); err != nil {
		t.Fatal(err)
	}
	return w
}
