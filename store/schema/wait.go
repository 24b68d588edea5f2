package schema

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
	"github.com/sethvargo/go-retry"

	"syncer/store/postgres"
)

// lockWait is how long a step may wait for a lock. Whoever comes after it waits
// behind it, so that a migration behind a long reader would stop everybody.
const lockWait = "3s"

const (
	// lockTries are how often steps whose locks others hold are tried.
	lockTries = 12
	// longestWait is the longest time between two tries.
	longestWait = 10 * time.Second
	// othersMigrate is how many seconds are waited for another process that
	// migrates. One that died is noticed after half a minute.
	othersMigrate = 3600
)

// patiently runs steps, and runs them again while others hold their locks.
func patiently(ctx context.Context, steps func() error) error {
	waits := retry.WithMaxRetries(lockTries-1, retry.WithCappedDuration(longestWait, retry.WithJitterPercent(50, retry.NewExponential(time.Second))))
	return retry.Do(ctx, waits, func(context.Context) error {
		err := steps()
		switch code := postgres.Code(err); {
		case code == postgres.InsufficientPrivilege:
			return fmt.Errorf("%w: %w", ErrRights, err)
		case code == postgres.LockNotAvailable || postgres.IsGivenUp(err):
			return retry.RetryableError(fmt.Errorf("%w: %w", ErrBusy, err))
		}
		return detailed(err)
	})
}

// detailed adds what Postgres says beside its message, such as what depends on an
// object.
func detailed(err error) error {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Detail != "" {
		return fmt.Errorf("%w: %s", err, strings.ReplaceAll(refused.Detail, "\n", "; "))
	}
	return err
}

// heldByOthers reports whether asking again may get the lock of the migration: not
// when the database refused or did not answer.
func heldByOthers(err error) bool {
	return postgres.Code(err) == "" && !postgres.Away(err)
}

// bounded are migrations whose statements wait for a lock no longer than
// lockWait. The setting ends with the step's transaction, so that it reaches
// nobody else behind a pooler.
type bounded struct {
	fs.FS
	down string // statements that go before those of a step that is taken back
}

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
	for begin, more := range map[string]string{"-- +goose Up\n": "", "-- +goose Down\n": b.down} {
		text = bytes.Replace(text, []byte(begin), []byte(begin+"SET LOCAL lock_timeout = '"+lockWait+"';\n"+more), 1)
	}
	return boundedFile{file, bytes.NewReader(text)}, nil
}

type boundedFile struct {
	fs.File
	text io.Reader
}

// Read reads the changed text.
func (f boundedFile) Read(into []byte) (int, error) { return f.text.Read(into) }
