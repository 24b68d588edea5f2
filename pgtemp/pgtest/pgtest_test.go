package pgtest_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
	"syncer/store/schema"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestDatabasesAreApart(t *testing.T) {
	first, second := pgtest.New(t), pgtest.New(t)
	if _, err := first.Exec(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
		t.Fatal(err)
	}
	var there bool
	err := second.QueryRow(t.Context(), "SELECT to_regclass('mine') IS NOT NULL").Scan(&there)
	if err != nil || there {
		t.Fatalf("a table of one database is seen in the other: %t, %v", there, err)
	}
}

func TestDatabaseIsMigrated(t *testing.T) {
	var version int64
	err := pgtest.New(t).QueryRow(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&version)
	if err != nil || version < 1 {
		t.Fatalf("schema version %d, %v", version, err)
	}
}

// TestDatabaseHasTheSettingsOfAMigratedOne wants a copy to plan as a database
// does that was migrated itself.
func TestDatabaseHasTheSettingsOfAMigratedOne(t *testing.T) {
	address := pgtest.EmptyURL(t)
	if _, err := schema.Migrate(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	var settings []string
	for _, address := range []string{address, pgtest.URL(t), pgtest.CloneURL(t, pgtest.KeptURL(t))} {
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		var set string
		err = conn.QueryRow(t.Context(), `SELECT coalesce(string_agg(setconfig::text, ' ' ORDER BY setconfig), 'none') FROM pg_db_role_setting
			WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&set)
		if err := errors.Join(err, conn.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		settings = append(settings, set)
	}
	if settings[1] != settings[0] || settings[2] != settings[0] {
		t.Errorf("settings of a migrated database, of a copy and of a copy's copy: %q", settings)
	}
}

func TestEmptyDatabaseHasNoSchema(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.EmptyURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var tables int
	err = conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables)
	if err != nil || tables != 0 {
		t.Fatalf("%d tables, %v", tables, err)
	}
}

func TestDatabaseIsDroppedAfterItsTest(t *testing.T) {
	var name string
	t.Run("has one", func(t *testing.T) {
		if err := pgtest.New(t).QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var left bool
	err := pgtest.New(t).QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&left)
	if err != nil || left {
		t.Fatalf("%s is left: %t, %v", name, left, err)
	}
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		pgtest.URL(b)
	}
}
