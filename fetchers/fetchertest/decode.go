package fetchertest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

func testDecode(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	pages := w.mustWalk(t)
	w.server.Close() // Decode needs no network
	t.Run("twice is equal", func(t *testing.T) { testTwice(t, w.fetcher, pages) })
	t.Run("at once is equal, and leaves the page as it is", func(t *testing.T) { testPure(t, w.fetcher, pages) })
	t.Run("null is absence", func(t *testing.T) { testNull(t, w.fetcher, pages) })
	t.Run("strange values never panic", func(t *testing.T) { testStrange(t, w.fetcher, pages) })
	t.Run("an answer cut short is never decoded", func(t *testing.T) { testCut(t, w.fetcher, pages) })
	t.Run("keys are unique and not empty, entries valid", func(t *testing.T) { testEntries(t, w.fetcher, pages) })
	t.Run("only the last page is the last", func(t *testing.T) { testLast(t, w.fetcher, pages) })
	t.Run("an unknown field is reported and changes nothing", func(t *testing.T) { testUnknown(t, w.fetcher, pages[0]) })
	t.Run("a page without parts is an error", func(t *testing.T) {
		if _, err := w.fetcher.Decode(catalog.Page{Number: 1}); err == nil {
			t.Error("got no error")
		}
	})
}

func mustDecode(t *testing.T, fetcher catalog.Fetcher, page catalog.Page) catalog.Decoded {
	t.Helper()
	decoded, err := fetcher.Decode(page)
	if err != nil {
		t.Fatalf("decode page %d: %v", page.Number, err)
	}
	return decoded
}

// withBody is the page with another answer as its nth part, from 0.
func withBody(page catalog.Page, nth int, body []byte) catalog.Page {
	page.Parts = slices.Clone(page.Parts)
	page.Parts[nth].Body = body
	return page
}

func testTwice(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	for _, page := range pages {
		first, second := mustDecode(t, fetcher, page), mustDecode(t, fetcher, page)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("page %d (-first +second):\n%s", page.Number, diff)
		}
	}
}

func testEntries(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	seen := make(map[string]bool)
	for _, page := range pages {
		for _, entry := range mustDecode(t, fetcher, page).Entries {
			if at, _ := entry.At(start()); at.Validate() != nil {
				t.Error(at.Validate())
			}
			if seen[entry.Key] {
				t.Errorf("key %q twice", entry.Key)
			}
			seen[entry.Key] = true
		}
	}
}

func testLast(t *testing.T, fetcher catalog.Fetcher, pages []catalog.Page) {
	for i, page := range pages {
		if last := mustDecode(t, fetcher, page).End.Last; last != (i == len(pages)-1) {
			t.Errorf("page %d: last is %t", page.Number, last)
		}
	}
}

func testUnknown(t *testing.T, fetcher catalog.Fetcher, page catalog.Page) {
	before := mustDecode(t, fetcher, page)
	after := mustDecode(t, fetcher, withBody(page, 0, []byte(formatOf(string(page.Parts[0].Body)).with("never seen"))))
	if saysUnread(before) || saysUnread(after) {
		t.Errorf("set aside is %v, then %v", before.SetAside, after.SetAside)
	}
	if diff := cmp.Diff(before.Entries, after.Entries); diff != "" {
		t.Errorf("entries changed:\n%s", diff)
	}
	if len(after.Unknown) != len(before.Unknown)+1 {
		t.Errorf("unknown is %v", after.Unknown)
	}
}
