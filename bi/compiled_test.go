package bi_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/store/schema"
	"syncer/store/storetest"
)

// asClients connects without any setting of its own, as the tools of analysts do.
func asClients(t *testing.T, url string) *pgxpool.Pool {
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// TestNothingIsCompiled plans a query to every view and function of schema bi as
// clients do: Postgres' compiler would take seconds for what is done in less.
func TestNothingIsCompiled(t *testing.T) {
	t.Parallel()
	url := large.URL(t)
	if _, err := schema.Migrate(t.Context(), url); err != nil { // a clone has no settings yet
		t.Fatal(err)
	}
	pool := asClients(t, url)
	compiling := asClients(t, url+"&jit=on")
	if !storetest.Rows(t, compiling, "SELECT pg_jit_available()", pgx.RowTo[bool])[0] {
		t.Skip("this Postgres has no compiler")
	}
	isCompiled := func(pool *pgxpool.Pool, from string) bool {
		plan := storetest.Rows(t, pool, "EXPLAIN SELECT * FROM "+from, pgx.RowTo[string])
		return strings.Contains(strings.Join(plan, "\n"), "JIT:")
	}
	asked := storetest.Rows(t, pool, "SELECT 'bi.' || viewname FROM pg_views WHERE schemaname = 'bi' ORDER BY 1", pgx.RowTo[string])
	for _, from := range append(asked, "bi.prices_on('2026-02-15')", "bi.prices_as_of('2026-02-15 00:00Z')", "bi.prices_as_of('2026-02-15 00:00Z', now())") {
		if isCompiled(pool, from) {
			t.Errorf("%s is compiled", from)
		}
	}
	if !isCompiled(compiling, "bi.prices_as_of('2026-02-15 00:00Z')") {
		t.Error("nothing is compiled where it may be: this test sees nothing")
	}
}
