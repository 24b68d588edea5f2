package fetchertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// testParts holds the answers that follow a list answer to the rules of the
// list: a page is whole, or there is no page.
func testParts(t *testing.T, c Case) {
	t.Run("each is kept with its question", func(t *testing.T) { testPartNames(t, c) })
	t.Run("none is asked for after break", func(t *testing.T) { testPartsAfterBreak(t, c) })
	t.Run("5xx passes", func(t *testing.T) { testPartPasses(t, c, 2, status(http.StatusBadGateway)) })
	t.Run("429 passes", func(t *testing.T) { testPartPasses(t, c, 1, status(http.StatusTooManyRequests)) })
	t.Run("401 once is asked again once", func(t *testing.T) { testPartPasses(t, c, 1, status(http.StatusUnauthorized)) })
	for _, code := range []int{400, 401, 403, 404, 500} {
		t.Run(http.StatusText(code)+" fails the walk", func(t *testing.T) { testPartFails(t, c, status(code)) })
	}
	for name, body := range map[string]string{
		"empty": "", "blank": " ", "HTML": "<!DOCTYPE html><html><body>back soon</body></html>", "null": "null",
		"a truncated answer": `{"x":[`, "a second value": "{}{}", "duplicate names": `{"x1":1,"x1":2}`, "invalid UTF-8": "{\"x\":\"\xff\"}",
	} {
		t.Run(name+" fails the walk", func(t *testing.T) { testPartFails(t, c, answer(body)) })
	}
	t.Run("a redirect fails the walk", func(t *testing.T) {
		testPartFails(t, c, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		})
	})
	t.Run("secrets are not shown when one fails", func(t *testing.T) { testPartSecrets(t, c) })
	t.Run("a page that lacks one is not decoded in silence", func(t *testing.T) { testPartLacks(t, c) })
}

// answer is a 200 with a body that says it is JSON.
func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(body))
	}
}

func (c Case) withPartFault(t *testing.T, fault fault) *world {
	t.Helper()
	w := newWorld(t, c, nil)
	w.partFault = fault
	return w
}

func testPartNames(t *testing.T, c Case) {
	w := c.withPartFault(t, nil)
	several := false
	for _, page := range w.mustWalk(t) {
		several = several || len(page.Parts) > 1
		for i, part := range page.Parts {
			method, path, found := strings.Cut(part.Request, " ")
			if !found || method == "" || !strings.HasPrefix(path, "/") || len(part.Body) == 0 {
				t.Errorf("page %d, part %d: request %q and %d bytes", page.Number, i+1, part.Request, len(part.Body))
			}
		}
	}
	if !several {
		t.Error("no page has more than one part")
	}
}

func testPartsAfterBreak(t *testing.T, c Case) {
	w := c.withPartFault(t, nil)
	parts := 0
	for page, err := range w.fetcher.Pages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		parts = len(page.Parts)
		break
	}
	if !slices.Equal(w.asked, []int{1}) || len(w.asked)+w.parts != parts {
		t.Errorf("asked for pages %v and %d parts, the first page has %d", w.asked, w.parts, parts)
	}
}

func testPartPasses(t *testing.T, c Case, n int, handler http.HandlerFunc) {
	good := c.withPartFault(t, nil)
	want := good.mustWalk(t)
	w := c.withPartFault(t, times(n, handler))
	got := w.mustWalk(t)
	if w.parts != good.parts+n || len(w.asked) != len(good.asked) {
		t.Errorf("%d requests for parts and %d for the list, want %d and %d", w.parts, len(w.asked), good.parts+n, len(good.asked))
	}
	for i, page := range got {
		if len(page.Parts) != len(want[i].Parts) {
			t.Errorf("page %d has %d parts, want %d", i+1, len(page.Parts), len(want[i].Parts))
		}
	}
}

// testPartFails wants no page at all, as of a list answer that fails.
func testPartFails(t *testing.T, c Case, handler http.HandlerFunc) {
	w := c.withPartFault(t, times(always, handler))
	pages, err := w.walk(t.Context())
	if err == nil || len(pages) != 0 {
		t.Fatalf("got %d pages and error %v", len(pages), err)
	}
	if !strings.Contains(err.Error(), "src/"+c.List) || !strings.Contains(err.Error(), "page 1") {
		t.Errorf("error %q does not name list and page", err)
	}
	if w.parts > 10 {
		t.Errorf("%d requests for parts, want a bound", w.parts)
	}
}

func testPartSecrets(t *testing.T, c Case) {
	w := c.withPartFault(t, times(always, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		w.Write([]byte(echo(r)))
	}))
	w.mustNotShow(t, w.mustFail(t).Error(), w.log.String())
}

// testPartLacks wants an error or, where archives may lack parts, at least a
// warning: entries that are thinner in silence would look changed.
func testPartLacks(t *testing.T, c Case) {
	w := c.withPartFault(t, nil)
	for _, page := range w.mustWalk(t) {
		if last := len(page.Parts) - 1; last > 0 {
			page.Parts = page.Parts[:last]
			decoded, err := w.fetcher.Decode(page)
			if err == nil && len(decoded.Warnings) == 0 {
				t.Errorf("page %d without its part %d: got neither error nor warning", page.Number, last+1)
			}
		}
	}
}
