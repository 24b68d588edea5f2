package fetchertest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
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
	if len(w.asked) < 2 || len(w.asked) > 10 {
		t.Errorf("%d attempts, want some and a bound", len(w.asked))
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
