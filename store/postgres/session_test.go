package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
	"syncer/store/postgres"
	"syncer/store/schema"
)

// TestSessionsInheritNothing gives the database settings that change what texts
// and times mean, and wants a migration and a connection of ours to be as ever.
func TestSessionsInheritNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	operator, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = operator.Close(t.Context()) }()
	for _, setting := range []string{"client_encoding = ''LATIN1''", "standard_conforming_strings = off", "timezone = ''Asia/Seoul''", "datestyle = ''SQL, DMY''"} {
		if _, err := operator.Exec(t.Context(), "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "+setting+"', current_database()); END $$"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := schema.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	pool, err := postgres.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	const name = `서울 \ "1"`
	var text, moment string
	var length int
	err = pool.QueryRow(t.Context(), "SELECT $1::text, length($1::text), '2026-01-05T00:00:00Z'::timestamptz::text", pgx.QueryExecModeSimpleProtocol, name).Scan(&text, &length, &moment)
	if err != nil || text != name || length != len([]rune(name)) || moment != "2026-01-05 00:00:00+00" {
		t.Errorf("got %q of %d letters, %q, %v", text, length, moment, err)
	}
}
