package proof_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"syncer/store/proof"
	"syncer/store/storetest"
)

// asMaster lets one session do what constraints forbid.
func asMaster(sql string) string {
	return "SET session_replication_role = replica; " + sql + "; RESET session_replication_role"
}

// erased are ways to make the change of the fifth day unseen.
func erased() map[string]string {
	fake := func(columns, values string) string {
		return "INSERT INTO runs (list_id, kind, started_at, heartbeat_at, ended_at, recorded_at" + columns + ") VALUES (1, 'rebuild', clock_timestamp(), clock_timestamp(), clock_timestamp() + interval '1 second', clock_timestamp()" + values + "); "
	}
	const superseded = `UPDATE snapshots SET status = 'rejected' WHERE taken_at = '2026-01-05Z';
		UPDATE price_history SET superseded_by = (SELECT max(id) FROM runs) WHERE valid_from = '2026-01-05Z';
		UPDATE product_versions SET superseded_by = (SELECT max(id) FROM runs) WHERE valid_from = '2026-01-05Z';`
	const reopened = `UPDATE price_history SET valid_to = NULL WHERE valid_to = '2026-01-05Z';
		UPDATE product_versions SET valid_to = NULL WHERE valid_to = '2026-01-05Z'`
	const deleted = `DELETE FROM price_history WHERE valid_from = '2026-01-05Z'; DELETE FROM product_versions WHERE valid_from = '2026-01-05Z';`
	return map[string]string{
		"a rebuild that changed nothing":  fake(", outcome", ", 'unchanged'") + superseded + reopened,
		"a rebuild that changed one":      fake(", outcome, changed, actor, reason", ", 'changed', 1, 'kim', 'x'") + superseded + reopened,
		"a rebuild of nobody":             fake(", outcome", ", 'changed'"),
		"rejected, and its rows deleted":  "UPDATE snapshots SET status = 'rejected' WHERE taken_at = '2026-01-05Z';" + deleted + reopened,
		"held, and its rows deleted":      "UPDATE snapshots SET status = 'held', held_for = 'x', delta = '{}' WHERE taken_at = '2026-01-05Z';" + deleted + reopened,
		"deleted, and its rows":           asMaster("DELETE FROM snapshot_pages WHERE taken_at = '2026-01-05Z'; DELETE FROM snapshots WHERE taken_at = '2026-01-05Z';" + deleted + reopened),
		"an unchanged snapshot deleted":   asMaster("DELETE FROM snapshot_pages WHERE taken_at = '2026-01-02Z'; DELETE FROM snapshots WHERE taken_at = '2026-01-02Z'"),
		"the run of a snapshot failed":    "UPDATE runs SET outcome = 'failed', error_text = 'x' WHERE id = (SELECT run_id FROM snapshots WHERE taken_at = '2026-01-02Z')",
		"the run of a snapshot is gone":   asMaster("DELETE FROM runs WHERE id = (SELECT run_id FROM snapshots WHERE taken_at = '2026-01-02Z')"),
		"the run of a snapshot is a sync": "UPDATE runs SET kind = 'sync' WHERE id = (SELECT run_id FROM snapshots WHERE taken_at = '2026-01-02Z')",
		"a run recorded nothing":          "UPDATE runs SET recorded_at = NULL WHERE id = (SELECT run_id FROM snapshots WHERE taken_at = '2026-01-02Z')",
		"pages":                           "UPDATE runs SET pages = pages + 1 WHERE id = 2",
		"entries":                         "UPDATE runs SET entries = entries + 1 WHERE id = 2",
		"added":                           "UPDATE runs SET added = added + 1 WHERE id = 2",
		"changed":                         "UPDATE runs SET changed = changed + 1 WHERE id = 2",
		"removed":                         "UPDATE runs SET removed = removed + 1 WHERE id = 2",
	}
}

// TestVerifyFindsWhatRunsContradict makes a committed change unseen in several
// ways; the runs remember it.
func TestVerifyFindsWhatRunsContradict(t *testing.T) {
	t.Parallel()
	for name, sql := range erased() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clone(t, audited)
			w.mustHold()
			w.Exec(sql)
			w.mustContradict("runs", "snapshots")
		})
	}
}

// mustContradict wants a contradiction in one of some tables.
func (w world) mustContradict(tables ...string) {
	w.T.Helper()
	found := w.contradictions()
	if !slices.ContainsFunc(found, func(c proof.Contradiction) bool { return slices.Contains(tables, c.Table) }) {
		w.T.Errorf("found %v, want one of %s", found, strings.Join(tables, ", "))
	}
}

// misdecided are edits of what was held and decided, and of a rebuild.
func misdecided() map[string]string {
	at := func(day int, set string) string {
		return fmt.Sprintf("UPDATE snapshots SET %s WHERE taken_at = '2026-01-%02dZ'", set, day)
	}
	run := func(kind, set string) string {
		return "UPDATE runs SET " + set + " WHERE kind = '" + kind + "'"
	}
	return map[string]string{
		"a rejected one waits again":        at(8, "status = 'held'"),
		"a rejected one was never held":     at(8, "held_for = NULL, delta = NULL"),
		"a rejected one without a reason":   at(8, "decided_reason = NULL"),
		"a rejected one without a decider":  at(8, "decided_by = NULL"),
		"a rejected one by somebody else":   at(8, "decided_by = 'lee'"),
		"a rejected one is accepted":        at(8, "status = 'committed'"),
		"a held one is decided":             at(6, "decided_by = 'kim', decided_reason = 'x'"),
		"a held one is rejected":            at(6, "status = 'rejected', decided_by = 'kim', decided_reason = 'x'"),
		"an accepted one without a delta":   at(7, "delta = NULL"),
		"an accepted one was never held":    at(7, "held_for = NULL, delta = NULL"),
		"an accepted one for other reasons": at(7, "decided_reason = 'x'"),
		"a committed one was held":          at(2, "held_for = 'x', delta = '{}'"),
		"a held delta of another size":      at(6, `delta = jsonb_set(delta, '{Added}', '["b"]')`),
		"a held delta of another whole":     at(6, `delta = jsonb_set(delta, '{Entries}', '7')`),
		"a held delta that is none":         at(6, `delta = '[]'`),
		"a held one of other pages":         at(6, `pages_digest = '\x00112233445566778899aabbccddeeff'`),
		"a held one of other entries":       at(6, `digest = '\x00112233445566778899aabbccddeeff'`),
		"a held one without pages":          "DELETE FROM snapshot_pages WHERE taken_at = '2026-01-06Z'",
		"a rejected one without pages":      "DELETE FROM snapshot_pages WHERE taken_at = '2026-01-08Z'",
		"a held one by a later decoder":     at(6, "decoder_version = (decoder_version::integer + 1)::text"),
		"a held one by an earlier decoder":  at(6, "decoder_version = (decoder_version::integer - 1)::text"),
		"a committed one by a later one":    at(3, "decoder_version = (decoder_version::integer + 1)::text"),
		"a committed one by an earlier one": at(3, "decoder_version = (decoder_version::integer - 1)::text"),
		"an acceptance by nobody":           run("accept", "actor = NULL"),
		"a rejection without a reason":      run("reject", "reason = NULL"),
		"a rejection is a rebuild":          run("reject", "kind = 'rebuild'"),
		"a rebuild by nobody":               run("rebuild", "actor = NULL"),
		"a rebuild of more":                 run("rebuild", "changed = changed + 1"),
		"a rebuild of nothing":              run("rebuild", "outcome = 'unchanged'"),
	}
}

// TestVerifyFindsEditsOfDecisions changes one thing at a time.
func TestVerifyFindsEditsOfDecisions(t *testing.T) {
	t.Parallel()
	for name, sql := range misdecided() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clone(t, decided)
			w.mustHold()
			w.Exec(sql)
			w.mustContradict("runs", "snapshots")
		})
	}
}

// TestALoadAgainIsNoWrite wants a run whose snapshot is there already to leave
// a history that is proven.
func TestALoadAgainIsNoWrite(t *testing.T) {
	t.Parallel()
	w := clone(t, audited)
	w.Sync(storetest.Day(6), "too much", priced("a", "200"))
	for day, amount := range map[int]string{5: "130", 6: "200"} {
		w.Put(storetest.Day(day), priced("a", amount))
	}
	w.mustHold()
}

// TestVerifyReadsThePagesOfHolds overwrites what a decision would be based on.
func TestVerifyReadsThePagesOfHolds(t *testing.T) {
	t.Parallel()
	for _, day := range []int{6, 8} { // held, rejected
		w := clone(t, decided)
		w.Exec("UPDATE pages SET body = 'x' WHERE id = (SELECT page_id FROM snapshot_pages WHERE taken_at = $1)", storetest.Day(day))
		w.mustContradict("pages")
	}
}
