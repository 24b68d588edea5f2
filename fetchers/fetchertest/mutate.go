package fetchertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

// testPure wants the same page to give the same answer for ever, to many at
// once, and to be left as it is.
func testPure(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	for _, page := range pages {
		before := copyOf(page)
		want := mustDecode(t, fetcher, page)
		var all sync.WaitGroup
		got := make([]catalog.Decoded, 4)
		for i := range got {
			all.Go(func() { got[i], _ = fetcher.Decode(page) }) // an error shows as a difference
		}
		all.Wait()
		for _, decoded := range got {
			if diff := cmp.Diff(want, decoded); diff != "" {
				t.Errorf("page %d (-alone +at once):\n%s", page.Number, diff)
			}
		}
		if diff := cmp.Diff(before, page); diff != "" {
			t.Errorf("decoding changed page %d:\n%s", page.Number, diff)
		}
	}
}

func copyOf(page catalog.Page) catalog.Page {
	page.Parts = slices.Clone(page.Parts)
	for i := range page.Parts {
		page.Parts[i].Body = bytes.Clone(page.Parts[i].Body)
	}
	return page
}

// strangers are values that no document promises, for any place.
func strangers() []any {
	return []any{
		nil, true, json.Number("-1"), json.Number("1e400"), json.Number("12345678901234567890.5"), "", " ", "NaN", "\x00", "5,600",
		"\u200b\ufeff", strings.Repeat("x", 5000), []any{}, []any{nil, []any{}}, map[string]any{}, map[string]any{"": nil},
	}
}

// testStrange puts strange values in every place of every answer. Decode may
// refuse them; it must not panic, nor give what must not enter history.
func testStrange(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	for _, page := range pages {
		for nth, part := range page.Parts {
			if isXML(string(part.Body)) {
				continue // testCut and Fuzz go over these
			}
			for _, at := range places(parse(t, part.Body)) {
				for _, stranger := range strangers() {
					root := parse(t, part.Body)
					set(root, at, stranger)
					mustHold(t, fetcher, withBody(page, nth, printed(t, root)), fmt.Sprintf("part %d, %v is %.40q", nth+1, at, fmt.Sprint(stranger)))
				}
			}
		}
	}
}

// testCut ends every answer early, at any byte. A list's is refused; of any other,
// what it is about is set aside.
func testCut(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	for _, page := range pages {
		for nth, part := range page.Parts {
			whole := bytes.TrimSpace(part.Body)
			for end := 0; end < len(whole); end += 1 + len(whole)/500 {
				decoded, err := fetcher.Decode(withBody(page, nth, whole[:end]))
				if err == nil && (nth == 0 || !saysUnread(decoded)) {
					t.Errorf("page %d, part %d was decoded from its first %d bytes of %d", page.Number, nth+1, end, len(whole))
				}
			}
		}
	}
}

// mustHold decodes and wants, unless it is refused, entries fit for history.
func mustHold(t *testing.T, fetcher catalog.Fetcher, page catalog.Page, what string) {
	t.Helper()
	defer func() {
		if panicked := recover(); panicked != nil {
			t.Errorf("%s: panic: %v", what, panicked)
		}
	}()
	decoded, err := fetcher.Decode(page)
	if err != nil {
		return
	}
	for i := range decoded.Entries {
		if decoded.Entries[i].Key == "" {
			t.Errorf("%s: an empty key", what)
		}
		for _, usage := range decoded.Entries[i].Usage {
			if !usage.From.Before(usage.To) {
				t.Errorf("%s: a figure from %s to %s", what, usage.From, usage.To)
			}
		}
		decoded.Entries[i].Digest()
		if key := decoded.Entries[i].Key; isAside(decoded, key, catalog.FieldsPart) && isAside(decoded, key, catalog.PricesPart) {
			t.Errorf("%s: entry %q is set aside whole, and is there", what, key)
		}
	}
}

// testNull wants null to mean what absence means, in every member.
func testNull(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	for _, page := range pages {
		for nth, part := range page.Parts {
			if isXML(string(part.Body)) {
				continue // XML has no null
			}
			for _, at := range places(parse(t, part.Body)) {
				null, absent := parse(t, part.Body), parse(t, part.Body)
				set(null, at, nil)
				if remove(absent, at) {
					mustBeAlike(t, fetcher, withBody(page, nth, printed(t, null)), withBody(page, nth, printed(t, absent)), at)
				}
			}
		}
	}
}

func mustBeAlike(t *testing.T, fetcher catalog.Fetcher, null, absent catalog.Page, at place) {
	t.Helper()
	first, firstErr := fetcher.Decode(null)
	second, secondErr := fetcher.Decode(absent)
	if (firstErr == nil) != (secondErr == nil) {
		t.Errorf("%v: null gives error %v, absence %v", at, firstErr, secondErr)
		return
	}
	if diff := cmp.Diff(first.Entries, second.Entries); diff != "" {
		t.Errorf("%v (-null +absent):\n%s", at, diff)
	}
	silent := func(sets []catalog.SetAside) []catalog.SetAside { // what is wrong is worded otherwise
		sets = slices.Clone(sets)
		for i := range sets {
			sets[i].Detail = ""
		}
		return sets
	}
	if diff := cmp.Diff(silent(first.SetAside), silent(second.SetAside)); diff != "" || (first.PricesUnread == "") != (second.PricesUnread == "") {
		t.Errorf("%v (-null +absent):\n%s", at, diff)
	}
}

// Fuzz is the fuzz test of a provider's decoders: each case's good answers are
// the seeds, and what fuzzing makes of them is put into their pages.
func Fuzz(f *testing.F, cases ...Case) {
	f.Helper()
	var pages []fuzzed
	for _, c := range cases {
		pages = append(pages, c.fuzzed(f)...)
	}
	for i, page := range pages {
		for nth, part := range page.page.Parts {
			f.Add(i, nth, part.Body, part.Request)
		}
	}
	f.Fuzz(func(t *testing.T, which, nth int, body []byte, request string) {
		chosen := pages[abs(which)%len(pages)]
		nth = abs(nth) % len(chosen.page.Parts)
		page := withBody(chosen.page, nth, body)
		page.Parts[nth].Request = request
		before := copyOf(page)
		mustHold(t, chosen.fetcher, page, "fuzzed")
		if diff := cmp.Diff(before, page); diff != "" {
			t.Errorf("decoding changed the page:\n%s", diff)
		}
	})
}

// fuzzed is a page and who decodes it.
type fuzzed struct {
	fetcher catalog.Fetcher
	page    catalog.Page
}

func (c Case) fuzzed(f *testing.F) []fuzzed {
	f.Helper()
	w := newWorld(f, c, nil)
	var all []fuzzed
	for page, err := range w.fetcher.Pages(f.Context()) {
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, fuzzed{w.fetcher, page})
	}
	return all
}

func abs(n int) int { return max(n, -(n + 1)) }
