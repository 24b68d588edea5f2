// Package storetest brings snapshots into a store without any provider, for
// tests of the rooms that read what the store writes.
package storetest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store/delta"
)

// Source is a list whose pages name a number, and whose Decode looks the
// entries up.
type Source struct {
	Described catalog.List
	// Entries are those of the pages whose body begins with their index.
	Entries [][]catalog.Entry
	// Aside are, by the index of a page's entries, what else it says: parts set
	// aside, and why no price could be had.
	Aside map[int]catalog.Decoded
	// Unknown is what every page holds that the decoder has no word for.
	Unknown []catalog.Unknown
}

// NewSource returns an empty list test/things of products or contracts.
func NewSource(kind catalog.EntryKind) *Source {
	return &Source{Described: catalog.List{
		ID: catalog.ListID{Source: "test", Name: "things"}, Provider: "test", Kind: kind,
		DecoderVersion: 1, Settings: map[string]string{"base_url": "http://test"},
	}}
}

// List describes the list.
func (s *Source) List() catalog.List { return s.Described }

// Pages yields nothing: snapshots are made by Snapshot.
func (*Source) Pages(context.Context) iter.Seq2[catalog.Page, error] {
	return func(func(catalog.Page, error) bool) {}
}

// Decode returns the entries of a page that Snapshot made.
func (s *Source) Decode(page catalog.Page) (catalog.Decoded, error) {
	number, _, _ := strings.Cut(string(page.Parts[0].Body), " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return catalog.Decoded{}, err
	}
	entries := slices.Clone(s.Entries[n])
	for i := range entries {
		if entries[i].Attributes, err = entries[i].Attributes.Without(s.Described.Ignored); err != nil {
			return catalog.Decoded{}, err
		}
	}
	aside := s.Aside[n]
	return catalog.Decoded{
		Entries: entries, SetAside: aside.SetAside, PricesUnread: aside.PricesUnread, Unknown: s.Unknown, End: catalog.End{Last: true},
	}, nil
}

// Snapshot returns a complete walk of one page with these entries. No two
// snapshots have equal pages.
func (s *Source) Snapshot(t testing.TB, entries ...catalog.Entry) *snapshot.Snapshot {
	t.Helper()
	s.Entries = append(s.Entries, slices.Clone(entries))
	return s.Page(t, fmt.Sprint(len(s.Entries)-1))
}

// Odd returns such a walk that sets parts aside besides, or had no prices.
func (s *Source) Odd(t testing.TB, aside catalog.Decoded, entries ...catalog.Entry) *snapshot.Snapshot {
	t.Helper()
	if s.Aside == nil {
		s.Aside = make(map[int]catalog.Decoded)
	}
	s.Aside[len(s.Entries)] = aside
	return s.Snapshot(t, entries...)
}

// Page returns a complete walk of one page with this body, which begins with
// the number of its entries; what follows after a space is bytes alone.
func (s *Source) Page(t testing.TB, body string) *snapshot.Snapshot {
	t.Helper()
	taken := snapshot.New(s)
	if err := taken.Add(catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET /things", MediaType: "json", Body: []byte(body)}}}); err != nil {
		t.Fatal(err)
	}
	if err := taken.Complete(); err != nil {
		t.Fatal(err)
	}
	return taken
}

// Reread reads a stored snapshot again. Its moment does not matter: the entries of
// a source are as they are at theirs.
func (s *Source) Reread(_ time.Time, pages []snapshot.Page) (*snapshot.Snapshot, error) {
	return snapshot.New(s).Restore(time.Time{}, pages)
}

// clone returns a source with the same entries, apart from this one.
func (s *Source) clone() *Source {
	twin := *s
	twin.Entries = make([][]catalog.Entry, len(s.Entries))
	for i, entries := range s.Entries {
		twin.Entries[i] = slices.Clone(entries)
	}
	return &twin
}

// Pass is a guard that holds nothing.
func Pass(delta.Delta) []string { return nil }

// Day is midnight UTC of a day of January 2026, from 1.
func Day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
