package postgres_test

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
	"syncer/store/delta"
	"syncer/store/record"
	"syncer/store/storetest"
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
// deadlocks to stay unseen, many to be reported, and other errors at once.
func TestGivenUpTransactionsRunAgain(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			pool := pgtest.New(t)
			l := storetest.NewLive(t, pool, catalog.Products)
			giveUp(t, pool, c.code, c.times)
			run := l.Begin(record.Backfill, storetest.Day(1))
			result, err := l.Store.Update(t.Context(), run, l.Source.Snapshot(t, catalog.Entry{Key: "a"}), storetest.Pass)
			if (err != nil) != c.failed || c.failed && !strings.Contains(err.Error(), c.code) {
				t.Errorf("got %q, %v", result.Outcome, err)
			}
			if got := tried(t, pool); got != c.tried {
				t.Errorf("tried %d times, want %d", got, c.tried)
			}
			counts, want := storetest.Counts(t, pool), map[bool]int{false: 1}[c.failed]
			if counts["snapshots"] != want || counts["product_versions"] != want {
				t.Errorf("rows: %v", counts)
			}
		})
	}
}

// tried is how many transactions came as far as the snapshot.
func tried(t *testing.T, pool *pgxpool.Pool) int {
	t.Helper()
	return storetest.Rows(t, pool, "SELECT last_value FROM given_up", pgx.RowTo[int])[0]
}

// TestTryingAgainEndsWithTheContext wants an interrupted run to end at once.
func TestTryingAgainEndsWithTheContext(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Products)
	giveUp(t, pool, "40001", 1000)
	run := l.Begin(record.Backfill, storetest.Day(1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	judged := 0
	interrupt := func(delta.Delta) []string {
		if judged++; judged == 2 {
			cancel()
		}
		return nil
	}
	if _, err := l.Store.Update(ctx, run, l.Source.Snapshot(t, catalog.Entry{Key: "a"}), interrupt); err == nil {
		t.Error("no error")
	}
	if judged != 2 {
		t.Errorf("tried %d times, the second of them interrupted", judged)
	}
}

// TestRealDeadlock has another session take the run's row, and then wait for
// the list, which the write transaction has: Postgres gives ours up.
func TestRealDeadlock(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	if _, err := pool.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	pool.Reset()
	l := storetest.NewLive(t, pool, catalog.Products)
	run := l.Begin(record.Backfill, storetest.Day(1))
	foe, judged := make(chan error, 1), 0
	result, err := l.Store.Update(t.Context(), run, l.Source.Snapshot(t, catalog.Entry{Key: "a"}), func(delta.Delta) []string {
		if judged++; judged == 1 {
			go func() { foe <- crossing(t.Context(), pool) }()
			waitForLock(t, pool)
		}
		return nil
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
		if storetest.Rows(t, pool, waiting, pgx.RowTo[bool])[0] {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("the other session does not wait")
}
