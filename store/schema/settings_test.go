package schema_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
	"syncer/store/schema"
)

// TestSettingsAreTheOperators wants a setting that somebody chose to stay.
func TestSettingsAreTheOperators(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	// answer is that of a client without any setting of its own.
	answer := func(sql string) string {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(t.Context()) }()
		var text string
		if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	migrate := func() {
		t.Helper()
		if _, err := schema.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, url, "ALTER DATABASE "+answer("SELECT quote_ident(current_database())")+" RESET jit") // a copy has the setting of a migrated database
	if got := answer("SHOW jit"); got != "on" {
		t.Fatalf("jit is %s before", got)
	}
	migrate()
	if got := answer("SHOW jit"); got != "off" {
		t.Errorf("jit is %s after migrating", got)
	}
	execute(t, url, "ALTER DATABASE "+answer("SELECT quote_ident(current_database())")+" SET jit = on")
	migrate()
	if got := answer("SHOW jit"); got != "on" {
		t.Errorf("jit is %s where an operator wanted it on", got)
	}
}
