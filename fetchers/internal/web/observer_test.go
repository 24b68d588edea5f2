package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

// recorder is an Observer that keeps what it receives.
type recorder struct {
	provider      string
	statuses      []int
	paced, repeat int
}

func (r *recorder) Answered(provider string, status int, _ time.Duration) {
	r.provider, r.statuses = provider, append(r.statuses, status)
}
func (r *recorder) Paced(string, time.Duration)    { r.paced++ }
func (r *recorder) Repeated(string, time.Duration) { r.repeat++ }

// script answers one request after the other; 0 is no answer at all.
type script []int

func (s *script) RoundTrip(*http.Request) (*http.Response, error) {
	status := (*s)[0]
	*s = (*s)[1:]
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}

// TestObserverReceivesEveryAttempt wants answers of all kinds, the wait between
// attempts and that for the source's turn.
func TestObserverReceivesEveryAttempt(t *testing.T) {
	r := &recorder{}
	client, err := New(catalog.Source{Name: "work", Provider: "iwinv", BaseURL: "https://example.test"}, API{}, Options{
		Now: func() time.Time { return time.Unix(1, 0) }, Sleep: func(context.Context, time.Duration) error { return nil },
		Transport: &script{503, 0, 429, 200}, RequestsPerMinute: 60, Observer: r,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Do(t.Context(), Request{Method: "GET", Path: "/zones"}); err != nil {
		t.Fatal(err)
	}
	want := &recorder{provider: "iwinv", statuses: []int{503, 0, 429, 200}, paced: 3, repeat: 3}
	if diff := cmp.Diff(want, r, cmp.AllowUnexported(recorder{})); diff != "" {
		t.Errorf("recorder (-want +got):\n%s", diff)
	}
}
