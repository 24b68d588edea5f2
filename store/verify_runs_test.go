package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

// january is the moment of a day of January 2026.
func january(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

// priced is an entry with one price.
func priced(key, amount string) map[string]catalog.Entry {
	return map[string]catalog.Entry{key: {Key: key, Name: key, Attributes: catalog.Attributes(`{}`), Prices: []catalog.Price{{
		SKUPriceID: key, Kind: catalog.PriceList, Currency: "KRW", TaxBasis: catalog.TaxExcluded, ListUnitPrice: decimal.RequireFromString(amount),
	}}}}
}

// audited is a list in which `a` costs 100, 100, 120, 120 and 130 on the first
// five days; believed at once.
func audited(t *testing.T, pool *pgxpool.Pool) *written {
	t.Helper()
	w := &written{pool: pool, store: store.New(pool), source: newScripted()}
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 1})
	var last *snapshot.Snapshot
	for i, amount := range []string{"100", "", "120", "", "130"} { // "": byte for byte as before
		if amount != "" {
			last = w.source.snapshot(t, priced("a", amount))
		}
		put(t, w.store, w.list, last, january(i+1))
	}
	return w
}

// decided is audited with snapshots that the guard held: one waits, one was
// accepted, one rejected; and a rebuild that put something right.
func decided(t *testing.T, pool *pgxpool.Pool) *written {
	t.Helper()
	w := audited(t, pool)
	w.rewritten(t)
	for i := range 3 {
		w.holds(t, fmt.Sprint(200+i), january(6+i))
	}
	w.accepts(t, january(7))
	if err := w.store.Reject(t.Context(), w.list, january(8), store.Decision{Actor: "kim", Reason: "no"}); err != nil {
		t.Fatal(err)
	}
	return w
}

// rewritten alters a row and lets a rebuild write it again.
func (w *written) rewritten(t *testing.T) {
	t.Helper()
	perform(t, w.pool, "UPDATE product_versions SET name = 'z' WHERE valid_from = '2026-01-03Z'")
	if _, err := rebuilt(t.Context(), w.store, w.list, w.list.Rule, w.source.reread); err != nil {
		t.Fatal(err)
	}
}

func (w *written) holds(t *testing.T, amount string, at time.Time) {
	t.Helper()
	run, err := w.store.BeginAt(t.Context(), w.list, record.Sync, at)
	if err != nil {
		t.Fatal(err)
	}
	result, err := w.store.Update(t.Context(), run, w.source.snapshot(t, priced("a", amount)), func(store.Delta) string { return "too much" })
	if err != nil || result.Outcome != record.Held {
		t.Fatalf("hold: %v, %v", result, err)
	}
}

func (w *written) accepts(t *testing.T, at time.Time) {
	t.Helper()
	pages, err := w.store.PagesOf(t.Context(), w.list, at)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := w.source.reread(pages)
	if err != nil {
		t.Fatal(err)
	}
	run, err := w.store.BeginAccept(t.Context(), w.list, at, store.Decision{Actor: "kim", Reason: "yes"})
	if err == nil {
		_, err = w.store.Update(t.Context(), run, snapshot, pass)
	}
	if err != nil {
		t.Fatal(err)
	}
}

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
	for name, sql := range erased() {
		t.Run(name, func(t *testing.T) {
			w := audited(t, pgtest.New(t))
			w.mustHold(t)
			perform(t, w.pool, sql)
			w.mustContradict(t, "runs", "snapshots")
		})
	}
}

// mustContradict wants a contradiction in one of some tables.
func (w *written) mustContradict(t *testing.T, tables ...string) {
	t.Helper()
	found := w.contradictions(t)
	for _, one := range found {
		for _, table := range tables {
			if one.Table == table {
				return
			}
		}
	}
	t.Errorf("found %v, want one of %s", found, strings.Join(tables, ", "))
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
	for name, sql := range misdecided() {
		t.Run(name, func(t *testing.T) {
			w := decided(t, pgtest.New(t))
			w.mustHold(t)
			perform(t, w.pool, sql)
			w.mustContradict(t, "runs", "snapshots")
		})
	}
}

// TestALoadAgainIsNoWrite wants a run whose snapshot is there already to leave
// a history that is proven.
func TestALoadAgainIsNoWrite(t *testing.T) {
	w := audited(t, pgtest.New(t))
	w.holds(t, "200", january(6))
	for day, amount := range map[int]string{5: "130", 6: "200"} {
		put(t, w.store, w.list, w.source.snapshot(t, priced("a", amount)), january(day))
	}
	w.mustHold(t)
}

// TestVerifyReadsThePagesOfHolds overwrites what a decision would be based on.
func TestVerifyReadsThePagesOfHolds(t *testing.T) {
	for _, day := range []int{6, 8} { // held, rejected
		w := decided(t, pgtest.New(t))
		perform(t, w.pool, "UPDATE pages SET body = 'x' WHERE id = (SELECT page_id FROM snapshot_pages WHERE taken_at = $1)", january(day))
		w.mustContradict(t, "pages")
	}
}
