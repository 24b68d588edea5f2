package schema_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/migrations"
	"syncer/pgtemp/pgtest"
	"syncer/store/schema"
)

// unreleased is a database as the last program of before the first release left it:
// five lists with prices, contracts, usage, absences, events, drift and
// notifications; live, late, held, accepted and rejected snapshots, two rebuilds,
// and pages given up.
func unreleased(t *testing.T) string {
	t.Helper()
	url := pgtest.EmptyURL(t)
	load(t, url)
	return url
}

// load runs the dump of testdata on an empty database.
func load(t *testing.T, url string) {
	t.Helper()
	file, err := os.Open("testdata/unreleased.sql.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, url, string(text))
}

// lines are the answer to a query, a row a line, in UTC.
func lines(t *testing.T, url, sql string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

// younger tables, and views of them, are empty in a database that is carried over.
var younger = map[string]bool{
	"public.set_aside": true, "public.decisions": true, "public.doubts": true, "public.announced_prices": true,
	"bi.set_aside": true, "bi.contract_set_aside": true, "bi.doubts": true, "bi.contract_doubts": true,
	"bi.prices_announced": true, "bi.contract_prices_announced": true, "bi.retractions": true, "bi.contract_retractions": true,
}

// contents are all rows of all tables and views; a decoder's version as text, as
// which it is stored now.
func contents(t *testing.T, url string) map[string][]string {
	t.Helper()
	const row = `(to_jsonb(t) || CASE WHEN to_jsonb(t) ? 'decoder_version' THEN jsonb_build_object('decoder_version', to_jsonb(t) ->> 'decoder_version') ELSE '{}' END)::text`
	all := map[string][]string{}
	for _, name := range lines(t, url, `SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^goose_|^bi_objects$'
		UNION ALL SELECT 'bi.' || viewname FROM pg_views WHERE schemaname = 'bi'
		UNION ALL SELECT unnest(ARRAY['bi.prices_as_of(''2026-01-21Z'')', 'bi.prices_as_of(''2026-01-21Z'', ''2026-11-30 21:51:56.5Z'')', 'bi.prices_on(''2026-11-30'')'])`) {
		all[name] = lines(t, url, "SELECT "+row+" FROM "+name+" AS t ORDER BY 1")
		if len(all[name]) == 0 && !younger[name] {
			t.Errorf("%s is empty: nothing is compared", name)
		}
	}
	return all
}

// restated are columns of views that say something else since: bi.price_changes says
// when the last of what a row says was recorded, and not when the price was born.
var restated = map[string]string{"bi.price_changes": "recorded_at"}

// asBefore are the relations and columns among contents that stood before: what is
// added since carries nothing over, and what is restated is left out of both.
func asBefore(t *testing.T, before, contents map[string][]string) map[string][]string {
	t.Helper()
	parse := func(line string) map[string]json.RawMessage {
		var row map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		return row
	}
	spell := func(line string, columns map[string]json.RawMessage) string {
		row := parse(line)
		maps.DeleteFunc(row, func(column string, _ json.RawMessage) bool { _, stood := columns[column]; return !stood })
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	all := make(map[string][]string, len(before))
	for name, rows := range before {
		columns := parse(rows[0])
		delete(columns, restated[name])
		for i, line := range rows {
			before[name][i] = spell(line, columns)
		}
		for _, line := range contents[name] {
			all[name] = append(all[name], spell(line, columns))
		}
		slices.Sort(before[name])
		slices.Sort(all[name])
	}
	return all
}

// steps is how many steps this program knows.
func steps(t *testing.T) int {
	t.Helper()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// shape is what a database's schema is made of, but for goose's own tables: columns
// in their order, constraints, indexes, sequences, views, functions and comments.
const shape = `SELECT format('column %s %s.%s %s %s %s %s', lpad(a.attnum::text, 3, '0'), a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
		a.attnotnull, a.attstorage, coalesce(pg_get_expr(d.adbin, d.adrelid), '')) || ' ' || coalesce(col_description(a.attrelid, a.attnum), '')
		|| ' ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation UNION ALL SELECT '' LIMIT 1)
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
	WHERE c.relnamespace IN ('public'::regnamespace, 'bi'::regnamespace) AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND c.relname !~ '^goose_'
	UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
	WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ '^goose_'
	UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '^goose_'
	UNION ALL SELECT 'sequence ' || sequencename || ' ' || data_type || ' ' || increment_by FROM pg_sequences WHERE schemaname = 'public' AND sequencename !~ '^goose_'
	UNION ALL SELECT 'view ' || c.oid::regclass || ' ' || pg_get_viewdef(c.oid) || obj_description(c.oid, 'pg_class') FROM pg_class c WHERE relnamespace = 'bi'::regnamespace AND relkind = 'v'
	UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) || obj_description(p.oid, 'pg_proc') FROM pg_proc p WHERE pronamespace = 'bi'::regnamespace
	UNION ALL SELECT 'schema ' || obj_description('bi'::regnamespace, 'pg_namespace')
	UNION ALL SELECT 'step ' || version_id || ' ' || is_applied FROM goose_db_version
	UNION ALL SELECT 'installed ' || name || ' ' || audience || ' ' || checksum FROM bi_objects
	ORDER BY 1`

// TestUnreleasedDatabaseIsCarriedOver wants every row as it was, the schema of a new
// database, and an operator's grants on views kept.
func TestUnreleasedDatabaseIsCarriedOver(t *testing.T) {
	t.Parallel()
	url := unreleased(t)
	execute(t, url, `CREATE ROLE syncer_test_finance; GRANT USAGE ON SCHEMA bi TO syncer_test_finance;
		GRANT SELECT ON bi.prices_current, bi.contract_prices TO syncer_test_finance;
		CREATE VIEW public.dear AS SELECT * FROM bi.prices_current WHERE list_unit_price > 100`)
	before := contents(t, url)
	if err := open(t, url); !errors.Is(err, schema.ErrOld) {
		t.Errorf("open before: %v", err)
	}
	if _, err := schema.Down(t.Context(), url); !errors.Is(err, schema.ErrOld) {
		t.Errorf("down before: %v", err)
	}
	done, err := schema.Migrate(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Steps) != steps(t) || len(done.Views) < 30 {
		t.Errorf("steps %v, views %v", done.Steps, done.Views)
	}
	if diff := cmp.Diff(before, asBefore(t, before, contents(t, url))); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	execute(t, url, "DROP VIEW public.dear") // it was in nobody's way
	if diff := cmp.Diff(lines(t, pgtest.URL(t), shape), lines(t, url, shape)); diff != "" {
		t.Errorf("schema (-new database +carried):\n%s", diff)
	}
	execute(t, url, `SET ROLE syncer_test_finance; SELECT * FROM bi.prices_current; SELECT * FROM bi.contract_prices; RESET ROLE;
		DROP OWNED BY syncer_test_finance; DROP ROLE syncer_test_finance`)
	if err := open(t, url); err != nil {
		t.Error(err)
	}
	again, err := schema.Migrate(t.Context(), url)
	if diff := cmp.Diff(schema.Changes{}, again); diff != "" || err != nil {
		t.Errorf("migrated again: %v\n%s", err, diff)
	}
}

// TestOlderUnreleasedDatabaseIsRefused wants the way out, and nothing changed.
func TestOlderUnreleasedDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	url := unreleased(t)
	execute(t, url, "DELETE FROM goose_db_version WHERE version_id > 26")
	const all = "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema IN ('public', 'bi') ORDER BY 1"
	before := lines(t, url, all)
	_, err := schema.Migrate(t.Context(), url)
	if !errors.Is(err, schema.ErrUnreleased) || !strings.Contains(err.Error(), "step 27 with the last syncer before 1.0.0") || !strings.Contains(err.Error(), "found 26") {
		t.Errorf("got error %v", err)
	}
	if diff := cmp.Diff(before, lines(t, url, all)); diff != "" {
		t.Errorf("columns (-before +after):\n%s", diff)
	}
}

// TestProcessesCarryOverOnce starts four at once.
func TestProcessesCarryOverOnce(t *testing.T) {
	t.Parallel()
	url := unreleased(t)
	var done [4]schema.Changes
	var errs [4]error
	var all sync.WaitGroup
	for i := range done {
		all.Go(func() { done[i], errs[i] = schema.Migrate(t.Context(), url) })
	}
	all.Wait()
	made := 0
	for i := range done {
		made += len(done[i].Steps)
	}
	if err := errors.Join(errs[:]...); err != nil || made != steps(t) {
		t.Errorf("%d steps, %v", made, err)
	}
}

// TestCarryOverWithAForeignView wants a view of somebody else on a column that
// changes its type to be named, and nothing changed.
func TestCarryOverWithAForeignView(t *testing.T) {
	t.Parallel()
	url := unreleased(t)
	execute(t, url, "CREATE VIEW public.decoders AS SELECT decoder_version FROM lists")
	_, err := schema.Migrate(t.Context(), url)
	if err == nil || !strings.Contains(err.Error(), "view decoders depends on column") {
		t.Errorf("got error %v", err)
	}
	if found, _, err := schema.Versions(t.Context(), url); err != nil || found != 27 {
		t.Errorf("version %d, %v", found, err)
	}
	state, err := schema.Status(t.Context(), url)
	if err != nil || fmt.Sprint(state.Steps[0]) != "{101 00101_lists_and_runs.sql false}" {
		t.Errorf("status: %v, %v", state, err)
	}
}
