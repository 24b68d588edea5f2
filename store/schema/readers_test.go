package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
)

// ofContracts are the views that only syncer_contract_reader may read.
var ofContracts = []string{
	"contract_doubts", "contract_history", "contract_prices", "contract_prices_announced", "contract_provenance", "contract_retractions",
	"contract_set_aside", "contract_usage", "contracts_current", "focus_contract_commitment",
}

// TestReadersReadTheirViews becomes each reader and tries every view, function
// and table.
func TestReadersReadTheirViews(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	views := query(t, pool, "SELECT viewname FROM pg_views WHERE schemaname = 'bi' ORDER BY 1", pgx.RowTo[string])
	tables := query(t, pool, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", pgx.RowTo[string])
	if len(views) < 25 || len(tables) < 15 {
		t.Fatalf("%d views, %d tables", len(views), len(tables))
	}
	for role, denied := range map[string][]string{"syncer_reader": ofContracts, "syncer_contract_reader": nil} {
		conn, err := pgx.Connect(t.Context(), pool.Config().ConnString())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(t.Context()) }()
		try := func(sql string) (denied bool) {
			_, err := conn.Exec(t.Context(), sql)
			if err != nil && !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s: %s: %v", role, sql, err)
			}
			return err != nil
		}
		if try("SET ROLE " + role) {
			t.Fatalf("cannot become %s", role)
		}
		var got []string
		for _, view := range views {
			if try("SELECT * FROM bi." + view) {
				got = append(got, view)
			}
		}
		if diff := cmp.Diff(denied, got); diff != "" {
			t.Errorf("%s: denied views (-want +got):\n%s", role, diff)
		}
		for _, call := range []string{"* FROM bi.prices_as_of(now())", "* FROM bi.prices_as_of(clock_timestamp(), now())",
			"* FROM bi.prices_on('2026-01-31')", "bi.report_timezone()", "bi.known_until()"} {
			if try("SELECT " + call) {
				t.Errorf("%s: %s is denied", role, call)
			}
		}
		for _, table := range tables {
			for _, statement := range []string{"SELECT FROM ", "DELETE FROM ", "TRUNCATE "} {
				if !try(statement + table) {
					t.Errorf("%s: %s%s is allowed", role, statement, table)
				}
			}
		}
		for _, statement := range []string{"CREATE TABLE public.mine (id int)", "CREATE VIEW bi.mine AS SELECT 1", "INSERT INTO bi.report_settings VALUES ('UTC')"} {
			if !try(statement) {
				t.Errorf("%s: %s is allowed", role, statement)
			}
		}
	}
}

// TestOthersReadNothing wants a role that was granted nothing to read nothing. An
// immutable function reads nothing either.
func TestOthersReadNothing(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	open := query(t, pool, `SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'bi'::regnamespace AND p.provolatile <> 'i' AND has_function_privilege('pg_monitor', p.oid, 'EXECUTE')
		UNION ALL SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'bi'::regnamespace AND has_table_privilege('pg_monitor', c.oid, 'SELECT')`, pgx.RowTo[string])
	if slices.Sort(open); len(open) > 0 {
		t.Errorf("everybody may use bi.%s", strings.Join(open, ", bi."))
	}
}
