package schema

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"syncer/migrations"
	"syncer/store/postgres"
)

// TestPatienceEnds wants a step whose locks others hold to be tried for about
// two minutes, and its error to say what to do.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for code, want := range map[string]struct {
			tries int
			err   error
		}{
			postgres.LockNotAvailable: {lockTries, ErrBusy}, postgres.DeadlockDetected: {lockTries, ErrBusy},
			postgres.InsufficientPrivilege: {1, ErrRights}, "42P07": {1, nil},
		} {
			tries, began := 0, time.Now()
			err := patiently(t.Context(), func() error { tries++; return &pgconn.PgError{Code: code} })
			if tries != want.tries || want.err != nil && !errors.Is(err, want.err) || !strings.Contains(err.Error(), code) {
				t.Errorf("%s: %d tries, %v", code, tries, err)
			}
			if took := time.Since(began); took > 3*time.Minute || tries > 1 && took < time.Minute/2 {
				t.Errorf("%s: tried for %s", code, took)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := patiently(ctx, func() error { return &pgconn.PgError{Code: postgres.LockNotAvailable} })
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrBusy) {
			t.Errorf("ended from outside: %v", err)
		}
	})
}

// TestEveryStepIsBounded wants each migration, both ways, to begin by bounding
// its waits.
func TestEveryStepIsBounded(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(bounded{FS: migrations.FS}, "*.sql")
	if err != nil || len(names) < 9 {
		t.Fatalf("%d migrations, %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(bounded{FS: migrations.FS}, name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "SET LOCAL lock_timeout = '3s';\n"); n != 2 || strings.Contains(string(text), "NO TRANSACTION") {
			t.Errorf("%s: bounded %d times, want 2, in a transaction", name, n)
		}
	}
}
