package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// MaxPages bounds a walk, so that a provider that never ends its list does.
const MaxPages = 10_000

// Refusals of a walk that is not a snapshot. None of them can be accepted.
var (
	ErrConflict   = errors.New("same key with other content")
	ErrRepeated   = errors.New("page repeats earlier ones")
	ErrIncomplete = errors.New("walk is not complete")
)

// Snapshot collects the pages of one walk: a digest for each key and the
// pages themselves, compressed. Entries are decoded again from the pages when
// they are needed, so memory is O(keys), not O(entries).
type Snapshot struct {
	List List

	fetcher   Fetcher
	encoder   *zstd.Encoder
	pages     []StoredPage
	index     map[string]located
	keys      []string
	scopes    []scope
	last      bool
	collapsed int
	unknown   map[Unknown]bool
	warnings  []Warning

	before map[string]located // of the snapshot that this one is expected to resemble
	held   map[string]*Entry  // entries that need not be decoded again
}

type located struct {
	digest Digest
	page   int
}

// NewSnapshot begins an empty snapshot of the fetcher's list.
func NewSnapshot(fetcher Fetcher) *Snapshot {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options above are constant and valid
	}
	return &Snapshot{
		List: fetcher.List(), fetcher: fetcher, encoder: encoder,
		index: make(map[string]located), unknown: make(map[Unknown]bool),
	}
}

// heldMost bounds the entries that a snapshot keeps in memory.
const heldMost = 10_000

// After is an empty snapshot of the fetcher's list that is expected to
// resemble another: entries that differ from it, which are likely to be
// written, are held in memory, up to a bound, and not decoded again.
func After(fetcher Fetcher, before *Snapshot) *Snapshot {
	s := NewSnapshot(fetcher)
	if before != nil {
		s.before = before.index
	}
	return s
}

// hold keeps an entry for later, if there is room.
func (s *Snapshot) hold(entry *Entry) {
	if len(s.held) >= heldMost {
		return
	}
	if s.held == nil {
		s.held = make(map[string]*Entry)
	}
	kept := *entry
	s.held[entry.Key] = &kept
}

// Add decodes the next page and takes its entries in. Identical duplicates
// collapse and are counted; anything that makes the walk no snapshot is an
// error that names list and page.
func (s *Snapshot) Add(page Page) error {
	if err := s.read(page); err != nil {
		return err
	}
	s.keep(page)
	return nil
}

// AddStored is Add of a page that was kept before; its bytes are proven to be
// those received.
func (s *Snapshot) AddStored(stored StoredPage) error {
	page, err := stored.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", s.List.ID, err)
	}
	if err := s.read(page); err != nil {
		return err
	}
	s.pages = append(s.pages, stored)
	return nil
}

func (s *Snapshot) read(page Page) error {
	if err := s.inOrder(page); err != nil {
		return fmt.Errorf("%s: page %d: %w", s.List.ID, page.Number, err)
	}
	decoded, err := s.fetcher.Decode(page)
	if err != nil {
		return &DecodeError{List: s.List.ID, Page: page.Number, Err: err}
	}
	if err := s.take(page.Number, decoded); err != nil {
		return &DecodeError{List: s.List.ID, Page: page.Number, Err: err}
	}
	return nil
}

func (s *Snapshot) inOrder(page Page) error {
	switch {
	case page.Number != len(s.pages)+1:
		return fmt.Errorf("%w: want page %d", ErrIncomplete, len(s.pages)+1)
	case page.Number > MaxPages:
		return fmt.Errorf("more than %d pages: %w", MaxPages, ErrRepeated)
	case s.last:
		return fmt.Errorf("%w: page %d was the last", ErrIncomplete, page.Number-1)
	}
	return nil
}

func (s *Snapshot) take(number int, decoded Decoded) error {
	if err := s.end(decoded.End); err != nil {
		return err
	}
	scoped := s.scopes[len(s.scopes)-1].keys
	known := len(scoped)
	for i := range decoded.Entries {
		scoped[decoded.Entries[i].Key] = true
		if err := s.entry(number, &decoded.Entries[i]); err != nil {
			return err
		}
	}
	if len(scoped) == known && len(decoded.Entries) > 0 { // another region may well list the same
		return ErrRepeated
	}
	for _, unknown := range decoded.Unknown {
		s.unknown[unknown] = true
	}
	s.warnings = append(s.warnings, decoded.Warnings...)
	return nil
}

func (s *Snapshot) entry(number int, entry *Entry) error {
	if err := entry.Validate(); err != nil {
		return err
	}
	if (entry.Contract != nil) != (s.List.Kind == Contracts) {
		return fmt.Errorf("entry %q: want an entry of a list of kind %q", entry.Key, s.List.Kind)
	}
	digest := entry.Digest()
	known, seen := s.index[entry.Key]
	switch {
	case seen && known.digest != digest:
		return fmt.Errorf("entry %q: %w than on page %d", entry.Key, ErrConflict, known.page)
	case seen:
		s.collapsed++
		return nil
	}
	s.index[entry.Key] = located{digest: digest, page: number}
	if s.before != nil && s.before[entry.Key].digest != digest {
		s.hold(entry)
	}
	s.keys = append(s.keys, entry.Key)
	return nil
}

func (s *Snapshot) keep(page Page) {
	stored := StoredPage{Number: page.Number}
	for _, part := range page.Parts {
		stored.Parts = append(stored.Parts, storePart(s.encoder, part))
	}
	s.pages = append(s.pages, stored)
}

// Complete ends the walk: the last page was seen, and the provider's total, if
// it states one, is the number of distinct keys.
func (s *Snapshot) Complete() error {
	switch {
	case !s.last:
		return fmt.Errorf("%s: %w: nothing follows page %d, which is not the last", s.List.ID, ErrIncomplete, len(s.pages))
	}
	for _, part := range s.scopes {
		if part.total != nil && *part.total != len(part.keys) {
			return fmt.Errorf("%s: %w: %sthe provider states a total of %d, the pages hold %d", s.List.ID, ErrIncomplete, part.prefix(), *part.total, len(part.keys))
		}
	}
	slices.Sort(s.keys)
	return nil
}

// Len is the number of distinct entries.
func (s *Snapshot) Len() int { return len(s.index) }

// Collapsed is the number of identical duplicates that were dropped.
func (s *Snapshot) Collapsed() int { return s.collapsed }

// Pages are the pages in order, compressed.
func (s *Snapshot) Pages() []StoredPage { return s.pages }

// Warnings are the doubts of all pages, in order.
func (s *Snapshot) Warnings() []Warning { return s.warnings }

// Unknown are the fields and words no decoder knows, each once, in order.
func (s *Snapshot) Unknown() []Unknown {
	all := make([]Unknown, 0, len(s.unknown))
	for unknown := range s.unknown {
		all = append(all, unknown)
	}
	slices.SortFunc(all, func(a, b Unknown) int { return bytes.Compare([]byte(a.Path+a.Seen), []byte(b.Path+b.Seen)) })
	return all
}

// Digests yields key and digest in the byte order of keys.
func (s *Snapshot) Digests() iter.Seq2[string, Digest] {
	return func(yield func(string, Digest) bool) {
		for _, key := range s.keys {
			if !yield(key, s.index[key].digest) {
				return
			}
		}
	}
}

// DigestOf returns the digest of one key.
func (s *Snapshot) DigestOf(key string) (Digest, bool) {
	found, ok := s.index[key]
	return found.digest, ok
}

// PageOf returns the number of the page that shows a key; 0 for none.
func (s *Snapshot) PageOf(key string) int { return s.index[key].page }

// Digest is the digest of all keys and their digests: equal for two walks
// that found the same entries, in whatever order and spelling.
func (s *Snapshot) Digest() Digest { return DigestOfKeys(s.Digests()) }

// DigestOfKeys is the Digest of a snapshot that holds these keys, which are in
// their byte order.
func DigestOfKeys(keys iter.Seq2[string, Digest]) Digest {
	w := &digester{}
	for key, digest := range keys {
		w.text(key, string(digest[:]))
	}
	return w.sum()
}

// PagesDigest is the digest of the pages as received: equal for two walks that
// were answered byte for byte alike.
func (s *Snapshot) PagesDigest() Digest { return DigestOfPages(s.pages) }

// DigestOfPages is the PagesDigest of a snapshot of these pages.
func DigestOfPages(pages []StoredPage) Digest {
	w := &digester{}
	for _, page := range pages {
		for _, part := range page.Parts {
			w.text(part.Request, string(part.SHA256[:]))
		}
	}
	return w.sum()
}
