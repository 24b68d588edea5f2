package fetchertest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"syncer/catalog"
	"syncer/snapshot"
)

// testMoving lets the list move between its pages, and lie about its length.
// Such a walk must not become a snapshot, where the provider states a total;
// where it states none, that must show, so that whoever takes snapshots can
// walk again before anything is removed.
func testMoving(t *testing.T, c Case) {
	l := newLedger(t, c)
	moves := map[string][]string{
		"a row is inserted at the top and the last one falls out": l.shifted(-1, 0),
		"a row at the top is deleted":                             l.shifted(1, -1),
	}
	if l.other != nil {
		moves["the first row comes again with other content"] = l.conflicting()
	}
	for name, pages := range moves {
		t.Run(name, func(t *testing.T) { c.mustNotBeComplete(t, pages, l.total == nil) })
	}
	t.Run("the same rows again are no other list", func(t *testing.T) { c.mustBeComplete(t, l.shifted(0, 0)) })
	if l.total == nil {
		return // there is none, or one for each part of the list
	}
	t.Run("the total is stated", func(t *testing.T) { c.mustStateTotal(t) })
	t.Run("a total as text is a total", func(t *testing.T) { c.mustBeComplete(t, l.withTotal(strconv.Itoa(len(l.rows)))) })
	// Documents print 0 beside rows; it may be taken as not stated.
	for name, total := range map[string]int{"too high": len(l.rows) + 5, "less than the first page": l.sizes[0] - 1, "zero": 0} {
		pages := l.withTotal(json.Number(strconv.Itoa(total)))
		t.Run("a total that is "+name, func(t *testing.T) { c.mustNotBeComplete(t, pages, total == 0) })
	}
}

// ledger is the rows of all good pages, and where they stand.
type ledger struct {
	t      *testing.T
	pages  []any
	rowsAt place
	rows   []any
	sizes  []int
	// total and count are the members that state, on every page, how many rows
	// the list and the page have; nil where there are none.
	total, count place
	// other is the first row with other content, but the same key; nil where
	// its content is not in the list's answer.
	other any
}

func newLedger(t *testing.T, c Case) *ledger {
	t.Helper()
	w := newWorld(t, c, nil)
	pages := w.mustWalk(t)
	l := &ledger{t: t, rowsAt: rowsAt(t, w.fetcher, pages[0])}
	for _, page := range pages {
		root := parse(t, page.Parts[0].Body)
		rows, _ := get(root, l.rowsAt).([]any)
		l.pages, l.rows, l.sizes = append(l.pages, root), append(l.rows, rows...), append(l.sizes, len(rows))
	}
	l.total = l.member(func(int) int { return len(l.rows) })
	l.count = l.member(func(page int) int { return l.sizes[page] })
	l.other = l.changed(w.fetcher, pages[0])
	return l
}

// rowsAt is the first list that is as long as what it is decoded to.
func rowsAt(t *testing.T, fetcher catalog.Fetcher, page catalog.Page) place {
	t.Helper()
	root, want := parse(t, page.Parts[0].Body), len(mustDecode(t, fetcher, page).Entries)
	for _, at := range places(root) {
		if rows, isList := get(root, at).([]any); isList && len(rows) == want && want > 0 {
			if _, isObject := rows[0].(map[string]any); isObject {
				return at
			}
		}
	}
	t.Fatalf("no list of %d objects in the first page", want)
	return nil
}

// member finds the member beside the rows that has the wanted value everywhere.
func (l *ledger) member(want func(page int) int) place {
	for _, at := range places(l.pages[0]) {
		if len(at) > len(l.rowsAt) && slices.Equal(at[:len(l.rowsAt)], l.rowsAt) {
			continue
		}
		if l.everywhere(at, want) {
			return at
		}
	}
	return nil
}

func (l *ledger) everywhere(at place, want func(page int) int) bool {
	for page, root := range l.pages {
		if slices.IndexFunc(places(root), func(known place) bool { return slices.Equal(known, at) }) < 0 {
			return false
		}
		switch value := get(root, at).(type) {
		case json.Number, string:
			if fmt.Sprint(value) != strconv.Itoa(want(page)) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// changed alters the first row, member by member, until it decodes to the same
// key with other content. Where all content is in further parts, nothing does.
func (l *ledger) changed(fetcher catalog.Fetcher, page catalog.Page) any {
	l.t.Helper()
	before := mustDecode(l.t, fetcher, page).Entries[0]
	first := append(slices.Clone(l.rowsAt), 0)
	for _, at := range places(l.rows[0]) {
		for _, other := range others(get(l.rows[0], at)) {
			root := parse(l.t, page.Parts[0].Body)
			set(root, append(slices.Clone(first), at...), other)
			decoded, err := fetcher.Decode(withBody(page, 0, printed(l.t, root)))
			if err == nil && decoded.Entries[0].Key == before.Key && decoded.Entries[0].Digest() != before.Digest() {
				return get(root, first)
			}
		}
	}
	if len(page.Parts) > 1 {
		return nil
	}
	l.t.Fatal("the first row has nothing but its key: give it a name, so that its content can change")
	return nil
}

// others are values of the same type.
func others(value any) []any {
	switch value := value.(type) {
	case string:
		return []any{value + "x", "7"} // the text may be a number
	case json.Number:
		return []any{json.Number("7")}
	}
	return nil
}

// shifted is the pages with the rows from the second page on moved by some,
// and the total by some.
func (l *ledger) shifted(by, total int) []string {
	from := 0
	var bodies []string
	for page := range l.pages {
		rows := l.rows[from:min(from+l.sizes[page], len(l.rows))]
		if from += l.sizes[page]; page > 0 {
			low := from - l.sizes[page] + by
			rows = l.rows[min(low, len(l.rows)):min(low+l.sizes[page], len(l.rows))]
		}
		now := len(l.rows)
		if page > 0 {
			now += total
		}
		bodies = append(bodies, l.body(page, rows, json.Number(strconv.Itoa(now))))
	}
	return bodies
}

// conflicting is the pages with the last row of the second replaced by the
// first row of all, changed.
func (l *ledger) conflicting() []string {
	bodies := l.shifted(0, 0)
	if l.sizes[1] == 0 {
		l.t.Fatal("the second page is empty")
	}
	rows := slices.Clone(l.rows[l.sizes[0] : l.sizes[0]+l.sizes[1]])
	rows[len(rows)-1] = l.other
	bodies[1] = l.body(1, rows, json.Number(strconv.Itoa(len(l.rows))))
	return bodies
}

func (l *ledger) withTotal(total any) []string {
	from := 0
	var bodies []string
	for page := range l.pages {
		bodies = append(bodies, l.body(page, l.rows[from:from+l.sizes[page]], total))
		from += l.sizes[page]
	}
	return bodies
}

// body is one page with other rows and what it states about their number.
func (l *ledger) body(page int, rows []any, total any) string {
	root := parse(l.t, printed(l.t, l.pages[page]))
	set(root, l.rowsAt, append([]any{}, rows...))
	if l.total != nil {
		set(root, l.total, total)
	}
	if l.count != nil {
		set(root, l.count, json.Number(strconv.Itoa(len(rows))))
	}
	return string(printed(l.t, root))
}

// snapshot walks as a run does: every page is taken in as it comes.
func (w *world) snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	snapshot := snapshot.New(w.fetcher)
	for page, err := range w.fetcher.Pages(ctx) {
		if err != nil {
			return nil, err
		}
		if err := snapshot.Add(page); err != nil {
			return nil, err
		}
	}
	return snapshot, snapshot.Complete()
}

func (c Case) mustBeComplete(t *testing.T, pages []string) {
	t.Helper()
	c.Pages = pages
	if _, err := newWorld(t, c, nil).snapshot(t.Context()); err != nil {
		t.Error(err)
	}
}

// mustNotBeComplete wants an error; unless stated otherwise, because nobody
// could know, a snapshot that does not claim to know its length will do.
func (c Case) mustNotBeComplete(t *testing.T, pages []string, nobodyKnows bool) {
	t.Helper()
	c.Pages = pages
	w := newWorld(t, c, nil)
	snapshot, err := w.snapshot(t.Context())
	if err == nil && (!nobodyKnows || snapshot.TotalStated()) {
		t.Errorf("became a snapshot of %d entries", snapshot.Len())
	}
	if len(w.asked) > 2*len(pages) {
		t.Errorf("asked for pages %v", w.asked)
	}
}

func (c Case) mustStateTotal(t *testing.T) {
	t.Helper()
	snapshot, err := newWorld(t, c, nil).snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !snapshot.TotalStated() {
		t.Error("the pages state a total, and it is not handed on")
	}
}
