package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
)

// failing is a client of a server that answers 503 unless answers says otherwise of
// the nth call, and what was waited for.
func failing(t *testing.T, api API, took time.Duration, answers func(nth int) bool) (*Client, *int, *time.Duration) {
	t.Helper()
	asked, waited, now := 0, time.Duration(0), time.Unix(1, 0)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		now = now.Add(took)
		if asked++; !answers(asked) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	client, err := New(catalog.Source{BaseURL: server.URL}, api, Options{
		Now: func() time.Time { return now }, Sleep: func(_ context.Context, d time.Duration) error { waited += d; now = now.Add(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, &asked, &waited
}

func ask(ctx context.Context, client *Client) error {
	_, err := client.Do(ctx, Request{Method: http.MethodGet, Path: "/v1/things"})
	return err
}

// TestACallIsGivenUpByName, after as many attempts as its API allows.
func TestACallIsGivenUpByName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api            API
		took           time.Duration // by each call
		attempts       int
		least, longest time.Duration // altogether
	}{
		"usual":            {API{}, 0, 5, 7 * time.Second, 15 * time.Second},
		"often":            {API{Attempts: 12, LongestWait: 8 * time.Second}, 0, 12, 35 * time.Second, 71 * time.Second},
		"it hangs":         {API{}, attemptTimeout, 2, 4 * time.Minute, 5 * time.Minute},
		"it hangs shortly": {API{Attempts: 12, LongestWait: time.Second}, 40 * time.Second, 5, 200 * time.Second, 205 * time.Second},
	} {
		client, asked, _ := failing(t, test.api, test.took, func(int) bool { return false })
		err := ask(Walking(t.Context()), client)
		given, is := errors.AsType[*GivenUpError](err)
		if !is || given.Attempts != test.attempts || *asked != test.attempts || given.Took < test.least || given.Took > test.longest {
			t.Errorf("%s: %v after %d calls, want %d in %v to %v", name, err, *asked, test.attempts, test.least, test.longest)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "GET /v1/things") || !strings.Contains(text, "503") || !strings.Contains(text, "; given up after ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAWalkLosesMinutesAtMost: after 200 answers, calls that fail for good cost the
// walk what one may cost, however many there are.
func TestAWalkLosesMinutesAtMost(t *testing.T) {
	t.Parallel()
	client, _, waited := failing(t, API{Attempts: 12, LongestWait: 8 * time.Second}, 0, func(nth int) bool { return nth <= 200 })
	ctx := Walking(t.Context())
	for range 200 {
		if err := ask(ctx, client); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		if ask(ctx, client) == nil {
			t.Fatal("a call that fails was answered")
		}
	}
	if *waited < time.Minute || *waited > mostLost {
		t.Errorf("waited %v, want minutes, and %v at most", *waited, mostLost)
	}
}

// TestAThirdOfCallsMayFail: walks of 300 calls of which each fails with a third, by
// chance but each time the same.
func TestAThirdOfCallsMayFail(t *testing.T) {
	t.Parallel()
	for seed := range 20 {
		state := uint64(seed)*2654435761 + 1
		client, _, _ := failing(t, API{Attempts: 12, LongestWait: 8 * time.Second}, 100*time.Millisecond, func(int) bool {
			state = state*6364136223846793005 + 1442695040888963407
			return state>>33%3 != 0
		})
		ctx := Walking(t.Context())
		for n := range 300 {
			if err := ask(ctx, client); err != nil {
				t.Fatalf("seed %d, call %d: %v", seed, n, err)
			}
		}
	}
}
