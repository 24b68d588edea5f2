package store_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

// scripted is a list whose pages name a number, and whose Decode looks the
// entries up: the store sees real snapshots without any provider.
type scripted struct {
	list    catalog.List
	entries map[int][]catalog.Entry
	unknown []catalog.Unknown // in every page
	// salt makes the bytes of two pages with equal entries differ.
	salt int
}

func newScripted() *scripted {
	return &scripted{
		list: catalog.List{
			ID: catalog.ListID{Source: "test", Name: "things"}, Provider: "test", Kind: catalog.Products,
			DecoderVersion: 1, Settings: map[string]string{"base_url": "http://test"},
		},
		entries: map[int][]catalog.Entry{},
	}
}

func (s *scripted) List() catalog.List { return s.list }

func (s *scripted) Pages(context.Context) iter.Seq2[catalog.Page, error] {
	return func(func(catalog.Page, error) bool) {}
}

func (s *scripted) Decode(p catalog.Page) (catalog.Decoded, error) {
	id, err := strconv.Atoi(string(p.Parts[0].Body[:6]))
	if err != nil {
		return catalog.Decoded{}, err
	}
	return catalog.Decoded{Entries: s.entries[id], Unknown: s.unknown, End: catalog.End{Last: true}}, nil
}

// snapshot turns entries into a complete walk of one page.
func (s *scripted) snapshot(t testing.TB, entries map[string]catalog.Entry) *snapshot.Snapshot {
	t.Helper()
	id := len(s.entries)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		s.entries[id] = append(s.entries[id], entries[key])
	}
	if len(entries) == 0 {
		s.entries[id] = nil
	}
	body := fmt.Sprintf("%06d %d", id, s.salt)
	return s.complete(t, body)
}

func (s *scripted) complete(t testing.TB, body string) *snapshot.Snapshot {
	t.Helper()
	snapshot := snapshot.New(s)
	page := catalog.Page{Number: 1, Parts: []catalog.Part{{Request: "GET /things", MediaType: "json", Body: []byte(body)}}}
	if err := snapshot.Add(page); err != nil {
		t.Fatal(err)
	}
	if err := snapshot.Complete(); err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func pass(store.Delta) string { return "" }

// put makes entries a snapshot of the list at a moment.
func put(t testing.TB, s *store.Store, list store.List, snapshot *snapshot.Snapshot, at time.Time) store.Result {
	t.Helper()
	ctx := context.Background()
	run, err := s.BeginAt(ctx, list, record.Backfill, at)
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Update(ctx, run, snapshot, pass)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func ensure(t testing.TB, s *store.Store, list catalog.List, rule timeline.Rule) store.List {
	t.Helper()
	known, err := s.EnsureList(context.Background(), list, store.ListSettings{Rule: rule})
	if err != nil {
		t.Fatal(err)
	}
	return known
}
