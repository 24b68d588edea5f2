package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
)

// bodies are the uncompressed parts of pages, as evidence gives them back.
func bodies(t *testing.T, pages []snapshot.Page) []catalog.Page {
	t.Helper()
	var all []catalog.Page
	for _, stored := range pages {
		page, err := stored.Open()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page)
	}
	return all
}

func page(number int, texts ...string) catalog.Page {
	made := catalog.Page{Number: number}
	for _, text := range texts {
		made.Parts = append(made.Parts, catalog.Part{Request: "GET /" + text, MediaType: "json", Body: []byte(text)})
	}
	return made
}

// TestPagesComeBackAsTheyWere wants every part of every page again, in order,
// also for the snapshot that another's pages prove.
func TestPagesComeBackAsTheyWere(t *testing.T) {
	s, source := store.New(pgtest.New(t)), newScripted()
	list := ensure(t, s, source.list, atOnce())
	want := []catalog.Page{page(1, "000000 1", "000000 2", "000000 3"), page(2, "000001 1")}
	source.entries = map[int][]catalog.Entry{0: {{Key: "a"}}, 1: {{Key: "b"}}}
	first := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for day := range 3 {
		snapshot := snapshot.New(pagedScript{source, 2})
		for _, one := range want {
			if err := snapshot.Add(one); err != nil {
				t.Fatal(err)
			}
		}
		if err := snapshot.Complete(); err != nil {
			t.Fatal(err)
		}
		put(t, s, list, snapshot, first.AddDate(0, 0, day))
	}
	all, err := s.Snapshots(t.Context(), list, first.AddDate(0, 0, 1))
	if err != nil || len(all) != 2 {
		t.Fatalf("got %d snapshots, %v; want those of two days", len(all), err)
	}
	for i, one := range all {
		if !one.TakenAt.Equal(first.AddDate(0, 0, i+1)) || !one.PagesOf.Equal(first) || one.Entries != 2 ||
			one.Status != record.StatusCommitted || one.Origin != record.Backfill || one.Settings["base_url"] != "http://test" {
			t.Errorf("snapshot %d: %+v", i, one)
		}
		pages, err := s.PagesOf(t.Context(), list, one.TakenAt)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, bodies(t, pages)); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
	}
	if _, err := s.PagesOf(t.Context(), list, first.Add(time.Second)); !errors.Is(err, record.ErrNoPages) {
		t.Errorf("a moment without snapshot: %v", err)
	}
}

// pagedScript is a scripted list whose last page is the given one.
type pagedScript struct {
	*scripted
	last int
}

func (p pagedScript) Decode(page catalog.Page) (catalog.Decoded, error) {
	decoded, err := p.scripted.Decode(page)
	decoded.End.Last = page.Number == p.last
	return decoded, err
}

func TestFindListWritesNothing(t *testing.T) {
	s, source := store.New(pgtest.New(t)), newScripted()
	if _, err := s.FindList(t.Context(), source.list); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a list that is not registered: %v", err)
	}
	want := ensure(t, s, source.list, atOnce())
	got, err := s.FindList(t.Context(), source.list)
	if err != nil || got.Rule != want.Rule || got.ID != want.ID {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if all, err := s.Snapshots(t.Context(), got, time.Time{}); err != nil || len(all) != 0 {
		t.Errorf("a list without snapshots: %v, %v", all, err)
	}
}
