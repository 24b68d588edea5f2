package bi_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
)

// openBI is a store on a database of the test's own, opened as the program
// opens it, and a pool on the same database for what only SQL can write.
func openBI(t testing.TB) (*store.Store, *pgxpool.Pool) {
	t.Helper()
	url := pgtest.URL(t)
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, storetest.PlansOnce(t, url)
}

// ask returns the answer to a query, a line a row, null as "".
func ask(t testing.TB, s *store.Store, query string) []string {
	t.Helper()
	answer, err := s.Report.Query(t.Context(), query)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	var lines []string
	for _, row := range answer.Rows {
		lines = append(lines, strings.Join(row, "|"))
	}
	return lines
}

func perform(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}
