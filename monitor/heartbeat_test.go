package monitor_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// listener counts pings and answers with a status.
func listener(t *testing.T, status int) (address string, pings *atomic.Int32) {
	t.Helper()
	pings = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pings.Add(1)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/ping/canary?key=canary", pings
}

// TestHeartbeatStopsWhenAListIsStale wants a ping while all is well, and none
// while a list is stale or the database away.
func TestHeartbeatStopsWhenAListIsStale(t *testing.T) {
	s := newStand(t)
	address, pings := listener(t, 200)
	beat := func(want string, sent int32) {
		t.Helper()
		s.now = s.now.Add(time.Minute)
		outcome, err := s.BeatOnce(t.Context())
		if outcome != want || pings.Load() != sent {
			t.Errorf("got %q with %d pings, want %q with %d (%v)", outcome, pings.Load(), want, sent, err)
		}
		if (want == "failed" || want == "withheld") && (err == nil || strings.Contains(err.Error(), "canary")) {
			t.Errorf("the reason is missing or shows too much: %v", err)
		}
	}
	beat("", 0)
	s.use(t, address)
	beat("sent", 1)
	s.now = s.now.Add(12 * time.Hour)
	beat("withheld", 1)
	s.db.facts.Freshness[0].LastSnapshotAt = s.now
	beat("sent", 2)
	s.db.fail(errAway)
	beat("withheld", 2)
	s.db.fail(nil)
	beat("sent", 3)
	s.wantMetrics(t, `syncer_heartbeats_total{outcome="sent"} 3`, `syncer_heartbeats_total{outcome="withheld"} 2`)
}

// TestHeartbeatNeverShowsItsAddress fails in every way that there is.
func TestHeartbeatNeverShowsItsAddress(t *testing.T) {
	refused, refusals := listener(t, 500)
	moved, pings := listener(t, 302)
	for name, address := range map[string]string{
		"status 500": refused, "status 302": moved, "connect": "http://127.0.0.1:1/ping/canary", "cannot be read": "http://127.0.0.1:1/%zz/canary",
	} {
		s := newStand(t)
		s.use(t, address)
		outcome, err := s.BeatOnce(t.Context())
		if outcome != "failed" || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %q, %v", name, outcome, err)
		}
	}
	if refusals.Load() != 1 || pings.Load() != 1 {
		t.Errorf("%d and %d requests: it repeats or follows", refusals.Load(), pings.Load())
	}
}
