// Package store keeps every version in Postgres. With its rooms it is the only
// one that knows SQL, and one road leads in: Update, for live and late snapshots
// alike.
//
// Its rooms, from the bottom: postgres (the connection), record (what a list
// recorded of itself), history (what stands and what is written), delta (what a
// snapshot would change), proof (verify and rebuild); beside them outbox, report and
// schema. None imports store.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/sqlcgen"
	"syncer/store/outbox"
	"syncer/store/postgres"
	"syncer/store/report"
	"syncer/store/schema"
)

// Decisions of the store.
var (
	// ErrTaken means that another process has the due time already.
	ErrTaken = errors.New("the due time is taken by another run")
	// ErrSkipped means that the due time was recorded as skipped: its list was
	// still being read.
	ErrSkipped = errors.New("the due time is skipped: the list is still being read")
	// ErrEarly means that the due time is still to come by the database's clock:
	// it can be taken then.
	ErrEarly = errors.New("the clock of this machine is ahead of the database's")
	// ErrNotBegun means that a run could not even begin; nothing was written.
	ErrNotBegun = errors.New("the run could not begin")
	// ErrNotOurs means that the run was closed by others while it worked, as
	// after a long freeze; nothing was written.
	ErrNotOurs = errors.New("the run is no longer ours")
	// ErrClock means that the list's last moment is ahead of the clock.
	ErrClock = errors.New("the last moment of the list is ahead of the clock")
	// ErrRule means that history was written by another rule of absence than is
	// configured.
	ErrRule = errors.New("absence is configured otherwise than history was written")
	// ErrExists means that a snapshot of that moment is there, with other
	// content.
	ErrExists = errors.New("a snapshot of this moment exists with other content")
	// ErrTakenBack is an ErrExists of a moment whose snapshot was taken back.
	ErrTakenBack = fmt.Errorf("%w, and was taken back: other pages need another moment", ErrExists)
	// ErrDecoderOld means that a newer syncer has read this list.
	ErrDecoderOld = errors.New("this syncer is older than the one that wrote the history: install the newer one")
	// ErrReread means that history was read by another decoder, or with other
	// attributes left out, since the run began; nothing was written.
	ErrReread = errors.New("history was read otherwise while the run went on")
	// ErrNotFound means that there is no such list or snapshot.
	ErrNotFound = errors.New("not found")
)

// Store is an open database with the schema of this binary.
type Store struct {
	// Report reads what commands and pages show.
	Report *report.Reader
	// Outbox hands out the messages that writes put into it.
	Outbox *outbox.Outbox

	pool *pgxpool.Pool
	// beats is the connection for heartbeats: writes that hold every one of the
	// pool must not let living runs seem dead. It is opened when the first is sent.
	beats *pgxpool.Pool
	q     *sqlcgen.Queries
}

// Open connects and checks that the schema is neither older nor newer than
// this binary's; see schema.Check. The URL is never part of an error.
func Open(ctx context.Context, url string) (*Store, error) {
	pool, err := postgres.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	s := New(pool)
	if err := schema.Check(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	if s.beats, err = postgres.Single(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// New is a store on a pool whose database is known to be migrated; heartbeats
// share it.
func New(pool *pgxpool.Pool) *Store {
	return &Store{Report: report.New(pool), Outbox: outbox.New(pool), pool: pool, beats: pool, q: sqlcgen.New()}
}

// Ready says whether lists can be read into the database: it answers, takes writes
// (see Writable), and has the schema of this binary (see schema.Check).
func (s *Store) Ready(ctx context.Context) error {
	if err := s.Writable(ctx); err != nil {
		return err
	}
	return schema.Check(ctx, s.pool)
}

// Writable asks whether the database answers and takes writes; postgres.ErrReadOnly
// where it does not take any.
func (s *Store) Writable(ctx context.Context) error {
	readOnly, err := s.q.DatabaseIsReadOnly(ctx, s.pool)
	if err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	if readOnly {
		return postgres.ErrReadOnly
	}
	return nil
}

// Close ends all connections.
func (s *Store) Close() {
	s.pool.Close()
	if s.beats != s.pool {
		s.beats.Close()
	}
}

// lockNamespace keeps the advisory locks on lists apart from others' locks.
const lockNamespace = 0x73796e63 // "sync"

// locked runs work in one READ COMMITTED transaction that holds the list's
// lock, and in another when Postgres gave that one up (see postgres.Retry). The lock is
// the first statement, alone: whatever is read after it is the newest there
// is. It goes out together with BEGIN, in one round trip, which is why it is no
// query of its own. And a process that freezes in the middle of a write must not
// keep the lock for ever: its transaction ends when its run counts as abandoned.
func (s *Store) locked(ctx context.Context, list int64, work func(tx pgx.Tx) error) error {
	begin := fmt.Sprintf("begin isolation level read committed; select pg_advisory_xact_lock(%d, %d); "+
		"set local idle_in_transaction_session_timeout = '60s'", lockNamespace, int32(list)) //nolint:gosec // wraps at 2^31 lists
	return postgres.Retry(ctx, func() error { return s.transactOnce(ctx, begin, work) })
}

// transactOnce runs work in one transaction. The rollback happens even when
// the context is gone.
func (s *Store) transactOnce(ctx context.Context, begin string, work func(tx pgx.Tx) error) error {
	tx, err := s.begun(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() {
		free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(free) // after a commit there is nothing left to roll back
	}()
	if err := work(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// begun begins a transaction. Nothing is lost when that fails, so it is tried
// on a connection of the pool without asking first whether that lives.
func (s *Store) begun(ctx context.Context, options pgx.TxOptions) (tx pgx.Tx, err error) {
	err = postgres.OnAnyConnection(ctx, func(ctx context.Context) error {
		tx, err = s.pool.BeginTx(ctx, options)
		return err
	})
	return tx, err
}
