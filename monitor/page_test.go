package monitor_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"syncer/monitor"
	"syncer/store/report"
	"syncer/store/schema"
)

const script = `<script>alert("x")</script>`

// TestPageEscapesEverything has a provider that writes HTML wherever it can.
func TestPageEscapesEverything(t *testing.T) {
	s := newStand(t)
	s.db.facts.Freshness[0].State, s.db.facts.Freshness[0].LastError = monitor.Failed, script
	s.db.holds = []report.HeldSnapshot{{List: flavors, TakenAt: noon(), HeldFor: script}}
	s.db.prices = []report.PriceChange{{List: flavors, Key: script, Name: script, Unit: script, Currency: script, Variant: script, ChangedAt: noon(), From: script, To: script}}
	s.db.statuses = []report.StatusChange{{List: flavors, Key: `"><img src=x onerror=y>`, Zone: script, From: script, To: script, ChangedAt: noon()}}
	status, page := s.get(t, "/")
	if status != 200 || strings.Contains(page, "<script") || strings.Contains(page, "<img") {
		t.Errorf("%d\n%s", status, page)
	}
	if strings.Count(page, "&lt;script&gt;") < 9 {
		t.Errorf("something is not shown:\n%s", page)
	}
}

// TestPageShowsWhatToDo wants states, reasons, commands and changes.
func TestPageShowsWhatToDo(t *testing.T) {
	s := newStand(t)
	s.db.facts.Freshness[0].State, s.db.facts.Freshness[0].HeldFor = monitor.Held, "66 of 69 entries would be removed"
	s.db.facts.Figures = []report.ListFigures{{List: flavors, Held: 3}}
	s.db.holds = []report.HeldSnapshot{{List: flavors, TakenAt: noon(), Entries: 3, HeldFor: "66 of 69 entries would be removed"}}
	s.db.prices = []report.PriceChange{{List: flavors, Key: "k1", Name: "Standard 4", Unit: "month", Currency: "KRW", Region: "KR", Tier: "10240", Change: "raised", Percent: "3.57", From: "5600", To: "5800", ChangedAt: noon()}}
	s.db.statuses = []report.StatusChange{{List: flavors, Key: "k2", Name: "GPU 1", Zone: "KR1", Event: "changed", From: "normal", To: "sellout", ChangedAt: noon()}}
	_, page := s.get(t, "/")
	for _, want := range []string{
		"1 held.", "60 min ago", "in 5 h", "69", "66 of 69 entries would be removed", "2 older held as well",
		"syncer accept iwinv/flavors 2026-11-25T12:00:00Z --reason", "syncer reject iwinv/flavors 2026-11-25T12:00:00Z --reason",
		"Standard 4", "raised &#43;3.57 %", "5600", "5800", "KRW per month, in KR, above 10240", "GPU 1", "KR1", "normal", "sellout", `href="/metrics"`, `href="/readyz"`, "syncer v1 (commit 0123)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

// TestPageIsThereWhateverTheDatabaseDoes wants the last that was known, and
// never an address or a password.
func TestPageIsThereWhateverTheDatabaseDoes(t *testing.T) {
	s := newStand(t)
	s.db.slow = errors.New("canceled: canary")
	if status, page := s.get(t, "/"); status != 200 || !strings.Contains(page, "could not be read in time") || !strings.Contains(page, "The one list is fresh.") {
		t.Errorf("a slow database: %d\n%s", status, page)
	}
	s.db.fail(errAway)
	status, page := s.get(t, "/")
	if status != 200 || !strings.Contains(page, "the database does not answer") || !strings.Contains(page, "60 min ago") || strings.Contains(page, "canary") {
		t.Errorf("no database: %d\n%s", status, page)
	}
	s.db.fail(fmt.Errorf("%w (found 7, want 9)", schema.ErrOld))
	if status, text := s.get(t, "/readyz"); status != 503 || !strings.Contains(text, "run `syncer migrate up` (found 7, want 9)") {
		t.Errorf("an old schema: %d %s", status, text)
	}
}

func TestNothingCanBeWritten(t *testing.T) {
	s := newStand(t)
	for _, path := range []string{"/", "/metrics", "/livez", "/readyz"} {
		recorder := httptest.NewRecorder()
		s.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, path, strings.NewReader("x")))
		if recorder.Code != 405 {
			t.Errorf("POST %s: %d", path, recorder.Code)
		}
		if policy := recorder.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
	if status, _ := s.get(t, "/debug/pprof/"); status != 404 {
		t.Errorf("pprof: %d", status)
	}
}

func TestWordsOfAges(t *testing.T) {
	for want, minutes := range map[string]int{"0 s": 0, "1 min": 1, "119 min": 119, "2 h": 120, "47 h": 48*60 - 1, "2 d": 48 * 60} {
		if got := monitor.Ago(minute(minutes)); got != want {
			t.Errorf("%d min: got %q, want %q", minutes, got, want)
		}
	}
}
