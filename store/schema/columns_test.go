package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/pgtemp/pgtest"
)

// plain are the types that psql, JDBC, ODBC, R and pandas read without help.
var plain = []string{"text", "integer", "bigint", "boolean", "date", "timestamp with time zone"}

// unscaled are numeric columns that are not numeric(38,18), and why.
var unscaled = map[string]string{
	"price_changes.percent": "a ratio of two prices, rounded to two decimals",
}

type biColumn struct{ Name, Type, Comment string }

// TestEveryColumnIsPlainAndExplained wants a comment on every view and column
// of schema bi, types that every client reads, and amounts as numeric(38,18).
func TestEveryColumnIsPlainAndExplained(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	columns := query(t, pool, `SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), '')
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'bi'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1`, pgx.RowToStructByPos[biColumn])
	if len(columns) < 300 {
		t.Fatalf("schema bi has %d columns", len(columns))
	}
	for _, column := range columns {
		exact := column.Type == "numeric(38,18)" || column.Type == "numeric" && unscaled[column.Name] != ""
		if !exact && !slices.Contains(plain, column.Type) {
			t.Errorf("bi.%s is %s, which is no plain type", column.Name, column.Type)
		}
		if column.Comment == "" {
			t.Errorf("bi.%s has no comment", column.Name)
		}
	}
	for _, name := range query(t, pool, `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'bi'::regnamespace AND obj_description(c.oid, 'pg_class') IS NULL
		UNION ALL SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'bi'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL`, pgx.RowTo[string]) {
		t.Errorf("bi.%s has no comment", name)
	}
}

// TestFunctionsInline wants functions that Postgres can merge into the asking
// query: plain SQL, not volatile, run as the caller, without settings of their own.
func TestFunctionsInline(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for _, name := range query(t, pool, `SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
		WHERE p.pronamespace = 'bi'::regnamespace
		  AND (l.lanname <> 'sql' OR p.provolatile = 'v' OR p.prosecdef OR p.proisstrict OR p.proconfig IS NOT NULL)`, pgx.RowTo[string]) {
		t.Errorf("bi.%s cannot be inlined", name)
	}
	for _, call := range []string{"bi.prices_as_of(now())", "bi.prices_as_of(now(), now())", "bi.prices_on('2026-01-31')"} {
		plan := strings.Join(query(t, pool, "EXPLAIN SELECT * FROM "+call+" WHERE product_key = 'a'", pgx.RowTo[string]), "\n")
		if strings.Contains(plan, "Function Scan") || !strings.Contains(plan, "price_history") {
			t.Errorf("%s is not inlined:\n%s", call, plan)
		}
	}
	for _, view := range query(t, pool, "SELECT viewname FROM pg_views WHERE schemaname = 'bi'", pgx.RowTo[string]) {
		plan := strings.Join(query(t, pool, "EXPLAIN (VERBOSE) SELECT * FROM bi."+view, pgx.RowTo[string]), "\n")
		if strings.Contains(plan, "bi.exact(") {
			t.Errorf("bi.%s calls bi.exact row by row:\n%s", view, plan)
		}
	}
}

func query[T any](t testing.TB, pool *pgxpool.Pool, sql string, scan pgx.RowToFunc[T], args ...any) []T {
	t.Helper()
	result, err := pool.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(result, scan)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}
