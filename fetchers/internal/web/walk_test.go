package web

import (
	"errors"
	"fmt"
	"testing"

	"syncer/catalog"
)

// endless decodes every page to an entry of its own that is never the last.
func endless(page catalog.Page) (catalog.Decoded, error) {
	return catalog.Decoded{Entries: []catalog.Entry{{Key: fmt.Sprint(page.Number)}}}, nil
}

func TestWalkEndsAtTheBound(t *testing.T) {
	asked := 0
	fetch := func(number, rows int) (catalog.Page, error) {
		if asked++; rows != number-1 {
			t.Errorf("page %d: %d rows before it", number, rows)
		}
		return catalog.Page{Number: number}, nil
	}
	pages := 0
	var last error
	for _, err := range Walk(catalog.ListID{Source: "s", Name: "l"}, fetch, endless) {
		if last = err; err == nil {
			pages++
		}
	}
	if !errors.Is(last, catalog.ErrRepeated) || pages != catalog.MaxPages || asked != catalog.MaxPages {
		t.Errorf("got %d pages, %d requests and error %v", pages, asked, last)
	}
}

func TestWalkStopsAtAnError(t *testing.T) {
	broken := errors.New("broken")
	for name, fetch := range map[string]func(int, int) (catalog.Page, error){
		"fetching": func(number, _ int) (catalog.Page, error) { return catalog.Page{Number: number}, broken },
		"decoding": func(number, _ int) (catalog.Page, error) { return catalog.Page{Number: number}, nil },
	} {
		steps := 0
		decode := func(catalog.Page) (catalog.Decoded, error) { return catalog.Decoded{}, broken }
		for page, err := range Walk(catalog.ListID{Source: "s", Name: "l"}, fetch, decode) {
			if steps++; !errors.Is(err, broken) || page.Number != 0 {
				t.Errorf("%s: got page %d and error %v", name, page.Number, err)
			}
		}
		if steps != 1 {
			t.Errorf("%s: %d steps, want one error", name, steps)
		}
	}
}

// rowsOf decodes a page to as many entries as the text of its request says, and
// ends the list where that is less than three.
func rowsOf(page catalog.Page) (catalog.Decoded, error) {
	var decoded catalog.Decoded
	for i := range len(page.Parts[0].Request) {
		decoded.Entries = append(decoded.Entries, catalog.Entry{Key: fmt.Sprint(page.Number, "/", i)})
	}
	decoded.End.Last = len(decoded.Entries) < 3
	return decoded, nil
}

func TestWalkToEnd(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		sizes []int // -1 is an error
		pages int
		want  error
	}{
		"a short page, then none":      {[]int{3, 2, 0}, 2, nil},
		"an empty page":                {[]int{3, 0}, 2, nil},
		"nothing at all":               {[]int{0}, 1, nil},
		"a short page, then more":      {[]int{2, 2}, 1, catalog.ErrIncomplete},
		"a short page, then an error":  {[]int{2, -1}, 1, broken},
		"an error instead of a page":   {[]int{3, -1}, 1, broken},
		"a page as long as it may be,": {[]int{3, 3, 3, 1, 0}, 4, nil},
	} {
		asked, pages := 0, 0
		var last error
		fetch := func(number, rows int) (catalog.Page, error) {
			before := 0
			for _, size := range c.sizes[:number-1] {
				before += size
			}
			if asked++; rows != before {
				t.Errorf("%s: page %d: called with %d rows, want %d", name, number, rows, before)
			}
			if c.sizes[number-1] < 0 {
				return catalog.Page{}, broken
			}
			return catalog.Page{Number: number, Parts: []catalog.Part{{Request: "xxx"[:c.sizes[number-1]]}}}, nil
		}
		for _, err := range WalkToEnd(catalog.ListID{Source: "s", Name: "l"}, fetch, rowsOf) {
			if last = err; err == nil {
				pages++
			}
		}
		if !errors.Is(last, c.want) || pages != c.pages || asked != len(c.sizes) {
			t.Errorf("%s: got %d pages, %d requests, %v", name, pages, asked, last)
		}
	}
}

func TestWalkToEndAsksNothingAfterBreak(t *testing.T) {
	asked := 0
	fetch := func(number, _ int) (catalog.Page, error) {
		asked++
		return catalog.Page{Number: number, Parts: []catalog.Part{{Request: "xx"}}}, nil
	}
	for range WalkToEnd(catalog.ListID{Source: "s", Name: "l"}, fetch, rowsOf) {
		break
	}
	if asked != 1 {
		t.Errorf("%d requests, want 1", asked)
	}
}
