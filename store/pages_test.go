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
	"syncer/store/storetest"
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
	t.Parallel()
	l := storetest.NewLive(t, pgtest.New(t), catalog.Products)
	want := []catalog.Page{page(1, "0 1", "0 2", "0 3"), page(2, "1 1")}
	l.Source.Entries = [][]catalog.Entry{{{Key: "a"}}, {{Key: "b"}}}
	first := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for day := range 3 {
		snapshot := snapshot.New(paged{l.Source, 2})
		for _, page := range want {
			if err := snapshot.Add(page); err != nil {
				t.Fatal(err)
			}
		}
		if err := snapshot.Complete(); err != nil {
			t.Fatal(err)
		}
		l.Write(first.AddDate(0, 0, day), snapshot)
	}
	all, err := l.Store.Snapshots(t.Context(), l.List, first.AddDate(0, 0, 1))
	if err != nil || len(all) != 2 {
		t.Fatalf("got %d snapshots, %v; want those of two days", len(all), err)
	}
	for i, taken := range all {
		if !taken.TakenAt.Equal(first.AddDate(0, 0, i+1)) || !taken.PagesOf.Equal(first) || taken.Entries != 2 ||
			taken.Status != record.StatusCommitted || taken.Origin != record.Backfill || taken.Settings["base_url"] != "http://test" {
			t.Errorf("snapshot %d: %+v", i, taken)
		}
		pages, err := l.Store.PagesOf(t.Context(), l.List, taken.TakenAt)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, bodies(t, pages)); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
	}
	if _, err := l.Store.PagesOf(t.Context(), l.List, first.Add(time.Second)); !errors.Is(err, record.ErrNoPages) {
		t.Errorf("a moment without snapshot: %v", err)
	}
}

// paged is a list whose last page is the given number.
type paged struct {
	*storetest.Source
	last int
}

func (p paged) Decode(page catalog.Page) (catalog.Decoded, error) {
	decoded, err := p.Source.Decode(page)
	decoded.End.Last = page.Number == p.last
	return decoded, err
}

func TestFindListWritesNothing(t *testing.T) {
	t.Parallel()
	pool, source := pgtest.New(t), storetest.NewSource(catalog.Products)
	s := store.New(pool)
	if _, err := s.FindList(t.Context(), source.Described); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a list that is not registered: %v", err)
	}
	want := storetest.NewLive(t, pool, catalog.Products).List
	got, err := s.FindList(t.Context(), source.Described)
	if err != nil || got.Rule != want.Rule || got.ID != want.ID {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if all, err := s.Snapshots(t.Context(), got, time.Time{}); err != nil || len(all) != 0 {
		t.Errorf("a list without snapshots: %v, %v", all, err)
	}
}
