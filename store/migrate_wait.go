package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// lockWait is how long a step may wait for a lock. Whoever comes after it waits
// behind it, so that a migration behind a long reader would stop everybody.
const lockWait = "3s"

const (
	// lockTries are how often steps whose locks others hold are tried.
	lockTries = 12
	// longestPause is the longest time between two tries.
	longestPause = 10 * time.Second
	// othersMigrate is how many seconds are waited for another process that
	// migrates. One that died is noticed after half a minute.
	othersMigrate = 3600
)

// SQLSTATEs of migrations that meet others, or do not own what they change.
const (
	lockNotAvailable      = "55P03"
	insufficientPrivilege = "42501"
)

// patiently runs steps, and runs them again while others hold their locks.
func patiently(ctx context.Context, steps func() error) error {
	for try := 1; ; try++ {
		err := steps()
		told, ok := errors.AsType[*pgconn.PgError](err)
		switch {
		case !ok:
			return err
		case told.Code == insufficientPrivilege:
			return fmt.Errorf("%w: %w", ErrSchemaRights, err)
		case told.Code != lockNotAvailable && !givenUp(err):
			return err
		case try == lockTries:
			return fmt.Errorf("%w: %w", ErrSchemaBusy, err)
		}
		if !pause(ctx, min(time.Second<<(try-1), longestPause)) {
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

// heldByOthers tells whether asking again may get the lock of the migration: not
// when the database refused or did not answer.
func heldByOthers(err error) bool {
	_, refused := errors.AsType[*pgconn.PgError](err)
	return !refused && !Away(err)
}

// bounded are migrations whose statements wait for a lock no longer than
// lockWait. The setting ends with the step's transaction, so that it reaches
// nobody else behind a pooler.
type bounded struct{ fs.FS }

// Open opens a migration, or the folder.
func (b bounded) Open(name string) (fs.File, error) {
	file, err := b.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	for _, begin := range []string{"-- +goose Up\n", "-- +goose Down\n"} {
		text = bytes.Replace(text, []byte(begin), []byte(begin+"SET LOCAL lock_timeout = '"+lockWait+"';\n"), 1)
	}
	return boundedFile{file, bytes.NewReader(text)}, nil
}

type boundedFile struct {
	fs.File
	text io.Reader
}

// Read reads the changed text.
func (f boundedFile) Read(into []byte) (int, error) { return f.text.Read(into) }
