package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"syncer/pgtemp/pgtest"
)

// TestLookingLeavesTheReportTimezone changes the configured zone and wants only a
// command that loads to publish it.
func TestLookingLeavesTheReportTimezone(t *testing.T) {
	database, endpoint := pgtest.URL(t), simulated(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ zone, want, args string }{
		{"Asia/Seoul", "Asia/Seoul", "sync iwinv/zones"},
		{"America/New_York", "Asia/Seoul", "verify"},
		{"America/New_York", "Asia/Seoul", "sync --dry-run iwinv/zones"},
		{"America/New_York", "Asia/Seoul", "rebuild"},
		{"America/New_York", "Asia/Seoul", "held"},
		{"Europe/Paris", "Europe/Paris", "sync iwinv/zones"},
	} {
		if err := os.WriteFile(path, append([]byte("report_timezone: "+step.zone+"\n"), text...), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, stdout, stderr := command(t, database, append(strings.Fields(step.args), "-c", path)...); code != exitOK {
			t.Fatalf("%s: got %d:\n%s%s", step.args, code, stdout, stderr)
		}
		if got := scan[string](t, database, "SELECT report_timezone FROM bi.report_settings"); got != step.want {
			t.Errorf("after %s by %s: %s, want %s", step.args, step.zone, got, step.want)
		}
	}
}

// TestRepeatedRequestsAreLogged has a provider that fails once.
func TestRepeatedRequestsAreLogged(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	behind, err := url.Parse(endpoint.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	forward := httputil.NewSingleHostReverseProxy(behind)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	defer server.Close()
	code, stdout, stderr := command(t, database, "sync", "-c", configured(t, endpoint, server.URL), "iwinv/zones")
	if code != exitOK || !strings.Contains(stdout, "changed") {
		t.Fatalf("got %d:\n%s%s", code, stdout, stderr)
	}
	if strings.Count(stderr, `msg="repeating request"`) != 1 || !strings.Contains(stderr, "source=iwinv") || !strings.Contains(stderr, "status 502") {
		t.Errorf("the log says:\n%s", stderr)
	}
}
