// Package snapshot collects the pages of one walk over a list: rows checked and
// digested, pages kept, complete or not. It asks neither a provider nor a database.
package snapshot

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"syncer/catalog"
)

// Snapshot collects the pages of one walk: a digest for each key and the
// pages themselves, compressed. Entries are decoded again from the pages when
// they are needed, so memory is O(keys), not O(entries).
type Snapshot struct {
	List catalog.List

	fetcher   catalog.Fetcher
	encoder   *zstd.Encoder
	pages     []Page
	index     map[string]position
	order     []position // in the byte order of keys, once the walk is complete
	scopes    []scope
	last      bool
	collapsed int
	unknown   map[catalog.Unknown]bool
	warnings  []catalog.Warning
	takenAt   time.Time
	until     time.Time
	apart     apart

	before *Snapshot                 // that this one is expected to resemble; nil: none
	held   map[string]*catalog.Entry // entries that need not be decoded again
}

// position is where a key was first seen: index of the page, and of its row.
type position struct{ page, row int32 }

// New begins an empty snapshot of the fetcher's list.
func New(fetcher catalog.Fetcher) *Snapshot {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options above are constant and valid
	}
	return &Snapshot{
		List: fetcher.List(), fetcher: fetcher, encoder: encoder,
		index: make(map[string]position), unknown: make(map[catalog.Unknown]bool), apart: apart{silent: make(map[string]Parts), announce: make(map[string]catalog.Digest)},
	}
}

// At says when the walk began, before its first page: of prices that the provider
// dates, those count that are in force then. Without a moment all do.
func (s *Snapshot) At(takenAt time.Time) *Snapshot {
	s.takenAt = takenAt
	return s
}

// After begins a snapshot of the fetcher's list that is expected to resemble
// another: entries that differ from it, which are likely to be written, are held
// in memory, up to a bound, and not decoded again.
func After(fetcher catalog.Fetcher, before *Snapshot) *Snapshot {
	s := New(fetcher)
	if before != nil {
		s.before = &Snapshot{pages: before.pages, index: before.index} // not what that one resembled, and so on
	}
	return s
}

// Restore reads another complete snapshot of the list, taken at a moment, from
// pages that were kept, by the same rules as a live walk. What differs from a
// snapshot that this one was begun after is held in memory.
func (s *Snapshot) Restore(takenAt time.Time, pages []Page) (*Snapshot, error) {
	restored := After(s.fetcher, s.before).At(takenAt)
	for _, page := range pages {
		if err := restored.AddStored(page); err != nil {
			return nil, err
		}
	}
	return restored, restored.Complete()
}

// Add decodes the next page and takes its rows in. Identical duplicates
// collapse and are counted; anything that makes the walk no snapshot is an
// error that names list and page.
func (s *Snapshot) Add(page catalog.Page) error {
	kept := Page{Number: page.Number}
	if err := s.read(page, &kept); err != nil {
		return err
	}
	for _, part := range page.Parts {
		kept.Parts = append(kept.Parts, compress(s.encoder, part))
	}
	s.pages = append(s.pages, kept)
	return nil
}

// AddStored is Add of a page that was kept before; its bytes are proven to be
// those received.
func (s *Snapshot) AddStored(stored Page) error {
	page, err := stored.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", s.List.ID, err)
	}
	stored.Reading = Reading{}
	if err := s.read(page, &stored); err != nil {
		return err
	}
	s.pages = append(s.pages, stored)
	return nil
}

// read decodes the next page and notes what it says with the page that is kept.
func (s *Snapshot) read(page catalog.Page, kept *Page) error {
	switch {
	case page.Number != len(s.pages)+1:
		return fmt.Errorf("%s: page %d: %w: want page %d", s.List.ID, page.Number, catalog.ErrIncomplete, len(s.pages)+1)
	case page.Number > catalog.MaxPages:
		return fmt.Errorf("%s: page %d: more than %d pages: %w", s.List.ID, page.Number, catalog.MaxPages, catalog.ErrRepeated)
	case s.last:
		return fmt.Errorf("%s: page %d: %w: page %d was the last", s.List.ID, page.Number, catalog.ErrIncomplete, page.Number-1)
	}
	decoded, err := s.fetcher.Decode(page)
	if err == nil {
		err = s.take(decoded, kept)
	}
	if err != nil {
		return &catalog.DecodeError{List: s.List.ID, Page: page.Number, Err: err}
	}
	return nil
}

func (s *Snapshot) take(decoded catalog.Decoded, kept *Page) error {
	if err := s.end(decoded.End); err != nil {
		return err
	}
	kept.Reading.End = decoded.End
	read := s.settle(decoded)
	kept.Reading.Until = read.until
	if !read.until.IsZero() && (s.until.IsZero() || read.until.Before(s.until)) {
		s.until = read.until
	}
	scope := &s.scopes[len(s.scopes)-1]
	known, apart := len(scope.keys)+scope.nameless, len(s.apart.rows)
	for i := range read.entries {
		entry := &read.entries[i]
		scope.keys[entry.Key] = true
		if err := s.row(entry, read.entries[:i], kept); err != nil {
			return err
		}
	}
	for _, aside := range read.aside {
		if aside.Key != "" {
			scope.keys[aside.Key] = true
		} else {
			scope.nameless++
		}
		s.setAside(aside, len(s.pages)+1)
	}
	isNew := len(scope.keys)+scope.nameless > known || len(s.apart.rows) > apart
	if !isNew && len(decoded.Entries) > 0 { // another region may well list the same
		return catalog.ErrRepeated
	}
	s.apart.unread = cmp.Or(s.apart.unread, decoded.PricesUnread)
	for _, unknown := range decoded.Unknown {
		s.unknown[unknown] = true
	}
	s.warnings = append(s.warnings, decoded.Warnings...)
	return nil
}

// row takes one entry of the page in, after others of it.
func (s *Snapshot) row(entry *catalog.Entry, others []catalog.Entry, kept *Page) error {
	if (entry.Contract != nil) != (s.List.Kind == catalog.Contracts) {
		return fmt.Errorf("entry %q: want an entry of a list of kind %q", entry.Key, s.List.Kind)
	}
	row := Row{Key: entry.Key, Digest: entry.Digest()}
	if at, seen := s.index[row.Key]; seen {
		rows := kept.Reading.Rows // of this page, unless an earlier one showed the key
		if int(at.page) < len(s.pages) {
			rows = s.pages[at.page].Reading.Rows
		}
		if rows[at.row].Digest == row.Digest {
			s.collapsed++
			return nil
		}
		return s.ambiguous(entry, others, &rows[at.row], int(at.page))
	}
	s.index[row.Key] = position{page: int32(len(s.pages)), row: int32(len(kept.Reading.Rows))} //nolint:gosec // MaxPages, and rows of one answer
	kept.Reading.Rows = append(kept.Reading.Rows, row)
	if s.before != nil {
		if digest, seen := s.before.DigestOf(row.Key); !seen || digest != row.Digest {
			s.hold(entry)
		}
	}
	return nil
}

// Complete ends the walk: the last page was seen, and the provider's total, if
// it states one, is the number of distinct keys.
func (s *Snapshot) Complete() error {
	if !s.last {
		return fmt.Errorf("%s: %w: nothing follows page %d, which is not the last", s.List.ID, catalog.ErrIncomplete, len(s.pages))
	}
	for _, part := range s.scopes {
		if rows := len(part.keys) + part.nameless; part.total != nil && *part.total != rows {
			return fmt.Errorf("%s: %w: %sthe provider states a total of %d, the pages hold %d", s.List.ID, catalog.ErrIncomplete, part.prefix(), *part.total, rows)
		}
	}
	s.order = make([]position, 0, len(s.index))
	for key, silent := range s.apart.silent {
		if silent == BothParts {
			delete(s.index, key)
		}
	}
	for page := range s.pages {
		for row := range s.pages[page].Reading.Rows {
			if s.apart.silent[s.pages[page].Reading.Rows[row].Key] != BothParts {
				s.order = append(s.order, position{int32(page), int32(row)})
			}
		}
	}
	slices.SortFunc(s.order, func(a, b position) int { return strings.Compare(s.at(a).Key, s.at(b).Key) })
	return nil
}

func (s *Snapshot) at(p position) *Row { return &s.pages[p.page].Reading.Rows[p.row] }

// Len is the number of distinct entries.
func (s *Snapshot) Len() int { return len(s.index) }

// Collapsed is the number of identical duplicates that were dropped.
func (s *Snapshot) Collapsed() int { return s.collapsed }

// Pages are the pages in order, compressed.
func (s *Snapshot) Pages() []Page { return s.pages }

// Warnings are the doubts of all pages, in order.
func (s *Snapshot) Warnings() []catalog.Warning { return s.warnings }

// Unknown are the fields and words no decoder knows, each once, in order.
func (s *Snapshot) Unknown() []catalog.Unknown {
	all := make([]catalog.Unknown, 0, len(s.unknown))
	for unknown := range s.unknown {
		all = append(all, unknown)
	}
	slices.SortFunc(all, func(a, b catalog.Unknown) int { return bytes.Compare([]byte(a.Path+a.Seen), []byte(b.Path+b.Seen)) })
	return all
}

// Digests yields key and digest in the byte order of keys.
func (s *Snapshot) Digests() iter.Seq2[string, catalog.Digest] {
	return func(yield func(string, catalog.Digest) bool) {
		for _, p := range s.order {
			if row := s.at(p); !yield(row.Key, row.Digest) {
				return
			}
		}
	}
}

// DigestOf returns the digest of one key.
func (s *Snapshot) DigestOf(key string) (catalog.Digest, bool) {
	at, ok := s.index[key]
	if !ok {
		return catalog.Digest{}, false
	}
	return s.at(at).Digest, true
}

// PageOf returns the number of the page that shows a key; 0 for none.
func (s *Snapshot) PageOf(key string) int {
	at, ok := s.index[key]
	if !ok {
		return 0
	}
	return int(at.page) + 1
}

// Digest is the digest of all keys and their digests: equal for two walks
// that found the same entries, in whatever order and spelling, and set the same
// aside.
func (s *Snapshot) Digest() catalog.Digest {
	digest := DigestOfKeys(s.Digests())
	if s.apart.isEmpty() {
		return digest
	}
	return s.apart.digest(digest)
}

// DigestOfKeys is the Digest of a snapshot that holds these keys, which are in
// their byte order.
func DigestOfKeys(keys iter.Seq2[string, catalog.Digest]) catalog.Digest {
	var d catalog.Digester
	for key, digest := range keys {
		d.Text(key, string(digest[:]))
	}
	return d.Sum()
}

// PagesDigest is the digest of the pages as received: equal for two walks that
// were answered byte for byte alike.
func (s *Snapshot) PagesDigest() catalog.Digest { return DigestOfPages(s.pages) }

// DigestOfPages is the PagesDigest of a snapshot of these pages.
func DigestOfPages(pages []Page) catalog.Digest {
	var d catalog.Digester
	for _, page := range pages {
		for _, part := range page.Parts {
			d.Text(part.Request, string(part.SHA256[:]))
		}
	}
	return d.Sum()
}
