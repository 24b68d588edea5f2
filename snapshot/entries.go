package snapshot

import (
	"fmt"
	"iter"

	"syncer/catalog"
)

// mostHeld bounds the entries that a snapshot keeps in memory.
const mostHeld = 10_000

// hold keeps an entry for later, if there is room.
func (s *Snapshot) hold(entry *catalog.Entry) {
	if len(s.held) >= mostHeld {
		return
	}
	if s.held == nil {
		s.held = make(map[string]*catalog.Entry)
	}
	kept := *entry
	s.held[entry.Key] = &kept
}

// Entries yields every distinct entry for whose key wanted answers true: those
// held in memory, then the others, decoded again page by page.
func (s *Snapshot) Entries(wanted func(key string) bool) iter.Seq2[catalog.Entry, error] {
	return func(yield func(catalog.Entry, error) bool) {
		missing := make(map[int32]map[string]bool) // wanted and not held, by index of the page
		for key, at := range s.index {
			if s.held[key] != nil || !wanted(key) {
				continue
			}
			if missing[at.page] == nil {
				missing[at.page] = make(map[string]bool)
			}
			missing[at.page][key] = true
		}
		for key, entry := range s.held {
			if _, shown := s.index[key]; shown && wanted(key) && !yield(s.blanked(*entry), nil) {
				return
			}
		}
		for i, page := range s.pages {
			keys := missing[int32(i)]
			if len(keys) > 0 && !s.decodeAgain(page, keys, yield) {
				return
			}
		}
	}
}

// decodeAgain yields the wanted entries of one page; false ends the iteration.
func (s *Snapshot) decodeAgain(stored Page, wanted map[string]bool, yield func(catalog.Entry, error) bool) bool {
	page, err := stored.Open()
	if err != nil {
		yield(catalog.Entry{}, fmt.Errorf("%s: %w", s.List.ID, err))
		return false
	}
	decoded, err := s.fetcher.Decode(page)
	if err != nil {
		yield(catalog.Entry{}, &catalog.DecodeError{List: s.List.ID, Page: page.Number, Err: err})
		return false
	}
	read := s.settle(decoded)
	for i := range read.entries {
		entry := &read.entries[i]
		if !wanted[entry.Key] {
			continue
		}
		delete(wanted, entry.Key) // an identical duplicate is one entry
		s.hold(entry)
		if !yield(s.blanked(*entry), nil) {
			return false
		}
	}
	return true
}
