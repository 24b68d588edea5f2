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
