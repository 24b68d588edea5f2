package schema_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/bi"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/schema"
)

// viewFiles are the files of this binary, for a test to change.
func viewFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(bi.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(bi.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

// changed replaces text in a file.
func changed(t *testing.T, files fstest.MapFS, name, from, to string) {
	t.Helper()
	text := string(files[name].Data)
	if !strings.Contains(text, from) {
		t.Fatalf("%s has no %q", name, from)
	}
	files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, from, to))}
}

// edition is a database and a connection to it that installs views.
type edition struct {
	url  string
	conn *pgx.Conn
}

func newEdition(t *testing.T) edition {
	t.Helper()
	url := pgtest.URL(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return edition{url, conn}
}

func (e edition) do(t *testing.T, sql string) {
	t.Helper()
	if _, err := e.conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

func (e edition) install(t *testing.T, files fs.FS) ([]string, error) {
	t.Helper()
	objects, err := bi.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return schema.Install(t.Context(), e.conn, objects)
}

func (e edition) installed(t *testing.T, files fs.FS, want ...string) {
	t.Helper()
	got, err := e.install(t, files)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}

func (e edition) ask(t *testing.T, sql string) []string {
	t.Helper()
	rows, err := e.conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

// everything is all that schema bi holds and who may do what with it.
const everything = `SELECT c.relname || ' ' || c.relowner::regrole || ' ' || coalesce(c.relacl::text, '') || ' ' || pg_get_viewdef(c.oid) || ' ' || coalesce(obj_description(c.oid, 'pg_class'), '')
	FROM pg_class c WHERE c.relnamespace = 'bi'::regnamespace
	UNION ALL SELECT p.oid::regprocedure || ' ' || p.proowner::regrole || ' ' || coalesce(p.proacl::text, '') || ' ' || pg_get_functiondef(p.oid)
	FROM pg_proc p WHERE p.pronamespace = 'bi'::regnamespace
	UNION ALL SELECT a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || coalesce(a.attacl::text, '') || ' ' || coalesce(col_description(a.attrelid, a.attnum), '')
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'bi'::regnamespace AND a.attnum > 0
	ORDER BY 1`

// TestViewsAreRightAfterMigrate wants nothing left to install, and a changed file
// to be noticed by whoever opens the database.
func TestViewsAreRightAfterMigrate(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	e.installed(t, bi.FS)
	state, err := schema.Status(t.Context(), e.url)
	if err != nil || len(state.Views) > 0 {
		t.Errorf("outdated: %v, %v", state.Views, err)
	}
	e.do(t, "UPDATE bi_objects SET checksum = '' WHERE name = 'runs'")
	if _, err := store.Open(t.Context(), e.url); !errors.Is(err, schema.ErrViews) || !strings.Contains(err.Error(), "(bi.runs)") {
		t.Errorf("open: %v", err)
	}
	done, err := schema.Migrate(t.Context(), e.url)
	if err != nil || len(done.Steps) > 0 || !slices.Equal(done.Views, []string{"runs"}) {
		t.Errorf("migrate: %v, %v", done, err)
	}
	if err := open(t, e.url); err != nil {
		t.Error(err)
	}
}

// TestViewGrowsInPlace adds a column at the end of a view on which somebody else's
// view depends.
func TestViewGrowsInPlace(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	e.do(t, "CREATE VIEW public.mine AS SELECT * FROM bi.drift")
	files := viewFiles(t)
	changed(t, files, "drift.sql", "drift.first_seen_at\nFROM", "drift.first_seen_at, drift.first_run\nFROM")
	oid := "SELECT 'bi.drift'::regclass::oid::text"
	before := e.ask(t, oid)
	e.installed(t, files, "drift")
	if after := e.ask(t, oid); !slices.Equal(before, after) {
		t.Error("the view was made anew")
	}
	e.do(t, "SELECT first_run FROM bi.drift")
}

// remade is an edition in which bi.price_history has lost a column, so that it, all
// that reads it and the functions that return its rows have to be made anew.
func remade(t *testing.T) fstest.MapFS {
	files := viewFiles(t)
	changed(t, files, "price_history.sql", "price_history.effective_from, price_history.effective_to,", "price_history.effective_from,")
	changed(t, files, "price_history.sql", "COMMENT ON COLUMN bi.price_history.effective_to", "-- ")
	changed(t, files, "prices_current.sql", "effective_from, effective_to,", "effective_from,")
	changed(t, files, "prices_current.sql", "COMMENT ON COLUMN bi.prices_current.effective_to", "-- ")
	changed(t, files, "prices_as_of.sql", "version.effective_from, version.effective_to,", "version.effective_from,")
	return files
}

// TestRemadeViewsKeepTheirGrants has an operator give rights to a role of his own,
// takes a column away, and gives it back: every right, owner and definition is what
// it was.
func TestRemadeViewsKeepTheirGrants(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	e.do(t, `CREATE ROLE "Fin Ops"; CREATE ROLE syncer_test_keeper;
		GRANT USAGE ON SCHEMA bi TO "Fin Ops", syncer_test_keeper; GRANT CREATE ON SCHEMA bi TO syncer_test_keeper;
		GRANT SELECT ON bi.price_history TO syncer_test_keeper;
		GRANT SELECT ON bi.prices_current TO "Fin Ops" WITH GRANT OPTION;
		GRANT SELECT (provider, list) ON bi.price_history TO "Fin Ops";
		GRANT EXECUTE ON FUNCTION bi.prices_on TO "Fin Ops";
		REVOKE SELECT ON bi.price_history FROM syncer_reader;
		ALTER VIEW bi.prices_current OWNER TO syncer_test_keeper`)
	defer e.do(t, `RESET ROLE; ALTER VIEW bi.prices_current OWNER TO CURRENT_USER;
		DROP OWNED BY "Fin Ops", syncer_test_keeper; DROP ROLE "Fin Ops", syncer_test_keeper`)
	before := e.ask(t, everything)
	files := remade(t)
	e.installed(t, files, "price_history", "prices_as_of", "prices_current")
	if n := e.ask(t, "SELECT count(*)::text FROM pg_attribute WHERE attrelid = 'bi.price_history'::regclass AND attname = 'effective_to'"); n[0] != "0" {
		t.Error("the column stayed")
	}
	e.installed(t, bi.FS, "price_history", "prices_as_of", "prices_current")
	if diff := cmp.Diff(before, e.ask(t, everything)); diff != "" {
		t.Errorf("schema bi (-before +after):\n%s", diff)
	}
	e.do(t, `SET ROLE "Fin Ops"; SELECT provider, list FROM bi.price_history; SELECT * FROM bi.prices_current; RESET ROLE`)
}

// TestNobodyElsesViewIsDropped names what depends on a view that has to be made
// anew, changes nothing, and goes on when it is gone.
func TestNobodyElsesViewIsDropped(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	e.do(t, `CREATE SCHEMA finance; CREATE VIEW finance.top AS SELECT product_key, list_unit_price FROM bi.prices_current;
		CREATE MATERIALIZED VIEW finance.kept AS SELECT * FROM finance.top;
		CREATE VIEW bi.own AS SELECT * FROM bi.price_history;
		CREATE FUNCTION finance.all_prices() RETURNS SETOF bi.price_history LANGUAGE sql RETURN NULL::bi.price_history`)
	before := e.ask(t, everything)
	_, err := e.install(t, remade(t))
	if !errors.Is(err, schema.ErrInTheWay) {
		t.Fatalf("got error %v", err)
	}
	for _, want := range []string{
		"view finance.top, which depends on bi.price", "materialized view finance.kept, which", "view bi.own, which depends on bi.price_history",
		"function finance.all_prices(), which depends on bi.price_history",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %q in it", err, want)
		}
	}
	if strings.Contains(err.Error(), "prices_as_of(") {
		t.Errorf("one of ours is in the way: %v", err)
	}
	if diff := cmp.Diff(before, e.ask(t, everything)); diff != "" {
		t.Errorf("schema bi (-before +after):\n%s", diff)
	}
	if _, err := schema.Down(t.Context(), e.url); !errors.Is(err, schema.ErrInTheWay) || !strings.Contains(err.Error(), "finance.top") {
		t.Errorf("down: %v", err)
	}
	e.do(t, "DROP SCHEMA finance CASCADE; DROP VIEW bi.own")
	e.installed(t, remade(t), "price_history", "prices_as_of", "prices_current")
}

// TestAViewOfTheSameNameIsNotReplaced has an operator be first with a name.
func TestAViewOfTheSameNameIsNotReplaced(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	e.do(t, "CREATE VIEW bi.commitments_ending AS SELECT 1 AS mine")
	before := e.ask(t, everything)
	_, err := e.install(t, withCommitments(t))
	if !errors.Is(err, schema.ErrInTheWay) || !strings.Contains(err.Error(), "bi.commitments_ending, which syncer did not make") {
		t.Errorf("got error %v", err)
	}
	if diff := cmp.Diff(before, e.ask(t, everything)); diff != "" {
		t.Errorf("schema bi (-before +after):\n%s", diff)
	}
}

// withCommitments is an edition with one more view about contracts, whose name does
// not say so.
func withCommitments(t *testing.T) fstest.MapFS {
	files := viewFiles(t)
	files["commitments_ending.sql"] = &fstest.MapFile{Data: []byte(`-- audience: contracts
CREATE OR REPLACE VIEW bi.commitments_ending AS SELECT contract_key, period_end FROM bi.contracts_current;
COMMENT ON VIEW bi.commitments_ending IS 'Contracts by the day on which they end.';
`)}
	return files
}

// TestAudienceDecidesWhoReads adds a view about contracts whose name does not say
// so, also where an operator gives new views to the reader by default, and changes
// its audience there and back.
func TestAudienceDecidesWhoReads(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	e.do(t, "ALTER DEFAULT PRIVILEGES IN SCHEMA bi GRANT SELECT ON TABLES TO syncer_reader")
	mayRead := func(role string) bool {
		return e.ask(t, "SELECT has_table_privilege('"+role+"', 'bi.commitments_ending', 'SELECT')::text")[0] == "true"
	}
	files := withCommitments(t)
	e.installed(t, files, "commitments_ending")
	if mayRead("syncer_reader") || !mayRead("syncer_contract_reader") {
		t.Errorf("contracts: syncer_reader %t, syncer_contract_reader %t", mayRead("syncer_reader"), mayRead("syncer_contract_reader"))
	}
	changed(t, files, "commitments_ending.sql", "audience: contracts", "audience: everybody")
	e.installed(t, files, "commitments_ending")
	if !mayRead("syncer_reader") || !mayRead("syncer_contract_reader") {
		t.Error("everybody: not everybody may read")
	}
	e.installed(t, withCommitments(t), "commitments_ending")
	if mayRead("syncer_reader") || !mayRead("syncer_contract_reader") {
		t.Error("contracts again: syncer_reader still reads")
	}
	e.installed(t, bi.FS, "commitments_ending")
	if left := e.ask(t, "SELECT viewname FROM pg_views WHERE viewname = 'commitments_ending'"); len(left) > 0 {
		t.Error("a view that is no more stayed")
	}
}

// TestFunctionWithOtherArguments wants one function of a name after its arguments
// changed, with the rights of the one before.
func TestFunctionWithOtherArguments(t *testing.T) {
	t.Parallel()
	e := newEdition(t)
	files := viewFiles(t)
	changed(t, files, "prices_on.sql", "(day date, known_at timestamptz DEFAULT now())", "(day date)")
	changed(t, files, "prices_on.sql", "known_at", "now()")
	changed(t, files, "prices_on.sql", "bi.prices_on(date, timestamptz)", "bi.prices_on(date)")
	const rights = "SELECT coalesce(proacl::text, '') FROM pg_proc WHERE pronamespace = 'bi'::regnamespace AND proname = 'prices_on'"
	before := e.ask(t, rights)
	e.installed(t, files, "prices_on")
	if diff := cmp.Diff(before, e.ask(t, rights)); diff != "" {
		t.Errorf("rights (-before +after):\n%s", diff)
	}
}
