package fetchertest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"syncer/catalog"
)

// testSetAside garbles one row of a page, each field of it in turn, and one answer
// that follows a list, each field of it. The other rows and the other part of that
// one speak as before, and what does not is named: key, part and field. A row whose
// key cannot be read is counted.
func testSetAside(t *testing.T, c Case) {
	w := newWorld(t, c, nil)
	pages := w.mustWalk(t)
	t.Run("one field of one row", func(t *testing.T) {
		g := garbling{t: t, fetcher: w.fetcher}
		for _, page := range pages {
			g.rows(page)
		}
		for _, page := range c.samplePages(t, w.fetcher, pages[0]) {
			g.rows(page)
		}
		g.mustHaveToldPartsApart()
	})
	if c.Part == nil {
		return
	}
	t.Run("one field of one answer about a row", func(t *testing.T) {
		g := garbling{t: t, fetcher: w.fetcher}
		for _, page := range pages {
			g.parts(page)
		}
	})
}

// samplePages are the documents' samples as pages, those in JSON.
func (c Case) samplePages(t *testing.T, fetcher catalog.Fetcher, page catalog.Page) (pages []catalog.Page) {
	t.Helper()
	if c.Part != nil {
		page.Parts = []catalog.Part{{}}
	}
	for sample := range c.Samples {
		body, err := os.ReadFile(sample)
		if err != nil {
			t.Fatal(err)
		}
		page := withBody(page, 0, body)
		page.Parts[0].MediaType = "json"
		if !isXML(string(body)) && len(mustDecode(t, fetcher, page).Entries) > 0 {
			pages = append(pages, page)
		}
	}
	return pages
}

// garbling is putting into good pages what no field can hold.
type garbling struct {
	t       *testing.T
	fetcher catalog.Fetcher
	// alone is how often a part was set aside without the other, by part; both is
	// how often they were together.
	alone map[catalog.EntryPart]int
	both  int
}

// garbled are values that no document promises: of any member, and of a number.
func garbled(value any) []any {
	values := []any{map[string]any{"garbled": true}, []any{"garbled", json.Number("1")}}
	if _, isNumber := value.(json.Number); isNumber {
		values = append(values, "5,600", json.Number("-1"))
	}
	return values
}

// rows garbles each field of the first row of a page, and the row itself.
func (g *garbling) rows(page catalog.Page) {
	g.t.Helper()
	if isXML(string(page.Parts[0].Body)) {
		return // the JSON of the same list goes over these
	}
	good := mustDecode(g.t, g.fetcher, page)
	if len(good.Entries) == 0 || len(good.SetAside) > 0 {
		return
	}
	root := parse(g.t, page.Parts[0].Body)
	first := append(slices.Clone(rowsAt(g.t, g.fetcher, page)), 0)
	for _, at := range places(root) {
		if len(at) < len(first) || !slices.Equal(at[:len(first)], first) {
			continue
		}
		for _, stranger := range garbled(get(root, at)) {
			spoiled := parse(g.t, page.Parts[0].Body)
			set(spoiled, at, stranger)
			what := fmt.Sprintf("page %d, %v is %v", page.Number, at, stranger)
			got, err := g.fetcher.Decode(withBody(page, 0, printed(g.t, spoiled)))
			if err != nil {
				g.t.Errorf("%s: the page is refused: %v", what, err)
				continue
			}
			g.mustSpeakOfOthers(good, got, good.Entries[0].Key, what)
			g.mustNotSwallow(good, got, stranger, what)
			g.mustName(got, good.Entries[0].Key, at, what)
		}
	}
}

// mustName wants a row that is set aside to be named with the field, or counted.
func (g *garbling) mustName(got catalog.Decoded, key string, at place, what string) {
	g.t.Helper()
	var aside []catalog.EntryPart
	for _, set := range got.SetAside {
		if set.Key != key && set.Key != "" {
			g.t.Errorf("%s: sets aside %v", what, set)
		}
		if named := fieldOf(at); !strings.Contains(set.Detail, named) && set.Reason == catalog.Unreadable {
			g.t.Errorf("%s: %v does not name %s", what, set, named)
		}
		aside = append(aside, set.Part)
	}
	if g.alone == nil {
		g.alone = make(map[catalog.EntryPart]int)
	}
	switch {
	case len(aside) == 1 && got.SetAside[0].Key != "":
		g.alone[aside[0]]++
	case len(aside) > 1:
		g.both++
	}
}

// mustNotSwallow wants a page that says something else than the good one to say why,
// or to show the strange value: it must not pass for nothing, nor for zero.
func (g *garbling) mustNotSwallow(good, got catalog.Decoded, stranger any, what string) {
	g.t.Helper()
	told := saysUnread(got) || len(got.Unknown) > len(good.Unknown) || len(got.Warnings) > len(good.Warnings)
	value := "garbled"
	switch stranger := stranger.(type) {
	case string:
		value = stranger
	case json.Number:
		value = stranger.String()
	}
	good.Unknown, got.Unknown = nil, nil // a field that is unknown anyway
	if shown := Show(got); !told && shown != Show(good) && !strings.Contains(shown, value) {
		g.t.Errorf("%s: it is read as\n%s", what, shown)
	}
}

// fieldOf is the last name of a place: what an error says at least.
func fieldOf(at place) string {
	for _, step := range slices.Backward(at) {
		if name, isName := step.(string); isName {
			return name
		}
	}
	return ""
}

// mustHaveToldPartsApart wants a field to set aside its own part: whoever sets aside
// both for anything does not read them apart.
func (g *garbling) mustHaveToldPartsApart() {
	g.t.Helper()
	if g.both > 0 && g.alone[catalog.FieldsPart]+g.alone[catalog.PricesPart] == 0 {
		g.t.Errorf("both parts were set aside %d times, and never one alone", g.both)
	}
}

// parts garbles each field of each answer that follows a list.
func (g *garbling) parts(page catalog.Page) {
	g.t.Helper()
	good := mustDecode(g.t, g.fetcher, page)
	for nth, part := range page.Parts {
		if nth == 0 || isXML(string(part.Body)) {
			continue
		}
		root := parse(g.t, part.Body)
		for _, at := range places(root) {
			for _, stranger := range garbled(get(root, at)) {
				spoiled := parse(g.t, part.Body)
				set(spoiled, at, stranger)
				what := fmt.Sprintf("page %d, part %d, %v is %v", page.Number, nth+1, at, stranger)
				got, err := g.fetcher.Decode(withBody(page, nth, printed(g.t, spoiled)))
				if err != nil {
					g.t.Errorf("%s: the page is refused: %v", what, err)
					continue
				}
				g.mustSpeakOfOthers(good, got, changedKey(good, got), what)
				g.mustNotSwallow(good, got, stranger, what)
			}
		}
	}
}

// changedKey is the first entry of a page that says something else on another page;
// "" for none.
func changedKey(good, got catalog.Decoded) string {
	now := byKey(got)
	for _, entry := range good.Entries {
		if other, held := now[entry.Key]; held && other.Digest() != entry.Digest() && !isAside(got, entry.Key, catalog.FieldsPart) {
			return entry.Key
		}
	}
	return ""
}

// mustSpeakOfOthers wants a page to say of all entries but one what a good page
// says, or to name what it does not.
func (g *garbling) mustSpeakOfOthers(good, got catalog.Decoded, except, what string) {
	g.t.Helper()
	for _, problem := range unspoken(good, got, except) {
		g.t.Errorf("%s: %s", what, problem)
	}
}

// unspoken are the parts of a good page's entries of which another page neither says
// the same nor that they are set aside; the entry except may say something else, but
// must be there with its prices.
func unspoken(good, got catalog.Decoded, except string) (problems []string) {
	now, nameless := byKey(got), 0
	for _, set := range got.SetAside {
		if set.Detail == "" || set.Reason == "" {
			problems = append(problems, fmt.Sprintf("nothing says why %v is set aside", set))
		}
		if set.Key == "" {
			nameless++
		}
	}
	for _, entry := range good.Entries {
		other, held := now[entry.Key]
		wholly := isAside(got, entry.Key, catalog.FieldsPart) && isAside(got, entry.Key, catalog.PricesPart)
		switch {
		case held && wholly:
			problems = append(problems, fmt.Sprintf("entry %q is set aside whole, and is there", entry.Key))
		case !held && !wholly && nameless > 0:
			nameless--
		case held, wholly, entry.Key == except && len(got.Entries) == len(good.Entries): // the last: its key is another
		default:
			problems = append(problems, fmt.Sprintf("entry %q is gone without a word", entry.Key))
		}
		if !held {
			continue
		}
		if entry.Key == except {
			unread := isAside(got, entry.Key, catalog.PricesPart) || got.PricesUnread != "" || len(got.Unknown) > len(good.Unknown)
			if !unread && len(entry.Prices) > len(other.Prices) {
				problems = append(problems, fmt.Sprintf("a price of entry %q is gone without a word", entry.Key))
			}
			continue
		}
		for _, part := range []catalog.EntryPart{catalog.FieldsPart, catalog.PricesPart} {
			unread := isAside(got, entry.Key, part) || part == catalog.PricesPart && got.PricesUnread != ""
			if !unread && other.PartDigest(part) != entry.PartDigest(part) {
				problems = append(problems, fmt.Sprintf("the %s of entry %q are other ones without a word", part, entry.Key))
			}
		}
	}
	if nameless > 0 {
		problems = append(problems, fmt.Sprintf("%d rows without a key, and no entry is gone", nameless))
	}
	return problems
}

func byKey(decoded catalog.Decoded) map[string]*catalog.Entry {
	entries := make(map[string]*catalog.Entry, len(decoded.Entries))
	for i := range decoded.Entries {
		entries[decoded.Entries[i].Key] = &decoded.Entries[i]
	}
	return entries
}

func isAside(decoded catalog.Decoded, key string, part catalog.EntryPart) bool {
	return slices.ContainsFunc(decoded.SetAside, func(set catalog.SetAside) bool { return set.Key == key && set.Part == part })
}

// saysUnread reports whether a page says that it does not know everything.
func saysUnread(decoded catalog.Decoded) bool {
	return len(decoded.SetAside) > 0 || decoded.PricesUnread != ""
}
