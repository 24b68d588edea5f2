package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/archive"
	"syncer/catalog"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/snapshot"
)

// The one list that is read.
const (
	source   = "iwinv"
	listName = "flavors"
)

// worlds is what the provider publishes on each day of the simulated world, as
// undisturbed walks see it.
type worlds struct {
	fetcher   catalog.Fetcher
	days      []int // those on which something is different, in order
	pages     map[int][]catalog.Page
	snapshots map[int]*snapshot.Snapshot
	byDigest  map[catalog.Digest]int
}

// learnWorlds walks the list on every day of the simulated world, and on some of
// them with a row that cannot be read.
func learnWorlds(ctx context.Context, p *provider) (*worlds, error) {
	fetcher, err := newFetcher(p.address)
	if err != nil {
		return nil, err
	}
	w := &worlds{
		fetcher: fetcher, pages: map[int][]catalog.Page{},
		snapshots: map[int]*snapshot.Snapshot{}, byDigest: map[catalog.Digest]int{},
	}
	for odd := range len(oddities()) + 1 {
		for day := 0; day <= 7*12; day += 1 + odd { // of odd ones fewer
			if err := w.learn(ctx, p, odd*oddly+day); err != nil {
				return nil, fmt.Errorf("walk on day %d: %w", odd*oddly+day, err)
			}
		}
	}
	return w, nil
}

func (w *worlds) learn(ctx context.Context, p *provider, day int) error {
	p.show(day)
	var pages []catalog.Page
	for page, err := range w.fetcher.Pages(ctx) {
		if err != nil {
			return err
		}
		pages = append(pages, page)
	}
	snapshot, err := ingest.Collect(w.fetcher, time.Now(), pages)
	if err != nil {
		return err
	}
	if _, known := w.byDigest[snapshot.Digest()]; known {
		return nil
	}
	w.days = append(w.days, day)
	w.pages[day], w.snapshots[day], w.byDigest[snapshot.Digest()] = pages, snapshot, day
	return nil
}

// plain is without the days on which a row cannot be read.
func (w *worlds) plain() *worlds {
	plain := *w
	plain.days = slices.DeleteFunc(slices.Clone(w.days), func(day int) bool { return day >= oddly })
	return &plain
}

// newFetcher reads the simulated list as fast as it can.
func newFetcher(address string) (catalog.Fetcher, error) {
	at := catalog.Source{
		Name: source, Provider: source, BaseURL: address, Location: time.UTC, Options: map[string]string{"page_size": "20"},
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret(accessKey), "secret_key": catalog.NewSecret(secretKey)},
	}
	for _, provider := range fetchers.All() {
		if provider.Name != source {
			continue
		}
		all, err := provider.New(at, fetchers.Options{Now: time.Now, RequestsPerMinute: 1_000_000})
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(f catalog.Fetcher) bool { return f.List().ID.Name == listName })
		if i >= 0 {
			return all[i], nil
		}
	}
	return nil, fmt.Errorf("no fetcher of %s/%s", source, listName)
}

// dated is a day of the simulated world as a snapshot of a moment.
type dated struct {
	at  time.Time
	day int
}

// archive writes snapshots as the archive that backfill reads.
func (w *worlds) archive(dir string, snapshots []dated) error {
	for _, snapshot := range snapshots {
		pages := func(yield func(catalog.Page, error) bool) {
			for _, page := range w.pages[snapshot.day] {
				if !yield(page, nil) {
					return
				}
			}
		}
		content := archive.Content{List: w.fetcher.List().ID, TakenAt: snapshot.at, DecoderVersion: w.fetcher.List().DecoderVersion, Pages: pages}
		if err := archive.Write(dir, content); err != nil {
			return err
		}
	}
	return nil
}
