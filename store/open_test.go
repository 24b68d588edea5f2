package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/schema"
)

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, url string) error {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	if err == nil {
		s.Close()
	}
	return err
}

func TestOpenMigrated(t *testing.T) {
	t.Parallel()
	if err := open(t, pgtest.URL(t)); err != nil {
		t.Error(err)
	}
}

func TestOpenOldSchema(t *testing.T) {
	t.Parallel()
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		url := pgtest.EmptyURL(t)
		err := open(t, url)
		if !errors.Is(err, schema.ErrOld) || !strings.Contains(err.Error(), "syncer migrate up") {
			t.Errorf("got error %v", err)
		}
		if _, err := schema.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		if err := open(t, url); err != nil {
			t.Errorf("after migrate: %v", err)
		}
	})
	t.Run("one step behind", func(t *testing.T) {
		t.Parallel()
		url := pgtest.EmptyURL(t)
		if _, err := schema.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		if _, err := schema.Down(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		if err := open(t, url); !errors.Is(err, schema.ErrOld) {
			t.Errorf("got error %v", err)
		}
	})
}

func TestOpenNewSchema(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	execute(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	err := open(t, url)
	if !errors.Is(err, schema.ErrNew) || !strings.Contains(err.Error(), "found 9999") {
		t.Errorf("got error %v", err)
	}
}

// TestOpenWritesNothing wants a database that is only looked at to stay as it
// was.
func TestOpenWritesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	if err := open(t, url); !errors.Is(err, schema.ErrOld) {
		t.Fatalf("got error %v", err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var tables int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables after Open, %v", tables, err)
	}
}

// TestDatabaseIsAway wants a clear error without the password, in every way to
// write an address.
func TestDatabaseIsAway(t *testing.T) {
	t.Parallel()
	const password = "s3cret-Passw0rd"
	for url, says := range map[string]string{
		"postgres://user:" + password + "@127.0.0.1:1/db":                             "reach database",
		"host=127.0.0.1 port=1 user=user password=" + password + " dbname=db":         "reach database",
		"postgres://user:" + password + "@127.0.0.1:1/db?sslmode=nonsense":            "database url: cannot be read",
		"postgres://user:" + password + "@127.0.0.1:port/db":                          "database url: cannot be read",
		"postgres://127.0.0.1:1/db?user=user&password=" + password + "&target=%zz":    "database url: cannot be read",
		"postgres://user:" + password + "@127.0.0.1:1/db?application_name=x&sslmode=": "database",
	} {
		_, migrated := schema.Migrate(t.Context(), url)
		_, status := schema.Status(t.Context(), url)
		opened := open(t, url)
		if opened == nil || !strings.Contains(opened.Error(), says) {
			t.Errorf("error %v does not say %q", opened, says)
		}
		if opened != nil && strings.Count(opened.Error(), "connection refused") > 1 {
			t.Errorf("said twice: %v", opened)
		}
		for _, err := range []error{opened, migrated, status} {
			if err == nil || strings.Contains(err.Error(), password) {
				t.Errorf("%s: error is missing or shows the password: %v", says, err)
			}
		}
	}
}
