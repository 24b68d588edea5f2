package fetchertest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// fault answers the nth request (from 1) for the list, or for a part, and
// reports that it did.
type fault func(w http.ResponseWriter, r *http.Request, nth int) bool

// world is a provider, a clock that sleeping moves, and a log.
type world struct {
	Case
	server    *httptest.Server
	fetcher   catalog.Fetcher
	fault     fault // of the list
	partFault fault // of the further parts of its pages

	seen func(*http.Request) // of the list; nil looks at none

	mu     sync.Mutex
	now    time.Time
	drift  time.Duration // passes at every wait, beside it
	waits  []time.Duration
	asked  []int    // the page of each request for the list
	parts  int      // requests for further parts
	others int      // requests for what is neither
	marks  []string // what credentials put into headers
	log    bytes.Buffer
}

func newWorld(t testing.TB, c Case, fault fault) *world {
	t.Helper()
	w := &world{Case: c, fault: fault, now: start()}
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	w.fetcher = c.fetcher(t, c.source(w.server.URL), web.Options{
		Now: w.clock, Sleep: w.sleep, MaxBody: 1 << 20, Transport: transport,
		Logger: slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d + w.drift)
	w.waits = append(w.waits, d)
	return ctx.Err()
}

func (w *world) serve(out http.ResponseWriter, r *http.Request) {
	w.mark(r)
	if r.URL.Path != w.BasePath+w.Path {
		w.serveOther(out, r)
		return
	}
	if w.seen != nil {
		w.seen(r)
	}
	page := w.PageOf(r)
	w.mu.Lock()
	w.asked = append(w.asked, page)
	nth := len(w.asked)
	out.Header().Set("Date", w.now.Format(http.TimeFormat))
	w.mu.Unlock()
	if w.fault != nil && w.fault(out, r, nth) {
		return
	}
	w.servePage(out, page)
}

// servePart answers a question whose answer belongs to the page before it.
func (w *world) servePart(out http.ResponseWriter, r *http.Request, body string) {
	w.mu.Lock()
	w.parts++
	nth := w.parts
	out.Header().Set("Date", w.now.Format(http.TimeFormat))
	w.mu.Unlock()
	if w.partFault != nil && w.partFault(out, r, nth) {
		return
	}
	out.Header().Set("Content-Type", "application/json")
	io.WriteString(out, body)
}

func (w *world) servePage(out http.ResponseWriter, page int) {
	out.Header().Set("Content-Type", "application/json")
	if page < 1 || page > len(w.Pages) {
		http.Error(out, "no page "+strconv.Itoa(page), http.StatusBadRequest)
		return
	}
	out.Write([]byte(w.Pages[page-1]))
}

func (w *world) serveOther(out http.ResponseWriter, r *http.Request) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(out, "the question ends early", http.StatusBadRequest)
		return
	}
	again := func() { r.Body = io.NopCloser(bytes.NewReader(asked)) }
	again()
	if w.Part != nil {
		body := w.Part(r)
		again()
		if body != "" {
			w.servePart(out, r, body)
			return
		}
	}
	w.mu.Lock()
	w.others++
	w.mu.Unlock()
	if w.Other == nil {
		http.NotFound(out, r)
		return
	}
	w.Other.ServeHTTP(out, r)
}

// walk takes all pages and the error.
func (w *world) walk(ctx context.Context) (pages []catalog.Page, err error) {
	for page, err := range w.fetcher.Pages(ctx) {
		if err != nil {
			return pages, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func (w *world) mustWalk(t *testing.T) []catalog.Page {
	t.Helper()
	pages, err := w.walk(t.Context())
	if err != nil {
		t.Fatalf("walk: %v", err)
	}
	if len(pages) != len(w.Pages) {
		t.Fatalf("walk: got %d pages, want %d", len(pages), len(w.Pages))
	}
	return pages
}

// mustFail walks, wants an error with all texts in it and returns it.
func (w *world) mustFail(t *testing.T, texts ...string) error {
	t.Helper()
	_, err := w.walk(t.Context())
	if err == nil {
		t.Fatal("walk: got no error")
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
	return err
}

// times answers the first n requests for the list with the handler.
func times(n int, handler http.HandlerFunc) fault {
	return func(w http.ResponseWriter, r *http.Request, nth int) bool {
		if nth > n {
			return false
		}
		handler(w, r)
		return true
	}
}

const always = 1 << 30

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
}
