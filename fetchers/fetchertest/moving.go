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
	g := newGoodRows(t, c)
	moves := map[string][]string{
		"a row is inserted at the top and the last one falls out": g.shifted(-1, 0),
		"a row at the top is deleted":                             g.shifted(1, -1),
	}
	if g.other != nil {
		moves["the first row comes again with other content"] = g.conflicting()
	}
	for name, pages := range moves {
		t.Run(name, func(t *testing.T) { c.mustNotBeComplete(t, pages, g.total == nil) })
	}
	t.Run("the same rows again are no other list", func(t *testing.T) { c.mustBeComplete(t, g.shifted(0, 0)) })
	if g.total == nil {
		return // there is none, or one for each part of the list
	}
	t.Run("the total is stated", func(t *testing.T) { c.mustStateTotal(t) })
	t.Run("a total as text is a total", func(t *testing.T) { c.mustBeComplete(t, g.withTotal(strconv.Itoa(len(g.rows)))) })
	// Documents print 0 beside rows; it may be taken as not stated.
	for name, total := range map[string]int{"too high": len(g.rows) + 5, "less than the first page": g.sizes[0] - 1, "zero": 0} {
		pages := g.withTotal(json.Number(strconv.Itoa(total)))
		t.Run("a total that is "+name, func(t *testing.T) { c.mustNotBeComplete(t, pages, total == 0) })
	}
}

// goodRows are the rows of all good pages, and where they stand.
type goodRows struct {
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

func newGoodRows(t *testing.T, c Case) *goodRows {
	t.Helper()
	w := newWorld(t, c, nil)
	pages := w.mustWalk(t)
	g := &goodRows{t: t, rowsAt: rowsAt(t, w.fetcher, pages[0])}
	for _, page := range pages {
		root := parse(t, page.Parts[0].Body)
		rows, _ := get(root, g.rowsAt).([]any)
		g.pages, g.rows, g.sizes = append(g.pages, root), append(g.rows, rows...), append(g.sizes, len(rows))
	}
	g.total = g.member(func(int) int { return len(g.rows) })
	g.count = g.member(func(page int) int { return g.sizes[page] })
	g.other = g.changed(w.fetcher, pages[0])
	return g
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
func (g *goodRows) member(want func(page int) int) place {
	for _, at := range places(g.pages[0]) {
		if len(at) > len(g.rowsAt) && slices.Equal(at[:len(g.rowsAt)], g.rowsAt) {
			continue
		}
		if g.everywhere(at, want) {
			return at
		}
	}
	return nil
}

func (g *goodRows) everywhere(at place, want func(page int) int) bool {
	for page, root := range g.pages {
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
func (g *goodRows) changed(fetcher catalog.Fetcher, page catalog.Page) any {
	g.t.Helper()
	before := mustDecode(g.t, fetcher, page).Entries[0]
	first := append(slices.Clone(g.rowsAt), 0)
	for _, at := range places(g.rows[0]) {
		for _, other := range others(get(g.rows[0], at)) {
			root := parse(g.t, page.Parts[0].Body)
			set(root, append(slices.Clone(first), at...), other)
			decoded, err := fetcher.Decode(withBody(page, 0, printed(g.t, root)))
			if err == nil && !saysUnread(decoded) && decoded.Entries[0].Key == before.Key && decoded.Entries[0].Digest() != before.Digest() {
				return get(root, first)
			}
		}
	}
	if len(page.Parts) > 1 {
		return nil
	}
	g.t.Fatal("the first row has nothing but its key: give it a name, so that its content can change")
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
func (g *goodRows) shifted(by, total int) []string {
	from := 0
	var bodies []string
	for page := range g.pages {
		rows := g.rows[from:min(from+g.sizes[page], len(g.rows))]
		if from += g.sizes[page]; page > 0 {
			low := from - g.sizes[page] + by
			rows = g.rows[min(low, len(g.rows)):min(low+g.sizes[page], len(g.rows))]
		}
		now := len(g.rows)
		if page > 0 {
			now += total
		}
		bodies = append(bodies, g.body(page, rows, json.Number(strconv.Itoa(now))))
	}
	return bodies
}

// conflicting is the pages with the last row of the second replaced by the
// first row of all, changed.
func (g *goodRows) conflicting() []string {
	bodies := g.shifted(0, 0)
	if g.sizes[1] == 0 {
		g.t.Fatal("the second page is empty")
	}
	rows := slices.Clone(g.rows[g.sizes[0] : g.sizes[0]+g.sizes[1]])
	rows[len(rows)-1] = g.other
	bodies[1] = g.body(1, rows, json.Number(strconv.Itoa(len(g.rows))))
	return bodies
}

func (g *goodRows) withTotal(total any) []string {
	from := 0
	var bodies []string
	for page := range g.pages {
		bodies = append(bodies, g.body(page, g.rows[from:from+g.sizes[page]], total))
		from += g.sizes[page]
	}
	return bodies
}

// body is one page with other rows and what it states about their number.
func (g *goodRows) body(page int, rows []any, total any) string {
	root := parse(g.t, printed(g.t, g.pages[page]))
	set(root, g.rowsAt, append([]any{}, rows...))
	if g.total != nil {
		set(root, g.total, total)
	}
	if g.count != nil {
		set(root, g.count, json.Number(strconv.Itoa(len(rows))))
	}
	return string(printed(g.t, root))
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
