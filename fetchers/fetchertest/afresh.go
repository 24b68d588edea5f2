package fetchertest

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// recorded keeps what was signed into each request: every header that is not
// the same for a request without credentials.
type recorded struct {
	mu      sync.Mutex
	headers []http.Header
}

func (r *recorded) take(request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	headers := request.Header.Clone()
	for _, name := range []string{"User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Content-Length"} {
		headers.Del(name)
	}
	r.headers = append(r.headers, headers)
}

// testSignedAfresh lets an hour pass before each repetition. A provider whose
// signature depends on the time must then sign anew; one whose signature does
// not (a session) must at least still sign.
func testSignedAfresh(t *testing.T, c Case) {
	var now, later recorded
	hour := 0 * time.Hour
	walk := func(r *recorded, n int) {
		w := newWorld(t, c, times(n, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
		w.seen = r.take
		w.pass(hour, time.Hour)
		w.mustWalk(t)
	}
	walk(&now, 2)
	hour = 24 * time.Hour
	walk(&later, 0)
	timed := !equalHeaders(now.headers[0], later.headers[0])
	for i := 1; i <= 2; i++ {
		if len(now.headers[i]) == 0 {
			t.Errorf("attempt %d is not signed", i+1)
		}
		if same := equalHeaders(now.headers[i-1], now.headers[i]); timed && same {
			t.Errorf("attempt %d, an hour after the one before, has the same signature: %v", i+1, now.headers[i])
		}
	}
}

func equalHeaders(a, b http.Header) bool {
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

// pass moves the clock now, and by more at every wait.
func (w *world) pass(now, atEveryWait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(now)
	w.drift = atEveryWait
}

// testJitter wants two unlucky walks not to repeat in step, and waits that
// grow within bounds.
func testJitter(t *testing.T, c Case) {
	waits := func() []time.Duration {
		w := newWorld(t, c, times(always, status(http.StatusServiceUnavailable)))
		w.mustFail(t)
		if len(w.waits) == 0 {
			t.Fatal("no wait at all")
		}
		return w.waits
	}
	first, second := waits(), waits()
	if slices.Equal(first, second) {
		t.Errorf("two walks waited alike: %v", first)
	}
	longest, sum := time.Duration(0), time.Duration(0)
	for _, wait := range first {
		longest, sum = max(longest, wait), sum+wait
	}
	if longest < 2*time.Second || longest > 2*time.Minute || sum > 10*time.Minute {
		t.Errorf("waits %v are out of bounds", first)
	}
}

// testHanging cancels while the server keeps silent.
func testHanging(t *testing.T, c Case) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := newWorld(t, c, times(always, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	ended := make(chan error, 1)
	go func() {
		_, err := w.walk(ctx)
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("got no error")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the walk goes on")
	}
}

// testLazy wants New to ask nothing: what is configured is not yet wanted.
func testLazy(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	w.fetcher.List()
	w.fetcher.Pages(t.Context())
	if len(w.asked)+w.parts+w.others != 0 {
		t.Errorf("asked before a page was taken: %d requests", len(w.asked)+w.parts+w.others)
	}
}
