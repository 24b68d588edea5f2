package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"2": 2 * time.Second, "0": 0, "-1": 0, "": 0, "soon": 0, "NaN": 0, "1.5": 1500 * time.Millisecond,
		"3600": longestRetryAfter, "9223372037": longestRetryAfter, "1e300": longestRetryAfter, "Inf": longestRetryAfter,
		now.Add(time.Minute).Format(http.TimeFormat):     time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat):    0,
		now.Add(100 * time.Hour).Format(http.TimeFormat): longestRetryAfter,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
}

func TestBackoffDoublesWithinBounds(t *testing.T) {
	for attempt, most := range []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, usualWait, usualWait} {
		if got := backoff(attempt+1, usualWait); got < most/2 || got > most {
			t.Errorf("attempt %d: %v is not between %v and %v", attempt+1, got, most/2, most)
		}
	}
}

func TestBaseURL(t *testing.T) {
	for text, good := range map[string]bool{
		"https://api-kr.iwinv.kr": true, "http://127.0.0.1:8080/zstack/": true,
		"": false, "api-kr.iwinv.kr": false, "ftp://host": false, "https://": false, "http://%zz": false,
		"https://bücher.example": false, "https://xn--bcher-kva.example": true,
		"https://user:canary@host": false, "https://host?key=canary": false, "https://host#canary": false,
	} {
		_, err := parseBase(catalog.Source{BaseURL: text})
		if (err == nil) != good {
			t.Errorf("%q: got error %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%q is shown in %v", text, err)
		}
	}
}

// TestPacing wants signatures made after the wait for a turn, not before.
func TestPacing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) }))
	defer server.Close()
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	now := start
	client, err := New(catalog.Source{BaseURL: server.URL}, API{RequestsPerMinute: 60}, Options{
		Now:   func() time.Time { return now },
		Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	var signed []time.Duration
	sign := func(*http.Request) error { signed = append(signed, now.Sub(start)); return nil }
	for range 3 {
		if _, err := client.Do(t.Context(), Request{Method: http.MethodGet, Path: "/", Sign: sign}); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range signed {
		if got.Round(time.Millisecond) != time.Duration(i)*time.Second {
			t.Errorf("request %d was signed after %v", i+1, got)
		}
	}
	if len(signed) != 3 {
		t.Errorf("signed %d times", len(signed))
	}
}

func TestNewWantsAClock(t *testing.T) {
	if _, err := New(catalog.Source{BaseURL: "http://localhost"}, API{}, Options{}); err == nil {
		t.Error("got no error")
	}
}

func TestChooseCredentials(t *testing.T) {
	sets := [][]string{{"account", "password"}, {"access_key", "secret_key"}}
	for names, want := range map[string]string{
		"account password": "account", "secret_key access_key": "access_key", "": "",
		"account": "", "account password access_key secret_key": "", "account secret_key": "",
	} {
		source := catalog.Source{Credentials: map[string]catalog.Secret{"empty": {}}}
		for _, name := range strings.Fields(names) {
			source.Credentials[name] = catalog.NewSecret("canary")
		}
		set, err := ChooseCredentials(source, sets)
		if (err == nil) != (want != "") || err == nil && set[0] != want {
			t.Errorf("%q: got %v, %v", names, set, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("a value is shown in %v", err)
		}
	}
}
