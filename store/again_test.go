package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
)

// giveUp makes Postgres give up so many transactions that write a snapshot.
func giveUp(t *testing.T, pool *pgxpool.Pool, code string, times int) {
	t.Helper()
	sql := fmt.Sprintf(`CREATE SEQUENCE given_up;
		CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('given_up') <= %d THEN RAISE EXCEPTION 'given up' USING ERRCODE = '%s'; END IF;
			RETURN new;
		END $$;
		CREATE TRIGGER give_up BEFORE INSERT ON snapshots FOR EACH ROW EXECUTE FUNCTION give_up()`, times, code)
	if _, err := pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// TestGivenUpTransactionsRunAgain wants a few serialization failures and
// deadlocks to stay unseen, many to be told, and other errors to be told at
// once.
func TestGivenUpTransactionsRunAgain(t *testing.T) {
	for _, c := range []struct {
		code   string
		times  int
		tried  int
		failed bool
	}{
		{code: "40001", times: 2, tried: 3},
		{code: "40P01", times: 2, tried: 3},
		{code: "40001", times: 1000, tried: 6, failed: true},
		{code: "23505", times: 1000, tried: 1, failed: true},
	} {
		t.Run(fmt.Sprint(c.code, " ", c.times), func(t *testing.T) {
			pool := pgtest.New(t)
			s, source := store.New(pool), newScripted()
			list := ensure(t, s, source.list, atOnce())
			giveUp(t, pool, c.code, c.times)
			run, err := s.BeginAt(t.Context(), list, record.Backfill, day(1))
			if err != nil {
				t.Fatal(err)
			}
			result, err := s.Update(t.Context(), run, source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a"}}), pass)
			if (err != nil) != c.failed || c.failed && !strings.Contains(err.Error(), c.code) {
				t.Errorf("got %q, %v", result.Outcome, err)
			}
			if got := lastValue(t, pool); got != c.tried {
				t.Errorf("tried %d times, want %d", got, c.tried)
			}
			counts, want := tally(t, pool), map[bool]int{false: 1}[c.failed]
			if counts["snapshots"] != want || counts["product_versions"] != want {
				t.Errorf("rows: %v", counts)
			}
		})
	}
}

func lastValue(t *testing.T, pool *pgxpool.Pool) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT last_value FROM given_up").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTryingAgainEndsWithTheContext wants an interrupted run to end at once.
func TestTryingAgainEndsWithTheContext(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, atOnce())
	giveUp(t, pool, "40001", 1000)
	run, err := s.BeginAt(t.Context(), list, record.Backfill, day(1))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := s.Update(ctx, run, source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a"}}), pass); err == nil {
		t.Error("no error")
	}
	if tried := lastValue(t, pool); tried > 4 {
		t.Errorf("tried %d times", tried)
	}
}

// TestRealDeadlock has another session take the run's row, and then wait for
// the list, which the write transaction has: Postgres gives ours up.
func TestRealDeadlock(t *testing.T) {
	pool := pgtest.New(t)
	if _, err := pool.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	pool.Reset()
	s, source := store.New(pool), newScripted()
	list := ensure(t, s, source.list, atOnce())
	run, err := s.BeginAt(t.Context(), list, record.Backfill, day(1))
	if err != nil {
		t.Fatal(err)
	}
	foe, judged := make(chan error, 1), 0
	result, err := s.Update(t.Context(), run, source.snapshot(t, map[string]catalog.Entry{"a": {Key: "a"}}), func(store.Delta) string {
		if judged++; judged == 1 {
			go func() { foe <- crossing(t.Context(), pool) }()
			waitForLock(t, pool)
		}
		return ""
	})
	if err != nil || result.Outcome != record.Changed || judged != 2 {
		t.Errorf("got %q, %v after %d tries", result.Outcome, err, judged)
	}
	if err := <-foe; err != nil {
		t.Errorf("the other session: %v", err)
	}
}

// crossing takes the locks of a write transaction in the other order, and is
// never the one that Postgres gives up.
func crossing(ctx context.Context, pool *pgxpool.Pool) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, sql := range []string{
		"SET LOCAL deadlock_timeout = '1h'",
		"SELECT id FROM runs FOR UPDATE",
		"SELECT pg_advisory_xact_lock(classid::int, objid::int) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

func waitForLock(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	const waiting = `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`
	for range 1000 {
		if got := rowOf[bool](t, pool, waiting); got {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("the other session does not wait")
}

func rowOf[T any](t *testing.T, pool *pgxpool.Pool, sql string) T {
	t.Helper()
	result, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	one, err := pgx.CollectExactlyOneRow(result, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return one
}
