package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"syncer/catalog"
)

// Parts are parts of an entry that a snapshot does not speak for.
type Parts uint8

// The parts, one by one and together.
const (
	FieldsSilent Parts = 1 << iota
	PricesSilent
	BothParts = FieldsSilent | PricesSilent
)

func partOf(part catalog.EntryPart) Parts {
	if part == catalog.PricesPart {
		return PricesSilent
	}
	return FieldsSilent
}

// Has reports whether a part is among them.
func (p Parts) Has(part catalog.EntryPart) bool { return p&partOf(part) != 0 }

// SetAside is a part of an entry that a page of the snapshot does not speak for.
type SetAside struct {
	catalog.SetAside
	Page int
}

// apart is what a snapshot sets aside.
type apart struct {
	rows     []SetAside // in the order of the pages
	silent   map[string]Parts
	nameless int
	unread   string // why no price could be had
	announce map[string]catalog.Digest
}

func (a *apart) isEmpty() bool { return len(a.rows) == 0 && a.unread == "" }

// digest adds what is set aside to a digest of keys.
func (a *apart) digest(keys catalog.Digest) catalog.Digest {
	var d catalog.Digester
	d.Text("keys", string(keys[:]))
	var all []string
	for _, row := range a.rows {
		if row.Key != "" {
			all = append(all, strings.Join([]string{row.Key, string(row.Part), string(row.Reason)}, "\x00"))
		}
	}
	slices.Sort(all)
	for _, row := range all {
		d.Text("set_aside", row)
	}
	d.Text("nameless", strconv.Itoa(a.nameless))
	d.Text("prices_unread", a.unread)
	return d.Sum()
}

// SetAside returns the parts of entries that the snapshot does not speak for, in
// the order of the pages; rows whose keys cannot be read have no key.
func (s *Snapshot) SetAside() []SetAside { return s.apart.rows }

// Nameless is the number of rows whose keys cannot be read.
func (s *Snapshot) Nameless() int { return s.apart.nameless }

// PricesUnread is why the prices of the list could not be had at all; "" where
// they could.
func (s *Snapshot) PricesUnread() string { return s.apart.unread }

// Rows is the number of rows that the pages hold, those set aside too; identical
// ones count once.
func (s *Snapshot) Rows() int {
	rows := len(s.index) + s.apart.nameless
	for key, silent := range s.apart.silent {
		if _, shown := s.index[key]; silent == BothParts && !shown {
			rows++
		}
	}
	return rows
}

// RowsSetAside is the number of them of which something was set aside.
func (s *Snapshot) RowsSetAside() int { return len(s.apart.silent) + s.apart.nameless }

// Silent returns the parts of an entry that the snapshot does not speak for; an
// entry that it does not show may have been seen by name.
func (s *Snapshot) Silent(key string) Parts {
	silent := s.apart.silent[key]
	if s.apart.unread != "" {
		silent |= PricesSilent
	}
	return silent
}

// Sees reports whether the snapshot shows an entry or sets it aside by name.
func (s *Snapshot) Sees(key string) bool {
	_, shown := s.index[key]
	return shown || s.apart.silent[key] == BothParts
}

// SilentKeys are the keys that the snapshot sets aside, wholly or in part.
func (s *Snapshot) SilentKeys() []string {
	keys := make([]string, 0, len(s.apart.silent))
	for key := range s.apart.silent {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Announcing are the keys that have prices for later.
func (s *Snapshot) Announcing() []string {
	keys := make([]string, 0, len(s.apart.announce))
	for key := range s.apart.announce {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// AnnouncedDigest is the digest of the prices that an entry has for later; the zero
// one for none.
func (s *Snapshot) AnnouncedDigest(key string) catalog.Digest { return s.apart.announce[key] }

// Until is the moment from which on the same pages read otherwise, by the
// provider's own dates; zero: they always read the same.
func (s *Snapshot) Until() time.Time { return s.until }

// ReadAs reports whether the same pages, which read the same until a moment (zero:
// always), read so when this walk began.
func (s *Snapshot) ReadAs(until time.Time) bool {
	return until.IsZero() || s.takenAt.Before(until)
}

func (s *Snapshot) setAside(row catalog.SetAside, page int) {
	s.apart.rows = append(s.apart.rows, SetAside{row, page})
	if row.Key == "" {
		s.apart.nameless++
		return
	}
	s.apart.silent[row.Key] |= partOf(row.Part)
}

// settled is what a page says at the moment of the walk.
type settled struct {
	entries []catalog.Entry
	aside   []catalog.SetAside
	until   time.Time
}

// settle makes of what was decoded what counts: prices in force, and only what
// may enter history; the rest is set aside.
func (s *Snapshot) settle(decoded catalog.Decoded) settled {
	read := settled{entries: make([]catalog.Entry, 0, len(decoded.Entries)), aside: slices.Clone(decoded.SetAside)}
	stated := make(map[string]Parts, len(read.aside)) // silent by the decoder's word
	for i := range read.aside {
		stated[read.aside[i].Key] |= partOf(read.aside[i].Part)
		read.aside[i].Key = nameOf(read.aside[i].Key)
	}
	for i := range decoded.Entries {
		entry := decoded.Entries[i]
		if err := entry.ValidateKey(); err != nil {
			read.aside = append(read.aside, catalog.SetAside{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: err.Error()})
			continue
		}
		if len(entry.Key) > catalog.MaxKey {
			read.aside = append(read.aside, catalog.Whole(nameOf(entry.Key), catalog.TooLong,
				fmt.Sprintf("key %q...: %v of %d bytes: %d", strings.ToValidUTF8(entry.Key[:60], ""), catalog.ErrTooLong, catalog.MaxKey, len(entry.Key)))...)
			continue
		}
		if !s.takenAt.IsZero() {
			var until time.Time
			if entry, until = entry.At(s.takenAt); !until.IsZero() && (read.until.IsZero() || until.Before(read.until)) {
				read.until = until
			}
		}
		silent := stated[entry.Key]
		if decoded.PricesUnread != "" {
			silent |= PricesSilent
		}
		entry = blank(entry, silent)
		for _, part := range []catalog.EntryPart{catalog.FieldsPart, catalog.PricesPart} {
			if err := entry.ValidatePart(part); err != nil {
				read.aside = append(read.aside, catalog.SetAside{Key: entry.Key, Part: part, Reason: reasonOf(err), Detail: err.Error()})
				silent |= partOf(part)
			}
		}
		if silent == BothParts && decoded.PricesUnread == "" {
			continue
		}
		if stated[entry.Key] != BothParts {
			kept := blank(entry, silent)
			if len(kept.Announced) > 0 {
				later := catalog.Entry{Key: kept.Key, Prices: kept.Announced}
				s.apart.announce[kept.Key] = later.PartDigest(catalog.PricesPart)
			}
			read.entries = append(read.entries, kept)
		}
	}
	return read
}

// nameOf is a key that can stand in the tables: one that is too long is named by
// its hash.
func nameOf(key string) string {
	if len(key) <= catalog.MaxKey {
		return catalog.StoredText(key)
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func reasonOf(err error) catalog.SetAsideReason {
	switch {
	case errors.Is(err, catalog.ErrTooLong):
		return catalog.TooLong
	case errors.Is(err, catalog.ErrTwice):
		return catalog.Ambiguous
	}
	return catalog.Unreadable
}

// blank leaves the parts of an entry that speak.
func blank(entry catalog.Entry, silent Parts) catalog.Entry {
	if silent.Has(catalog.PricesPart) {
		entry.Prices, entry.Announced = nil, nil
	}
	if silent.Has(catalog.FieldsPart) {
		spoken := catalog.Entry{Key: entry.Key, Prices: entry.Prices, Announced: entry.Announced}
		if entry.Contract != nil {
			spoken.Contract = &catalog.Contract{}
		}
		return spoken
	}
	return entry
}

// blanked leaves the parts of an entry that the snapshot speaks for.
func (s *Snapshot) blanked(entry catalog.Entry) catalog.Entry {
	if silent := s.apart.silent[entry.Key]; silent != 0 {
		return blank(entry, silent)
	}
	return entry
}

// ambiguous sets aside the parts in which an entry differs from what the snapshot
// showed of it before, which may be on the same page.
func (s *Snapshot) ambiguous(entry *catalog.Entry, others []catalog.Entry, row *Row, page int) error {
	var before *catalog.Entry
	if page < len(s.pages) {
		opened, err := s.pages[page].Open()
		if err != nil {
			return err
		}
		decoded, err := s.fetcher.Decode(opened)
		if err != nil {
			return err
		}
		others = s.settle(decoded).entries
	}
	for i := range others {
		if others[i].Key == entry.Key {
			before = &others[i]
			break
		}
	}
	if before == nil {
		return fmt.Errorf("entry %q: %w than on page %d", entry.Key, catalog.ErrConflict, page+1) // a decoder that is not pure
	}
	silent := s.apart.silent[entry.Key]
	for _, part := range []catalog.EntryPart{catalog.FieldsPart, catalog.PricesPart} {
		if !silent.Has(part) && before.PartDigest(part) != entry.PartDigest(part) {
			s.setAside(catalog.SetAside{
				Key: entry.Key, Part: part, Reason: catalog.Ambiguous,
				Detail: fmt.Sprintf("entry %q: %v than on page %d", entry.Key, catalog.ErrConflict, page+1),
			}, len(s.pages)+1)
		}
	}
	spoken := s.blanked(*before)
	row.Digest = spoken.Digest()
	return nil
}

// Ambiguous reports whether a key was stated twice with other content, as in a
// list that moves during the walk.
func (s *Snapshot) Ambiguous() bool {
	return slices.ContainsFunc(s.apart.rows, func(row SetAside) bool { return row.Reason == catalog.Ambiguous })
}
