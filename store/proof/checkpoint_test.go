package proof_test

import (
	"fmt"
	"testing"
	"time"

	"syncer/store"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestCheckpointsOutliveWhatComesLater wants what was noted to be reached after
// anything that the program does: late snapshots, holds, decisions, another
// decoder, another rule, and pages that are given up.
func TestCheckpointsOutliveWhatComesLater(t *testing.T) {
	t.Parallel()
	w := clone(t, audited)
	var noted []string
	note := func() {
		report := w.Verify()
		for i, checkpoint := range noted {
			if report.Reaches(checkpoint) == nil {
				t.Fatalf("checkpoint %d of %d is not reached", i, len(noted))
			}
		}
		if now := report.Checkpoint().Digest; len(noted) == 0 || now != noted[len(noted)-1] {
			noted = append(noted, now)
		}
	}
	note()
	w.Sync(storetest.Day(6), "too much", priced("a", "200"))
	note()
	w.Sync(storetest.Day(7), "too much", priced("a", "201"))
	w.Put(storetest.Day(2).Add(time.Hour), priced("a", "7"))
	note()
	w.Accept(storetest.Day(6))
	note()
	w.Reject(storetest.Day(7), "kim", "no")
	note()
	w.Accept(storetest.Day(7)) // after all
	note()
	w.rewritten()
	note()
	w.readsAnew()
	rule := timeline.Rule{Snapshots: 2}
	w.Rebuild(rule)
	w.List.Rule = rule
	note()
	w.spares(storetest.Day(8), "131")
	w.Put(storetest.Day(9), priced("a", "130"))
	w.Put(storetest.Day(9), priced("a", "130"))
	note()
	w.GiveUp(store.Keep{Age: time.Minute})
	note()
	if len(noted) != 9 {
		t.Errorf("%d checkpoints, want 9", len(noted))
	}
}

// TestCheckpointsFindWhatIsRewrittenEverywhere wants a change of what was
// recorded, by whoever may change every row, to miss what was noted before.
func TestCheckpointsFindWhatIsRewrittenEverywhere(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			w := clone(t, whole)
			noted := w.Verify().Checkpoint().Digest
			w.Exec(sql)
			report := w.Verify()
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
