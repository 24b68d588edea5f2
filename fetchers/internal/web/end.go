package web

import (
	"fmt"
	"iter"

	"syncer/catalog"
)

// WalkToEnd is Walk for lists whose end may be told by a short page alone: where
// the last page states no total and has rows, the page after it must be empty.
// A server that serves fewer rows than it was asked for would otherwise pass
// for a short list. That page is asked for and not yielded.
func WalkToEnd(
	list catalog.ListID,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		rows, number, last := 0, 0, catalog.Decoded{}
		noting := func(page catalog.Page) (catalog.Decoded, error) {
			decoded, err := decode(page)
			rows, number, last = rows+len(decoded.Entries), page.Number, decoded
			return decoded, err
		}
		for page, err := range Walk(list, fetch, noting) {
			if !yield(page, err) || err != nil {
				return
			}
		}
		if last.End.Total != nil || len(last.Entries) == 0 {
			return
		}
		if err := mustBeEmpty(list, number+1, rows, fetch, decode); err != nil {
			yield(catalog.Page{}, err)
		}
	}
}

func mustBeEmpty(
	list catalog.ListID, number, rows int,
	fetch func(number, rows int) (catalog.Page, error),
	decode func(catalog.Page) (catalog.Decoded, error),
) error {
	page, err := fetch(number, rows)
	if err != nil {
		return fmt.Errorf("%s: page %d: %w", list, number, err)
	}
	decoded, err := decode(page)
	if err != nil {
		return &catalog.DecodeError{List: list, Page: number, Err: err}
	}
	if len(decoded.Entries) > 0 {
		return fmt.Errorf("%s: page %d: %w: it holds %d rows after a page that was short of its size", list, number, catalog.ErrIncomplete, len(decoded.Entries))
	}
	return nil
}
