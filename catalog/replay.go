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

// Entries yields every distinct entry for whose key wanted answers true: those
// held in memory, then the others, decoded again page by page.
func (s *Snapshot) Entries(wanted func(key string) bool) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		pages := s.pagesHolding(wanted)
		for key, entry := range s.held {
			if wanted(key) && !yield(*entry, nil) {
				return
			}
		}
		for _, page := range s.pages {
			if len(pages[page.Number]) > 0 && !s.again(page, pages[page.Number], yield) {
				return
			}
		}
	}
}

// pagesHolding are the wanted keys that have to be decoded again, by the page
// where each was first seen.
func (s *Snapshot) pagesHolding(wanted func(key string) bool) map[int]map[string]bool {
	pages := make(map[int]map[string]bool)
	for key, found := range s.index {
		if s.held[key] != nil || !wanted(key) {
			continue
		}
		if pages[found.page] == nil {
			pages[found.page] = make(map[string]bool)
		}
		pages[found.page][key] = true
	}
	return pages
}

// again yields the wanted entries of one page; false ends the iteration.
func (s *Snapshot) again(stored StoredPage, wanted map[string]bool, yield func(Entry, error) bool) bool {
	decoded, err := s.decode(stored)
	if err != nil {
		return yield(Entry{}, err) && false
	}
	for i := range decoded.Entries {
		entry := &decoded.Entries[i]
		if !wanted[entry.Key] {
			continue
		}
		delete(wanted, entry.Key) // an identical duplicate is one entry
		s.hold(entry)
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
