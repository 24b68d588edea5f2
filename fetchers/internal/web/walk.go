package web

import (
	"fmt"
	"iter"
	"slices"

	"syncer/catalog"
)

// Walk yields pages until one says that it is the last. It asks for a page only
// when the one before was taken. fetch is called with the page's number, from 1,
// and how many rows the pages before it held. A page that repeats the one before
// is an error: a server that ignores the page number would never end.
func Walk(
	list catalog.ListID,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		var before []string // keys of the page before
		rows := 0
		for number := 1; ; number++ {
			if number > catalog.MaxPages {
				yield(catalog.Page{}, fmt.Errorf("%s: more than %d pages: %w", list, catalog.MaxPages, catalog.ErrRepeated))
				return
			}
			page, decoded, err := fetchDecoded(list, number, rows, fetch, decode)
			if err != nil {
				yield(catalog.Page{}, err)
				return
			}
			keys := keysOf(decoded)
			if len(before) > 0 && slices.Equal(before, keys) {
				yield(catalog.Page{}, fmt.Errorf("%s: page %d: %w", list, number, catalog.ErrRepeated))
				return
			}
			if !yield(page, nil) || decoded.End.Last {
				return
			}
			rows, before = rows+len(keys), keys
		}
	}
}

// WalkToEnd is Walk for lists that may end with a short page and nothing else to
// say so: where the last page states no total and has rows, the page after it
// must be empty. A server that serves fewer rows than it was asked for would
// otherwise pass for a short list. That page is asked for and not yielded.
func WalkToEnd(
	list catalog.ListID,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		rows, number, last := 0, 0, catalog.Decoded{}
		remembering := func(page catalog.Page) (catalog.Decoded, error) {
			decoded, err := decode(page)
			rows, number, last = rows+len(keysOf(decoded)), page.Number, decoded
			return decoded, err
		}
		for page, err := range Walk(list, fetch, remembering) {
			if !yield(page, err) || err != nil {
				return
			}
		}
		if last.End.Total != nil || len(keysOf(last)) == 0 {
			return
		}
		_, beyond, err := fetchDecoded(list, number+1, rows, fetch, decode)
		if err == nil && len(keysOf(beyond)) > 0 {
			err = fmt.Errorf("%s: page %d: %w: it holds %d rows after a page that was short of its size",
				list, number+1, catalog.ErrIncomplete, len(keysOf(beyond)))
		}
		if err != nil {
			yield(catalog.Page{}, err)
		}
	}
}

func fetchDecoded(
	list catalog.ListID, number, rows int,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) (catalog.Page, catalog.Decoded, error) {
	page, err := fetch(number, rows)
	if err != nil {
		return catalog.Page{}, catalog.Decoded{}, fmt.Errorf("%s: page %d: %w", list, number, err)
	}
	decoded, err := decode(page)
	if err != nil {
		return catalog.Page{}, catalog.Decoded{}, &catalog.DecodeError{List: list, Page: number, Err: err}
	}
	return page, decoded, nil
}

// keysOf are the keys of a page's rows: those of entries, those of rows that are
// set aside whole, and "" for each whose key cannot be read.
func keysOf(decoded catalog.Decoded) []string {
	keys, named := make([]string, len(decoded.Entries)), make(map[string]bool, len(decoded.Entries))
	for i := range decoded.Entries {
		keys[i] = decoded.Entries[i].Key
		named[keys[i]] = true
	}
	for _, aside := range decoded.SetAside {
		if aside.Key == "" || !named[aside.Key] {
			keys = append(keys, aside.Key)
			named[aside.Key] = true
		}
	}
	return keys
}
