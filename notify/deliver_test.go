package notify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/notify"
	"syncer/store/outbox"
)

// TestAMessageIsDeliveredOnce when all is well.
func TestAMessageIsDeliveredOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(1, nil)
	for range 3 {
		p.deliverer.Once(t.Context())
	}
	ids, messages := p.must(1, "three passes")
	if got := messages[0]; got.Type != notify.TypeStale || !strings.Contains(got.Text, "test/things is stale") || !strings.HasSuffix(got.Text, "\nhttps://syncer.example.com/") {
		t.Errorf("got %+v", got)
	}
	if row := p.row(); row.State != "delivered" || row.MessageID != ids[0] || row.EndedAt.IsZero() || row.Attempts != 1 {
		t.Errorf("got %+v", row)
	}
	if age := time.Since(p.messages[0].Timestamp); age.Abs() > time.Minute {
		t.Errorf("the timestamp is off by %s", age)
	}
	if !slices.Equal(p.outcomes, []string{"hook delivered"}) || p.log.Len() > 0 {
		t.Errorf("outcomes %v, logged %s", p.outcomes, &p.log)
	}
}

// dying is an outbox whose process dies before it marks.
type dying struct{ *outbox.Outbox }

var errDied = errors.New("died")

func (dying) Delivered(context.Context, outbox.Delivery) error { return errDied }

// TestWhoDiesBeforeMarkingIsSucceeded: the message is sent again, by its id the
// same, once the lease has ended and not before.
func TestWhoDiesBeforeMarkingIsSucceeded(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(1, nil)
	first := p.another()
	var trouble error
	first.Outbox, first.Trouble = dying{p.outbox}, func(err error) { trouble = err }
	first.Once(t.Context())
	if !errors.Is(trouble, errDied) {
		t.Errorf("trouble %v", trouble)
	}
	p.deliverer.Once(t.Context())
	p.must(1, "while it is leased")
	p.exec("UPDATE notifications SET leased_until = clock_timestamp() - interval '1 second'")
	p.deliverer.Once(t.Context())
	ids, _ := p.must(2, "after the lease")
	if ids[0] != ids[1] {
		t.Errorf("ids differ: %v", ids)
	}
	if row := p.row(); row.State != "delivered" || row.Attempts != 2 {
		t.Errorf("got %+v", row)
	}
}

// TestSeveralDeliverersShareTheWork: nothing is sent twice.
func TestSeveralDeliverersShareTheWork(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(40, nil)
	p.says(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(2 * time.Millisecond)
		w.WriteHeader(http.StatusOK)
	})
	done := make(chan struct{})
	for range 4 {
		deliverer := p.another()
		go func() { deliverer.Once(context.Background()); done <- struct{}{} }()
	}
	for range 4 {
		<-done
	}
	ids, _ := p.must(40, "four deliverers")
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 40 {
		t.Error("some were sent twice, others never")
	}
}

// TestAReceiverThatIsDownIsAskedAgain with growing waits, and gets the same
// message when it is back.
func TestAReceiverThatIsDownIsAskedAgain(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(1, nil)
	p.says(status(http.StatusServiceUnavailable))
	for attempt := 1; attempt <= 4; attempt++ {
		p.deliverer.Once(t.Context())
		p.deliverer.Once(t.Context())
		p.must(attempt, "before its time it is not asked")
		longest := 10 * time.Second << (attempt - 1)
		if wait := p.wait(); wait < longest/2-time.Second || wait > longest {
			t.Errorf("after attempt %d: waits %s, want up to %s", attempt, wait, longest)
		}
		p.exec("UPDATE notifications SET due_at = clock_timestamp()")
	}
	if row := p.row(); row.State != "pending" || !strings.HasSuffix(row.LastError, " answered 503 Service Unavailable: said the receiver") {
		t.Errorf("got %+v", row)
	}
	p.says(nil)
	p.deliverer.Once(t.Context())
	ids, _ := p.must(5, "it is back")
	slices.Sort(ids)
	if row := p.row(); len(slices.Compact(ids)) != 1 || row.State != "delivered" || row.LastError != "" {
		t.Errorf("ids %v, row %+v", ids, row)
	}
	if strings.Count(p.log.String(), "level=WARN") != 4 {
		t.Errorf("logged %s", &p.log)
	}
}

// TestRetryAfterIsHonoured in seconds and as a date, within a cap.
func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(1, nil)
	p.says(status(http.StatusTooManyRequests, "Retry-After", "900"))
	p.deliverer.Once(t.Context())
	if wait := p.wait(); wait < 14*time.Minute || wait > 15*time.Minute {
		t.Errorf("waits %s", wait)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-1": 0, "0": 0, "30": 30 * time.Second, "86400": 6 * time.Hour, "9223372036854775807": 6 * time.Hour, "99999999999999999999": 0,
		"Thu, 01 Jan 2026 00:10:00 GMT": 10 * time.Minute, "Wed, 31 Dec 2025 00:00:00 GMT": 0, "Fri, 01 Jan 2027 00:00:00 GMT": 6 * time.Hour,
	} {
		if got := notify.RetryAfter(header, now); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
	for attempt := 1; attempt <= 100; attempt++ {
		if wait := notify.WaitAfter(attempt, 0); wait < 5*time.Second || wait > 6*time.Hour {
			t.Errorf("after attempt %d: %s", attempt, wait)
		}
	}
}

// TestWhatCannotBeDeliveredIsParkedLoudly and stays until a person has it sent
// again.
func TestWhatCannotBeDeliveredIsParkedLoudly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer   func(http.ResponseWriter, *http.Request)
		attempts int
	}{
		"410 at once":    {status(http.StatusGone), 0},
		"too many tries": {status(http.StatusBadRequest), notify.MostAttempts - 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t)
			p.put(1, nil)
			p.says(c.answer)
			p.exec(fmt.Sprintf("UPDATE notifications SET attempts = %d", c.attempts))
			p.deliverer.Once(t.Context())
			p.exec("UPDATE notifications SET due_at = clock_timestamp() - interval '1 day'")
			p.deliverer.Once(t.Context())
			p.must(1, "parked")
			if row := p.row(); row.State != "parked" || !strings.Contains(row.LastError, "answered 4") {
				t.Errorf("got %+v", row)
			}
			if !strings.Contains(p.log.String(), "level=ERROR") || !strings.Contains(p.log.String(), "syncer notify retry hook") || p.outcomes[0] != "hook parked" {
				t.Errorf("outcomes %v, logged %s", p.outcomes, &p.log)
			}
			if figures, err := p.outbox.Figures(t.Context()); err != nil || len(figures) != 1 || figures[0].Parked != 1 || figures[0].Pending != 0 {
				t.Errorf("figures %+v, %v", figures, err)
			}
			p.says(nil)
			if n, err := p.outbox.Unpark(t.Context(), "other"); n != 0 || err != nil {
				t.Errorf("another webhook's: %d, %v", n, err)
			}
			if n, err := p.outbox.Unpark(t.Context(), "hook"); n != 1 || err != nil {
				t.Errorf("unparked %d, %v", n, err)
			}
			p.deliverer.Once(t.Context())
			p.must(2, "sent again")
		})
	}
}

// TestWhatCannotBeReadIsParked and does not keep others from being delivered.
func TestWhatCannotBeReadIsParked(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(2, nil)
	p.exec(`UPDATE notifications SET facts = '"nonsense"' WHERE id = (SELECT min(id) FROM notifications)`)
	p.deliverer.Once(t.Context())
	p.must(1, "the other one")
	if rows := p.rows(); rows[0].State != "parked" || !strings.Contains(rows[0].LastError, "cannot be read") || rows[1].State != "delivered" {
		t.Errorf("got %+v", rows)
	}
}

// TestAHangingReceiverDelaysNobodyElse while the daemon's loop runs, and does
// not keep it from ending.
func TestAHangingReceiverDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.put(1, nil)
	p.exec("INSERT INTO notifications (webhook, rule, kind, list, stale_since, facts, created_at, due_at, state) SELECT 'slow', rule, kind, list, now(), facts, created_at, due_at, state FROM notifications")
	asked, hang := make(chan struct{}, 9), make(chan struct{})
	hanging := newReceiver(t)
	hanging.says(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	defer close(hang)
	slow := webhook(t, "slow", hanging.server.URL)
	slow.Within(2 * time.Second)
	p.deliverer.Webhooks = []*notify.Webhook{slow, p.deliverer.Webhooks[0]}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { p.deliverer.Run(ctx); close(ended) }()
	<-asked
	for deadline := time.Now().Add(time.Second); ; time.Sleep(5 * time.Millisecond) {
		if ids, _ := p.got(); len(ids) == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the other webhook waits")
		}
	}
	stop()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the loop does not end")
	}
	for _, row := range p.rows() {
		if row.Webhook == "slow" && (row.State != "pending" || !strings.Contains(row.LastError, "deadline")) {
			t.Errorf("got %+v", row)
		}
	}
}

// TestADigestGathersWhatIsDue into one message, whoever gathers: each piece is
// part of exactly one.
func TestADigestGathersWhatIsDue(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	later := func(at time.Time) time.Time { return at.Add(time.Hour) }
	p.put(20, later)
	p.deliverer.Once(t.Context())
	p.must(0, "before its time")
	p.exec("UPDATE notifications SET due_at = clock_timestamp()")
	p.put(1, later)
	done := make(chan struct{})
	for range 4 {
		deliverer := p.another()
		go func() { deliverer.Once(context.Background()); done <- struct{}{} }()
	}
	for range 4 {
		<-done
	}
	_, messages := p.must(1, "four gather")
	if got := messages[0]; got.Type != notify.TypeDigest || got.Data["news"] != 20.0 || got.Data["stale"].(map[string]any)["total"] != 20.0 {
		t.Errorf("got %+v", got)
	}
	states := map[string]int{}
	for _, row := range p.rows() {
		states[string(row.Kind)+" "+row.State]++
	}
	if states["stale gathered"] != 20 || states["stale collecting"] != 1 || states["digest delivered"] != 1 {
		t.Errorf("got %v", states)
	}
	p.exec("UPDATE notifications SET due_at = clock_timestamp() WHERE state = 'collecting'")
	p.deliverer.Once(t.Context())
	if _, messages := p.must(2, "the next digest"); messages[1].Data["news"] != 1.0 {
		t.Errorf("got %+v", messages[1])
	}
	p.deliverer.Once(t.Context())
	p.must(2, "nothing happened")
}
