package fetchertest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"syncer/catalog"
)

// testParts holds the answers that follow a list answer to the rules of the list,
// but for one: the list does not wait for them. What was not to be had is set
// aside, and the walk goes on.
func testParts(t *testing.T, c Case) {
	t.Run("each is kept with its question", func(t *testing.T) { testPartNames(t, c) })
	t.Run("none is asked for after break", func(t *testing.T) { testPartsAfterBreak(t, c) })
	t.Run("5xx passes", func(t *testing.T) { testPartPasses(t, c, 2, status(http.StatusBadGateway)) })
	t.Run("429 passes", func(t *testing.T) { testPartPasses(t, c, 1, status(http.StatusTooManyRequests)) })
	t.Run("401 once is asked again once", func(t *testing.T) { testPartPasses(t, c, 1, status(http.StatusUnauthorized)) })
	for _, code := range []int{400, 403, 404, 500} {
		t.Run(http.StatusText(code)+" sets aside", func(t *testing.T) { testPartRefused(t, c, status(code), strconv.Itoa(code)) })
	}
	t.Run("Unauthorized fails the walk or sets aside", func(t *testing.T) { testPartRefusedOrFails(t, c, status(http.StatusUnauthorized), "401") })
	t.Run("HTML fails the walk or sets aside", func(t *testing.T) {
		testPartRefusedOrFails(t, c, answer("<!DOCTYPE html><html><body>back soon</body></html>"), "HTML")
	})
	for name, body := range map[string]string{
		"empty": "", "blank": " ", "null": "null",
		"a truncated answer": `{"x":[`, "a second value": "{}{}", "duplicate names": `{"x1":1,"x1":2}`, "invalid UTF-8": "{\"x\":\"\xff\"}",
	} {
		t.Run(name+" sets aside", func(t *testing.T) { testPartRefused(t, c, answer(body), "") })
	}
	t.Run("a redirect fails the walk or sets aside", func(t *testing.T) {
		testPartRefusedOrFails(t, c, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		}, "redirect")
	})
	t.Run("cancelling ends the walk", func(t *testing.T) { testPartCancelled(t, c) })
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

// isAbout reports whether a part of a page is about its rows. Another, such as the
// answer that names the regions of a walk, is none of those that Part gives: without
// it nobody knows where the walk ends.
func (c Case) isAbout(part catalog.Part) bool {
	method, address, _ := strings.Cut(part.Request, " ")
	if method != http.MethodGet {
		return true
	}
	asked, err := http.NewRequestWithContext(context.Background(), method, c.BasePath+address, http.NoBody)
	return err == nil && c.Part(asked) != ""
}

func testPartsAfterBreak(t *testing.T, c Case) {
	w := c.withPartFault(t, nil)
	parts := 0
	for page, err := range w.fetcher.Pages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range page.Parts[1:] {
			if c.isAbout(part) {
				parts++
			}
		}
		break
	}
	if !slices.Equal(w.asked, []int{1}) || w.parts != parts {
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

// testPartRefused wants all pages of the list, whose entries say what they said but
// for what is set aside, and the reason, which holds a text.
func testPartRefused(t *testing.T, c Case, handler http.HandlerFunc, reason string) {
	good := c.withPartFault(t, nil)
	want := good.mustWalk(t)
	w := c.withPartFault(t, times(always, handler))
	said := ""
	for i, page := range w.mustWalk(t) {
		before, after := mustDecode(t, good.fetcher, want[i]), mustDecode(t, w.fetcher, page)
		if len(want[i].Parts) > 1 && !saysUnread(after) {
			t.Errorf("page %d: nothing is set aside", page.Number)
		}
		for _, problem := range unspoken(before, after, "") {
			t.Errorf("page %d: %s", page.Number, problem)
		}
		for _, set := range after.SetAside {
			said += set.Detail
		}
		said += after.PricesUnread
	}
	if !strings.Contains(said, reason) {
		t.Errorf("%q does not say %q", said, reason)
	}
	if w.parts > mostAttempts*good.parts {
		t.Errorf("%d requests for parts, want a bound", w.parts)
	}
}

// testPartRefusedOrFails is for what says more of the walk than of the question:
// credentials that are refused, an answer that is none of the provider's. Whoever
// fails the walk yields no page, as of a list answer that fails.
func testPartRefusedOrFails(t *testing.T, c Case, handler http.HandlerFunc, reason string) {
	w := c.withPartFault(t, times(always, handler))
	pages, err := w.walk(t.Context())
	if err == nil {
		testPartRefused(t, c, handler, reason)
		return
	}
	if len(pages) != 0 || !strings.Contains(err.Error(), "src/"+c.List) || !strings.Contains(err.Error(), "page 1") || !strings.Contains(err.Error(), reason) {
		t.Errorf("got %d pages and error %q, want list, page and %q named", len(pages), err, reason)
	}
	if w.parts > 10 {
		t.Errorf("%d requests for parts, want a bound", w.parts)
	}
}

// testPartCancelled cancels the walk while a part is asked for.
func testPartCancelled(t *testing.T, c Case) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := c.withPartFault(t, times(always, func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(http.StatusInternalServerError)
	}))
	if pages, err := w.walk(ctx); !errors.Is(err, context.Canceled) || len(pages) != 0 {
		t.Errorf("got %d pages and error %v, want context.Canceled", len(pages), err)
	}
}

func testPartSecrets(t *testing.T, c Case) {
	w := c.withPartFault(t, times(always, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		w.Write([]byte(echo(r)))
	}))
	for _, page := range w.mustWalk(t) {
		w.mustNotShow(t, Show(mustDecode(t, w.fetcher, page)), w.log.String())
		for _, part := range page.Parts {
			w.mustNotShow(t, part.Request, string(part.Body))
		}
	}
}

// testPartLacks wants it set aside or, where archives may lack parts, at least a
// warning: entries that are thinner in silence would look changed.
func testPartLacks(t *testing.T, c Case) {
	w := c.withPartFault(t, nil)
	for _, page := range w.mustWalk(t) {
		if last := len(page.Parts) - 1; last > 0 {
			page.Parts = page.Parts[:last]
			decoded, err := w.fetcher.Decode(page)
			if err == nil && len(decoded.Warnings) == 0 && !saysUnread(decoded) {
				t.Errorf("page %d without its part %d: got neither error nor warning", page.Number, last+1)
			}
		}
	}
}
