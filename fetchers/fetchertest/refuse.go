package fetchertest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func testRefuse(t *testing.T, c Case) {
	t.Run("401 once is asked again once", func(t *testing.T) { testUnauthorizedOnce(t, c) })
	t.Run("401 twice is final", func(t *testing.T) { testFinal(t, c, http.StatusUnauthorized, "unauthorized", 2) })
	t.Run("403 is final", func(t *testing.T) { testFinal(t, c, http.StatusForbidden, "forbidden", 1) })
	t.Run("404 is final", func(t *testing.T) { testFinal(t, c, http.StatusNotFound, "not_found", 1) })
	t.Run("401 with another clock names the difference", func(t *testing.T) { testClock(t, c) })
	for _, code := range []int{301, 302, 303, 307, 308} {
		for name, target := range map[string]string{"to another host": "http://{other}/elsewhere", "without a scheme": "//{other}/elsewhere"} {
			t.Run(http.StatusText(code)+" "+name+" is not followed", func(t *testing.T) { testRedirect(t, c, code, target) })
		}
		t.Run(http.StatusText(code)+" to the same host is not followed", func(t *testing.T) { testRedirectHome(t, c, code) })
	}
}

func testUnauthorizedOnce(t *testing.T, c Case) {
	w := newWorld(t, c, times(1, status(http.StatusUnauthorized)))
	w.mustWalk(t)
	if want := len(c.Pages) + 1; len(w.asked) != want {
		t.Errorf("%d requests, want %d", len(w.asked), want)
	}
}

func testFinal(t *testing.T, c Case, code int, class string, attempts int) {
	w := newWorld(t, c, times(always, status(code)))
	err := w.mustFail(t, "src/"+c.List, c.Path)
	if len(w.asked) != attempts {
		t.Errorf("%d requests, want %d", len(w.asked), attempts)
	}
	var classed interface{ ErrorClass() string }
	if !errors.As(err, &classed) || classed.ErrorClass() != class {
		t.Errorf("error %v is not of class %s", err, class)
	}
}

func testClock(t *testing.T, c Case) {
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", start().Add(10*time.Minute).Format(http.TimeFormat))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	w.mustFail(t, "this machine's clock is ", "behind the provider's")
}

func testRedirect(t *testing.T, c Case, code int, target string) {
	var reached atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer other.Close()
	w := newWorld(t, c, times(always, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", strings.ReplaceAll(target, "{other}", strings.TrimPrefix(other.URL, "http://")))
		w.WriteHeader(code)
	}))
	w.mustFail(t, "redirect", other.URL+"/elsewhere")
	if reached.Load() {
		t.Error("the redirect's target was reached")
	}
}

// testRedirectHome wants even a redirect to the provider itself refused: what
// was asked and what was answered would no longer belong together.
func testRedirectHome(t *testing.T, c Case, code int) {
	w := newWorld(t, c, times(1, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.RequestURI())
		w.WriteHeader(code)
	}))
	w.mustFail(t, "redirect")
	if len(w.asked) != 1 {
		t.Errorf("%d requests, want 1", len(w.asked))
	}
}
