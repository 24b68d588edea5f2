package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// TestOnce wants a single request whatever the refusal, and its headers.
func TestOnce(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			w.WriteHeader(status)
			_, _ = w.Write([]byte("{}"))
		}))
		var answered []int
		client, err := web.New(catalog.Source{Name: "shop", BaseURL: server.URL}, web.API{}, web.Options{
			Now: time.Now, Once: true,
			Answered: func(r *http.Response) {
				if r.Header.Get("Date") != "" {
					answered = append(answered, r.StatusCode)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Do(t.Context(), web.Request{Method: http.MethodGet, Path: "/", Sign: func(*http.Request) error { return nil }})
		if (err == nil) != (status == http.StatusOK) || requests != 1 || len(answered) != 1 || answered[0] != status {
			t.Errorf("status %d: %d requests, answered %v, %v", status, requests, answered, err)
		}
		server.Close()
	}
}
