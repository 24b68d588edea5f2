package schema_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that goose migrates through
	"github.com/pressly/goose/v3"

	"syncer/migrations"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/schema"
)

// TestMigrateDownToNothingAndUpAgain walks the schema both ways, one step at a
// time, and wants a store that opens at the end.
func TestMigrateDownToNothingAndUpAgain(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), pgtest.EmptyURL(t)
	up, err := schema.Migrate(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	for range up.Steps {
		if _, err := schema.Down(ctx, url); err != nil {
			t.Fatal(err)
		}
	}
	again, err := schema.Migrate(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(up, again); diff != "" || len(up.Steps) == 0 || len(up.Views) == 0 {
		t.Errorf("up, and the second time:\n%s", diff)
	}
	opened, err := store.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	opened.Close()
}

// TestProcessesMigrateOnce starts four at once on a database without a schema:
// every step is applied by one of them.
func TestProcessesMigrateOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	var done [4]schema.Changes
	var errs [4]error
	var all sync.WaitGroup
	for i := range done {
		all.Go(func() { done[i], errs[i] = schema.Migrate(t.Context(), url) })
	}
	all.Wait()
	applied, installed := 0, 0
	for i := range done {
		applied += len(done[i].Steps)
		installed += min(len(done[i].Views), 1)
	}
	files, readErr := fs.Glob(migrations.FS, "*.sql")
	found, known, err := schema.Versions(t.Context(), url)
	if err := errors.Join(append(errs[:], err, readErr)...); err != nil || found != known || applied != len(files) || installed != 1 {
		t.Errorf("%d steps applied of %d, views installed %d times, schema %d of %d, %v", applied, len(files), installed, found, known, err)
	}
}

// TestMigrationWaitsShortly has somebody hold a lock that a step needs. Nobody
// queues behind the step for longer than its bound, and it succeeds when the
// lock is free.
func TestMigrationWaitsShortly(t *testing.T) {
	t.Parallel()
	url := pgtest.EmptyURL(t)
	migratedTo(t, url, 101)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE lists IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	migrated := make(chan error, 1)
	go func() { _, err := schema.Migrate(t.Context(), url); migrated <- err }()
	waiting := func() (n int) {
		if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, wanted := range []int{1, 0, 1} { // it waits, gives way, and comes again
		for deadline := time.Now().Add(time.Minute); waiting() != wanted; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("never %d waiting", wanted)
			}
		}
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Error(err)
	}
	if err := open(t, url); err != nil {
		t.Error(err)
	}
}

// TestMigrateRefusesANewerSchema names both versions; that there is nothing to
// apply is not success.
func TestMigrateRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	execute(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	_, known, err := schema.Versions(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = schema.Migrate(t.Context(), url)
	if !errors.Is(err, schema.ErrNew) || !strings.Contains(err.Error(), fmt.Sprintf("found 9999, want %d", known)) {
		t.Errorf("got error %v", err)
	}
}

// migratedTo applies migrations up to a version, as an earlier syncer had them.
func migratedTo(t *testing.T, url string, version int64) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
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
