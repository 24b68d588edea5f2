package snapshot

import (
	"fmt"
	"iter"
	"slices"

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

// Hold decodes the entries for whose key wanted answers true and keeps them in memory,
// as many as there is room for, so that they need not be decoded again.
func (s *Snapshot) Hold(wanted func(key string) bool) error {
	for _, err := range s.Entries(func(key string) bool { return len(s.held) < mostHeld && wanted(key) }) {
		if err != nil || len(s.held) >= mostHeld {
			return err
		}
	}
	return nil
}

// Entries yields every distinct entry for whose key wanted answers true, in the order
// in which the pages show them: those held in memory, and the others, whose pages are
// decoded again.
func (s *Snapshot) Entries(wanted func(key string) bool) iter.Seq2[catalog.Entry, error] {
	return func(yield func(catalog.Entry, error) bool) {
		rows := make([][]int32, len(s.pages)) // that are wanted, by index of the page
		for key, at := range s.index {
			if wanted(key) {
				rows[at.page] = append(rows[at.page], at.row)
			}
		}
		for i, page := range s.pages {
			slices.Sort(rows[i])
			missing := make(map[string]*catalog.Entry) // wanted and not held
			for _, row := range rows[i] {
				if key := page.Reading.Rows[row].Key; s.held[key] == nil {
					missing[key] = nil
				}
			}
			if err := s.decodeAgain(page, missing); err != nil {
				yield(catalog.Entry{}, err)
				return
			}
			for _, row := range rows[i] {
				key := page.Reading.Rows[row].Key
				entry := s.held[key]
				if again, was := missing[key]; was {
					entry = again
				}
				if !yield(s.blanked(*entry), nil) {
					return
				}
			}
		}
	}
}

// decodeAgain reads the missing entries of one page.
func (s *Snapshot) decodeAgain(stored Page, missing map[string]*catalog.Entry) error {
	if len(missing) == 0 {
		return nil
	}
	page, err := stored.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", s.List.ID, err)
	}
	decoded, err := s.fetcher.Decode(page)
	if err != nil {
		return &catalog.DecodeError{List: s.List.ID, Page: page.Number, Err: err}
	}
	read, found := s.settle(decoded), 0
	for i := range read.entries {
		entry := &read.entries[i]
		if first, is := missing[entry.Key]; is && first == nil { // an identical duplicate is one entry
			missing[entry.Key] = entry
			s.hold(entry)
			found++
		}
	}
	if found < len(missing) { // a decoder that is not pure
		return &catalog.DecodeError{List: s.List.ID, Page: page.Number, Err: fmt.Errorf("%d entries that the page showed are missing when it is read again", len(missing)-found)}
	}
	return nil
}
