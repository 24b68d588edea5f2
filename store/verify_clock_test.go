package store_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/timeline"
)

// moved shifts columns of runs and the snapshots that they brought.
func moved(by, runs string, columns ...string) string {
	sql := fmt.Sprintf("UPDATE snapshots SET recorded_at = recorded_at + interval '%s' WHERE recorded_by IN (%s);", by, runs)
	for _, column := range columns {
		sql += fmt.Sprintf("UPDATE runs SET %[1]s = %[1]s + interval '%[2]s' WHERE id IN (%[3]s);", column, by, runs)
	}
	return sql
}

// TestVerifyFindsAnotherClock moves when something was recorded, with all that
// names it, so that an answer of the past would be another.
func TestVerifyFindsAnotherClock(t *testing.T) {
	const all = "1, 2, 3, 4, 5"
	for name, sql := range map[string]string{
		"all earlier":            moved("-1 day", all, "recorded_at"),
		"all later":              moved("1 day", all, "recorded_at"),
		"one earlier":            moved("-1 day", "3", "recorded_at"),
		"one later":              moved("1 day", "5", "recorded_at"),
		"one run wholly earlier": moved("-1 day", "3", "recorded_at", "started_at", "ended_at"),
		"one ended earlier":      moved("-1 day", "3", "recorded_at", "ended_at"),
	} {
		t.Run(name, func(t *testing.T) {
			w := audited(t, pgtest.New(t))
			w.mustHold(t)
			perform(t, w.pool, sql)
			w.mustContradict(t, "runs")
		})
	}
}

// TestAClockThatWasSetBackIsNone has runs follow one that came by a clock which
// was an hour ahead.
func TestAClockThatWasSetBackIsNone(t *testing.T) {
	for name, columns := range map[string][]string{
		"before the first ended":  {"recorded_at", "started_at"},
		"before the first began":  {"recorded_at", "started_at", "ended_at"},
		"while the first was run": {"started_at"},
	} {
		t.Run(name, func(t *testing.T) {
			w := ahead(t, pgtest.New(t), columns)
			for i := range 3 {
				put(t, w.store, w.list, w.source.snapshot(t, priced("a", fmt.Sprint(i))), january(i+2))
			}
			w.holds(t, "200", january(6))
			w.accepts(t, january(6))
			w.rewrittenBack(t)
			w.mustHold(t)
		})
	}
}

func ahead(t *testing.T, pool *pgxpool.Pool, columns []string) *written {
	t.Helper()
	w := &written{pool: pool, store: store.New(pool), source: newScripted()}
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 1})
	put(t, w.store, w.list, w.source.snapshot(t, priced("a", "1")), january(1))
	for _, column := range columns {
		perform(t, pool, "UPDATE runs SET "+column+" = "+column+" + interval '1 hour'")
	}
	perform(t, pool, "UPDATE snapshots SET recorded_at = (SELECT recorded_at FROM runs); UPDATE lists SET last_recorded_at = (SELECT recorded_at FROM runs)")
	return w
}

func (w *written) rewrittenBack(t *testing.T) {
	t.Helper()
	perform(t, w.pool, "UPDATE product_versions SET name = 'z' WHERE valid_from = '2026-01-03Z'")
	w.repaired(t)
}
