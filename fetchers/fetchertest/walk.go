package fetchertest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"syncer/catalog"
	"syncer/snapshot"
)

func testWalk(t *testing.T, c Case) {
	t.Run("all pages, each asked for once and in order", func(t *testing.T) { testAllPages(t, c) })
	t.Run("no request after break", func(t *testing.T) { testBreak(t, c) })
	t.Run("nothing is asked before a page is taken", func(t *testing.T) { testLazy(t, c) })
	t.Run("a walk that is cancelled before it begins asks nothing", func(t *testing.T) { testCancelled(t, c) })
	if len(c.Pages) > 1 {
		t.Run("cancelling ends the walk with an error", func(t *testing.T) { testCancel(t, c) })
		t.Run("a server that repeats a page fails", func(t *testing.T) { testRepeat(t, c) })
		t.Run("a server that goes round fails", func(t *testing.T) { testRound(t, c) })
	}
	t.Run("requests are numbered and named", func(t *testing.T) { testNames(t, c) })
}

func testAllPages(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	snapshot := snapshot.New(w.fetcher)
	for _, page := range w.mustWalk(t) {
		if err := snapshot.Add(page); err != nil {
			t.Fatal(err)
		}
	}
	if err := snapshot.Complete(); err != nil {
		t.Error(err)
	}
	if snapshot.Len() == 0 {
		t.Error("the pages hold no entry")
	}
	for i, page := range w.asked {
		if page != i+1 {
			t.Errorf("asked for pages %v", w.asked)
		}
	}
}

func testBreak(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	for _, err := range w.fetcher.Pages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if !slices.Equal(w.asked, []int{1}) {
		t.Errorf("asked for pages %v, want only 1", w.asked)
	}
}

// testLazy wants New to ask nothing: what is configured is not yet wanted.
func testLazy(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	w.fetcher.List()
	w.fetcher.Pages(t.Context())
	if len(w.asked)+w.parts+w.others != 0 {
		t.Errorf("asked before a page was taken: %d requests", len(w.asked)+w.parts+w.others)
	}
}

func testCancelled(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if pages, err := w.walk(ctx); !errors.Is(err, context.Canceled) || len(pages) != 0 {
		t.Errorf("got %d pages and error %v, want context.Canceled", len(pages), err)
	}
	if len(w.asked)+w.parts != 0 {
		t.Errorf("asked for pages %v and %d parts", w.asked, w.parts)
	}
}

func testCancel(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range w.fetcher.Pages(ctx) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", last)
	}
	if len(w.asked) != 1 {
		t.Errorf("asked for pages %v after cancelling", w.asked)
	}
}

func testRepeat(t *testing.T, c Case) {
	c.Pages = slices.Clone(c.Pages)
	for i := range c.Pages {
		c.Pages[i] = c.Pages[0]
	}
	w := newWorld(t, c, nil)
	w.mustFail(t, "page 2")
	if len(w.asked) > 2 {
		t.Errorf("asked for pages %v", w.asked)
	}
}

// testRound serves all pages but the last, again and again.
func testRound(t *testing.T, c Case) {
	round := len(c.Pages) - 1
	asks := c.PageOf
	c.PageOf = func(r *http.Request) int { return (asks(r)-1)%round + 1 }
	w := newWorld(t, c, nil)
	if _, err := w.snapshot(t.Context()); err == nil {
		t.Error("got no error")
	}
	if len(w.asked) > 2*len(c.Pages) {
		t.Errorf("asked for pages %v", w.asked)
	}
}

func testNames(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	for i, page := range w.mustWalk(t) {
		if page.Number != i+1 || len(page.Parts) == 0 {
			t.Fatalf("page %d has number %d and %d parts", i+1, page.Number, len(page.Parts))
		}
		if request := page.Parts[0].Request; !strings.HasPrefix(request, "GET "+c.Path) {
			t.Errorf("page %d was asked with %q", i+1, request)
		}
	}
	if w.fetcher.List().ID != (catalog.ListID{Source: "src", Name: c.List}) {
		t.Errorf("list is %s", w.fetcher.List().ID)
	}
}
