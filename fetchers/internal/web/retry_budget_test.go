package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"syncer/catalog"
)

// flaky answers 503 until it is asked for the nth time, then once well.
func flaky(t *testing.T, nth int, budget RetryBudget) (*Client, *int) {
	t.Helper()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked%nth != 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	client, err := New(catalog.Source{BaseURL: server.URL}, API{RetryBudget: budget}, Options{
		Now: time.Now, Sleep: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, &asked
}

func ask(t *testing.T, client *Client, retries *Retries) error {
	t.Helper()
	_, err := client.Do(t.Context(), Request{Method: http.MethodGet, Path: "/", Retries: retries})
	return err
}

func TestRetryBudgetOutlastsFiveAttempts(t *testing.T) {
	client, asked := flaky(t, 9, RetryBudget{First: 8, Earned: 8, Most: 20})
	retries := client.Retries()
	for range 50 {
		if err := ask(t, client, retries); err != nil {
			t.Fatal(err)
		}
	}
	if *asked != 450 {
		t.Errorf("asked %d times", *asked)
	}
	if err := ask(t, client, nil); err == nil {
		t.Error("without a budget more than five attempts were made")
	}
}

func TestRetryBudgetIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		budget RetryBudget
		nth    int
		want   int // requests until the walk fails
	}{
		"nothing answers":        {RetryBudget{First: 9, Earned: 2, Most: 30}, 1000, 10},
		"earned less than spent": {RetryBudget{First: 4, Earned: 1, Most: 30}, 3, 3*3 + 2}, // 4, 3, 2, 1 left; the fourth request has one
	} {
		client, asked := flaky(t, c.nth, c.budget)
		retries := client.Retries()
		var err error
		for i := 0; i < 1000 && err == nil; i++ {
			err = ask(t, client, retries)
		}
		if err == nil || *asked != c.want {
			t.Errorf("%s: asked %d times, want %d, error %v", name, *asked, c.want, err)
		}
	}
}

func TestRetryBudgetSavesNoMoreThanItMay(t *testing.T) {
	client, _ := flaky(t, 1, RetryBudget{First: 3, Earned: 2, Most: 6})
	retries := client.Retries()
	for range 10 {
		if err := ask(t, client, retries); err != nil {
			t.Fatal(err)
		}
	}
	if retries.left != 6 {
		t.Errorf("%d repetitions are saved up, want 6", retries.left)
	}
	if without, _ := flaky(t, 1, RetryBudget{}); without.Retries() != nil {
		t.Error("an API without a budget has one")
	}
}

func TestBackoffOfManyAttempts(t *testing.T) {
	for _, attempt := range []int{10, 40, 64, 100, 1000} {
		if got := backoff(attempt); got < longestWait/2 || got > longestWait {
			t.Errorf("attempt %d: %v", attempt, got)
		}
	}
}
