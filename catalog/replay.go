package catalog

import (
	"fmt"
	"iter"
)

// Restore reads another complete snapshot of the list from pages that were
// kept, by the same rules as a live walk.
func (s *Snapshot) Restore(pages []StoredPage) (*Snapshot, error) {
	restored := NewSnapshot(s.fetcher)
	for _, page := range pages {
		if err := restored.AddStored(page); err != nil {
			return nil, err
		}
	}
	return restored, restored.Complete()
}

// Entries decodes again, page by page, and yields every distinct entry for
// whose key wanted answers true.
func (s *Snapshot) Entries(wanted func(key string) bool) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		wantedPages := s.pagesHolding(wanted)
		for _, page := range s.pages {
			if !wantedPages[page.Number] {
				continue
			}
			if !s.again(page, wanted, yield) {
				return
			}
		}
	}
}

func (s *Snapshot) pagesHolding(wanted func(key string) bool) map[int]bool {
	pages := make(map[int]bool)
	for key, found := range s.index {
		if !pages[found.page] && wanted(key) {
			pages[found.page] = true
		}
	}
	return pages
}

// again yields the wanted entries of one page, each on the page where it was
// first seen; false ends the iteration.
func (s *Snapshot) again(stored StoredPage, wanted func(string) bool, yield func(Entry, error) bool) bool {
	decoded, err := s.decode(stored)
	if err != nil {
		return yield(Entry{}, err) && false
	}
	seen := make(map[string]bool, len(decoded.Entries))
	for i := range decoded.Entries {
		entry := &decoded.Entries[i]
		if seen[entry.Key] || s.index[entry.Key].page != stored.Number || !wanted(entry.Key) {
			continue
		}
		seen[entry.Key] = true
		if !yield(*entry, nil) {
			return false
		}
	}
	return true
}

func (s *Snapshot) decode(stored StoredPage) (Decoded, error) {
	page, err := stored.Open()
	if err != nil {
		return Decoded{}, fmt.Errorf("%s: %w", s.List.ID, err)
	}
	decoded, err := s.fetcher.Decode(page)
	if err != nil {
		return Decoded{}, &DecodeError{List: s.List.ID, Page: page.Number, Err: err}
	}
	return decoded, nil
}
