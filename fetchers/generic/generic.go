// Package generic reads snapshots that are one file of entries, one JSON
// object a line: old spreadsheets and scrapes, brought into one form. Every
// list of every provider can be given so (fetchers.All sees to that), and a
// source of the provider "generic" has nothing else.
//
// The format is described for its users in docs/backfill.md. Its meaning never
// changes: pages are decoded again years later. Another meaning would be
// another media type.
package generic

import (
	"context"
	"fmt"
	"iter"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// MediaType marks a part that holds entries, one JSON object a line.
const MediaType = "jsonl"

const provider = "generic"

// Provider returns the provider without a network: its lists have any name and
// are filled by backfill alone.
func Provider() web.Provider {
	return web.Provider{Name: provider, BackfillOnly: true, New: New}
}

// New returns a fetcher for each list that is configured.
func New(source catalog.Source, _ web.Options) ([]catalog.Fetcher, error) {
	var fetchers []catalog.Fetcher
	for _, name := range source.Lists {
		fetchers = append(fetchers, fetcher{catalog.ListID{Source: source.Name, Name: name}})
	}
	return fetchers, nil
}

type fetcher struct{ id catalog.ListID }

// List describes the list.
func (f fetcher) List() catalog.List {
	return catalog.List{ID: f.id, Provider: provider, Kind: catalog.Products, DecoderVersion: 1}
}

// Pages yields an error: there is no API to ask.
func (f fetcher) Pages(context.Context) iter.Seq2[catalog.Page, error] {
	return func(yield func(catalog.Page, error) bool) {
		yield(catalog.Page{}, fmt.Errorf("%s: fetch page 1: the list is only filled by backfill", f.id))
	}
}

// Decode reads a page of entries.
func (f fetcher) Decode(page catalog.Page) (catalog.Decoded, error) {
	return Decode(f.List().Kind, page)
}
