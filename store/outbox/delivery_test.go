package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/outbox"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// queue is an outbox with messages for one webhook.
type queue struct {
	*outbox.Outbox
	t    *testing.T
	pool *pgxpool.Pool
}

// newQueue puts n messages into an outbox, or pieces of a digest that is due. The
// payload of the first is 1.
func newQueue(t *testing.T, n int, digest func(time.Time) time.Time) queue {
	t.Helper()
	pool := pgtest.New(t)
	q := queue{outbox.New(pool), t, pool}
	for i := range n {
		subscription := outbox.Subscription{
			Rule: "r", Webhook: "hook", Digest: digest, Covers: func(catalog.ListID) bool { return true },
			Compose: func(outbox.Facts) (json.RawMessage, error) { return json.Marshal(i + 1) },
		}
		list := outbox.StaleList{List: catalog.ListID{Source: "test", Name: "things"}, LastSnapshot: time.Unix(int64(i), 0)}
		if err := q.AnnounceStale(t.Context(), []outbox.Subscription{subscription}, []outbox.StaleList{list}); err != nil {
			t.Fatal(err)
		}
	}
	return q
}

func (q queue) exec(sql string) {
	q.t.Helper()
	if _, err := q.pool.Exec(q.t.Context(), sql); err != nil {
		q.t.Fatal(err)
	}
}

// locked holds the rows of the outbox that a condition names, until the returned
// function is called.
func (q queue) locked(condition string) (release func()) {
	q.t.Helper()
	tx, err := q.pool.Begin(q.t.Context())
	if err != nil {
		q.t.Fatal(err)
	}
	if _, err := tx.Exec(q.t.Context(), "SELECT FROM notifications WHERE "+condition+" FOR UPDATE"); err != nil {
		q.t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(context.WithoutCancel(q.t.Context())); err != nil {
			q.t.Error(err)
		}
	}
}

// TestWhoWasTooSlowMarksNothing: another has the message by then.
func TestWhoWasTooSlowMarksNothing(t *testing.T) {
	t.Parallel()
	q := newQueue(t, 1, nil)
	slow, found, err := q.Claim(t.Context(), "hook", time.Minute)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if _, found, _ := q.Claim(t.Context(), "hook", time.Minute); found {
		t.Error("leased twice")
	}
	q.exec("UPDATE notifications SET leased_until = clock_timestamp() - interval '1 second'")
	if _, found, err := q.Claim(t.Context(), "hook", time.Minute); !found || err != nil {
		t.Fatal(found, err)
	}
	for how, err := range map[string]error{
		"delivered": q.Delivered(t.Context(), slow), "postponed": q.Postpone(t.Context(), slow, time.Hour, "x"), "parked": q.Park(t.Context(), slow, "x"),
	} {
		if !errors.Is(err, outbox.ErrLease) {
			t.Errorf("%s: got %v", how, err)
		}
	}
}

// TestWhoGathersSecondFindsNothing: both see the same pieces before either has
// them. The digest has the payload of each, in the order they came.
func TestWhoGathersSecondFindsNothing(t *testing.T) {
	t.Parallel()
	q := newQueue(t, 3, func(at time.Time) time.Time { return at })
	release := q.locked("true")
	done := make(chan error)
	for range 2 {
		go func() { done <- q.Gather(context.Background(), []string{"hook"}) }()
	}
	waiting := "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%NotificationGather%'"
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var n int
		if err := q.pool.QueryRow(t.Context(), waiting).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("they do not wait")
		}
	}
	release()
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	rows, err := q.Rows(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	digests := 0
	for _, row := range rows {
		if row.Kind == outbox.Digest {
			digests++
		}
	}
	if digests != 1 {
		t.Errorf("%d digests of the same pieces", digests)
	}
	digest, found, err := q.Claim(t.Context(), "hook", time.Minute)
	if want := []string{"1", "2", "3"}; err != nil || !found || !slices.Equal(texts(digest.Payloads), want) {
		t.Errorf("got %+v, %t, %v, want payloads %v", digest, found, err, want)
	}
}

// TestWhatAnotherIsClaimingIsPassedOver and not waited for.
func TestWhatAnotherIsClaimingIsPassedOver(t *testing.T) {
	t.Parallel()
	q := newQueue(t, 2, nil)
	defer q.locked("id = (SELECT min(id) FROM notifications)")()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	claimed, found, err := q.Claim(ctx, "hook", time.Minute)
	if err != nil || !found || !slices.Equal(texts(claimed.Payloads), []string{"2"}) {
		t.Errorf("got %+v, %t, %v", claimed, found, err)
	}
	if _, found, err := q.Claim(ctx, "hook", time.Minute); found || err != nil {
		t.Errorf("the locked one: %t, %v", found, err)
	}
}

func texts(payloads []json.RawMessage) (all []string) {
	for _, payload := range payloads {
		all = append(all, string(payload))
	}
	return all
}
