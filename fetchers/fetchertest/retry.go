package fetchertest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"syncer/fetchers/internal/web"
)

func testRetry(t *testing.T, c Case) {
	t.Run("429 waits as long as it is asked", func(t *testing.T) { testRetryAfter(t, c, "7", 7*time.Second) })
	t.Run("429 with a date", func(t *testing.T) {
		testRetryAfter(t, c, start().Add(30*time.Second).Format(http.TimeFormat), 20*time.Second)
	})
	for _, header := range []string{"9223372037", "86400", "1e300"} {
		t.Run("429 with Retry-After "+header, func(t *testing.T) { testRetryAfter(t, c, header, time.Minute) })
	}
	for _, header := range []string{"", "soon", "-1", "NaN", "0", "-9223372037", start().Add(-time.Hour).Format(http.TimeFormat)} {
		t.Run("429 with Retry-After "+header, func(t *testing.T) { testRetryAfter(t, c, header, 100*time.Millisecond) })
	}
	t.Run("5xx passes", func(t *testing.T) { testPasses(t, c, status(http.StatusBadGateway)) })
	t.Run("5xx stays", func(t *testing.T) { testStays(t, c, http.StatusInternalServerError) })
	t.Run("a third of all calls fails in passing", func(t *testing.T) { testThirdFails(t, c) })
	t.Run("a call that fails for good is given up", func(t *testing.T) { testGivesUp(t, c) })
	t.Run("a connection cut off passes", func(t *testing.T) { testPasses(t, c, cut) })
	t.Run("cancelling ends a wait", func(t *testing.T) { testCancelWait(t, c) })
	t.Run("cancelling ends a request that hangs", func(t *testing.T) { testHanging(t, c) })
	t.Run("each attempt is signed afresh", func(t *testing.T) { testSignedAfresh(t, c) })
	t.Run("waits grow, with jitter, within bounds", func(t *testing.T) { testJitter(t, c) })
}

// testRetryAfter wants a wait of at least the given time and at most five
// minutes altogether.
func testRetryAfter(t *testing.T, c Case, header string, least time.Duration) {
	w := newWorld(t, c, times(1, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", header)
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	w.mustWalk(t)
	if w.asked[0] != 1 || w.asked[1] != 1 {
		t.Errorf("asked for pages %v, want the first again", w.asked)
	}
	if len(w.waits) == 0 {
		t.Fatal("no wait before the second attempt")
	}
	longest, sum := time.Duration(0), time.Duration(0)
	for _, wait := range w.waits {
		longest, sum = max(longest, wait), sum+wait
	}
	if longest < least || sum > 5*time.Minute {
		t.Errorf("waited %v, want one of at least %v and less than 5m in all", w.waits, least)
	}
}

func testPasses(t *testing.T, c Case, handler http.HandlerFunc) {
	w := newWorld(t, c, times(2, handler))
	w.mustWalk(t)
	if want := len(c.Pages) + 2; len(w.asked) != want {
		t.Errorf("%d requests, want %d", len(w.asked), want)
	}
}

func testStays(t *testing.T, c Case, code int) {
	w := newWorld(t, c, times(always, status(code)))
	w.mustFail(t, "src/"+c.List, "page 1", http.MethodGet, c.Path, "500")
	if len(w.asked) < 2 || len(w.asked) > mostAttempts {
		t.Errorf("%d attempts, want some and a bound", len(w.asked))
	}
}

// mostAttempts is how often any provider may be asked the same in vain.
const mostAttempts = 12

// testThirdFails lets every third call fail in passing, of the list and of what
// belongs to its pages.
func testThirdFails(t *testing.T, c Case) {
	third := func(w http.ResponseWriter, _ *http.Request, nth int) bool {
		if nth%3 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return nth%3 == 1
	}
	w := newWorld(t, c, third)
	w.partFault = third
	w.mustWalk(t)
}

// testGivesUp lets a call fail for good, each time after a wait that the provider
// asks for: a walk loses minutes to it and no more.
func testGivesUp(t *testing.T, c Case) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "50")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	err := w.mustFail(t, "src/"+c.List, "page 1", http.MethodGet, c.Path, "429", "given up after")
	given, isGivenUp := errors.AsType[*web.GivenUpError](err)
	if !isGivenUp || given.Attempts != len(w.asked) || given.Attempts < 2 {
		t.Errorf("got %v after %d calls, want how many there were", err, len(w.asked))
	}
	sum := time.Duration(0)
	for _, wait := range w.waits {
		sum += wait
	}
	if sum < time.Minute || sum > 3*time.Minute {
		t.Errorf("waited %v, want minutes, and three at most", sum)
	}
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func testCancelWait(t *testing.T, c Case) {
	ctx, cancel := context.WithCancel(t.Context())
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	_, err := w.walk(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	if len(w.asked) != 1 {
		t.Errorf("%d requests, want 1", len(w.asked))
	}
}

// signatures keeps what was signed into each request: every header that is not
// the same for a request without credentials.
type signatures struct {
	mu      sync.Mutex
	headers []http.Header
}

func (s *signatures) add(request *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	headers := request.Header.Clone()
	for _, name := range []string{"User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Content-Length"} {
		headers.Del(name)
	}
	s.headers = append(s.headers, headers)
}

// testSignedAfresh lets an hour pass before each repetition. A provider whose
// signature depends on the time must then sign anew; one whose signature does
// not (a session) must at least still sign.
func testSignedAfresh(t *testing.T, c Case) {
	var now, later signatures
	hour := 0 * time.Hour
	walk := func(s *signatures, n int) {
		w := newWorld(t, c, times(n, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
		w.seen = s.add
		w.advance(hour, time.Hour)
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

// advance moves the clock now, and by more at every wait.
func (w *world) advance(now, atEveryWait time.Duration) {
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
