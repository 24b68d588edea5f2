package web

import (
	"fmt"
	"iter"
	"slices"

	"syncer/catalog"
)

// Walk yields pages until one says that it is the last. It asks for a page only
// when the one before was taken. fetch is told the page's number, from 1, and
// how many rows the pages before it held.
func Walk(
	list catalog.ListID,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		rows, keys := 0, []string(nil)
		for number := 1; ; number++ {
			page, decoded, err := step(list, number, rows, keys, fetch, decode)
			if err != nil {
				yield(catalog.Page{}, err)
				return
			}
			if !yield(page, nil) || decoded.End.Last {
				return
			}
			rows, keys = rows+len(decoded.Entries), keysOf(decoded)
		}
	}
}

// step gets one page, knows its end and refuses one that repeats the page
// before: a server that ignores the page number would never end.
func step(
	list catalog.ListID, number, rows int, before []string,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) (catalog.Page, catalog.Decoded, error) {
	if number > catalog.MaxPages {
		return catalog.Page{}, catalog.Decoded{}, fmt.Errorf("%s: more than %d pages: %w", list, catalog.MaxPages, catalog.ErrRepeated)
	}
	page, err := fetch(number, rows)
	if err != nil {
		return catalog.Page{}, catalog.Decoded{}, fmt.Errorf("%s: page %d: %w", list, number, err)
	}
	decoded, err := decode(page)
	if err != nil {
		return catalog.Page{}, catalog.Decoded{}, &catalog.DecodeError{List: list, Page: number, Err: err}
	}
	if len(before) > 0 && slices.Equal(before, keysOf(decoded)) {
		return catalog.Page{}, catalog.Decoded{}, fmt.Errorf("%s: page %d: %w", list, number, catalog.ErrRepeated)
	}
	return page, decoded, nil
}

func keysOf(decoded catalog.Decoded) []string {
	keys := make([]string, len(decoded.Entries))
	for i := range decoded.Entries {
		keys[i] = decoded.Entries[i].Key
	}
	return keys
}
