package web_test

import (
	"errors"
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

// TestWhatIsNotTheProvidersAnswer wants a part of an answer, and one that lay in a
// cache for a day or longer, to be refused at the first try, though their bodies are
// sound.
func TestWhatIsNotTheProvidersAnswer(t *testing.T) {
	for _, test := range []struct {
		status     int
		age, class string
	}{
		{http.StatusPartialContent, "", web.ClassPartial},
		{http.StatusOK, "172800", web.ClassCached},
		{http.StatusOK, "2147483648", web.ClassCached},
		{http.StatusOK, "86400", web.ClassCached},
		{http.StatusOK, "86399", ""},
		{http.StatusOK, "a while", ""},
		{http.StatusAccepted, "0", ""},
	} {
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			if test.age != "" {
				w.Header().Set("Age", test.age)
			}
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte("{}"))
		}))
		client, err := web.New(catalog.Source{Name: "shop", BaseURL: server.URL}, web.API{}, web.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Do(t.Context(), web.Request{Method: http.MethodGet, Path: "/"})
		class := ""
		if failed, is := errors.AsType[*web.TransferError](err); is {
			class = failed.Class
		}
		if class != test.class || (err == nil) != (test.class == "") || requests != 1 {
			t.Errorf("status %d, age %q: %d requests, class %q, %v; want %q", test.status, test.age, requests, class, err, test.class)
		}
		server.Close()
	}
}
