package proof_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/storetest"
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
	t.Parallel()
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
			t.Parallel()
			w := clone(t, audited)
			w.mustHold()
			w.Exec(sql)
			w.mustContradict("runs")
		})
	}
}

// TestAClockThatWasSetBackIsNone has runs follow one that came by a clock which
// was an hour ahead.
func TestAClockThatWasSetBackIsNone(t *testing.T) {
	t.Parallel()
	for name, columns := range map[string][]string{
		"before the first ended":  {"recorded_at", "started_at"},
		"before the first began":  {"recorded_at", "started_at", "ended_at"},
		"while the first was run": {"started_at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := ahead(t, pgtest.New(t), columns)
			for i := range 3 {
				w.Put(storetest.Day(i+2), priced("a", fmt.Sprint(i)))
			}
			w.Sync(storetest.Day(6), "too much", priced("a", "200"))
			w.Accept(storetest.Day(6))
			w.Exec("UPDATE product_versions SET name = 'z' WHERE valid_from = '2026-01-03Z'")
			w.repaired()
			w.mustHold()
		})
	}
}

func ahead(t *testing.T, pool *pgxpool.Pool, columns []string) world {
	t.Helper()
	w := list(t, pool, "things", catalog.Products, 1)
	w.Put(storetest.Day(1), priced("a", "1"))
	for _, column := range columns {
		w.Exec("UPDATE runs SET " + column + " = " + column + " + interval '1 hour'")
	}
	w.Exec("UPDATE snapshots SET recorded_at = (SELECT recorded_at FROM runs); UPDATE lists SET last_recorded_at = (SELECT recorded_at FROM runs)")
	return w
}
