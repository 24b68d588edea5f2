package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/fetchers"
	"syncer/snapshot"
)

// pageWithin bounds the first page of a list: some carry a detail of each row.
const pageWithin = time.Minute

// providers asks each source for the first page of each of its lists.
func (c *checking) providers() {
	for _, source := range c.config.Sources {
		if source.Provider.BackfillOnly {
			continue
		}
		opened, err := source.Open(c.session.Lookup)
		if err != nil {
			continue // told as a secret
		}
		way := &way{checking: c, source: source}
		all, err := c.fetchersOf(opened, fetchers.Options{
			Now: c.session.Now, Logger: slog.New(slog.DiscardHandler), Once: true, Answered: way.answered,
		})
		if err != nil {
			c.fail("configuration", source.Name, "correct the settings of the source", err)
			continue
		}
		for _, list := range source.Lists {
			c.list(way, list, all[list.ID.Name])
		}
		way.clock()
	}
}

// fetchersOf are the fetchers of a source that ask once, by list.
func (c *checking) fetchersOf(source catalog.Source, options fetchers.Options) (map[string]catalog.Fetcher, error) {
	for _, listed := range fetchers.All() {
		if listed.Name != source.Provider {
			continue
		}
		made, err := listed.New(source, options)
		byName := make(map[string]catalog.Fetcher, len(made))
		for _, fetcher := range made {
			byName[fetcher.List().ID.Name] = fetcher
		}
		return byName, err
	}
	return nil, fmt.Errorf("provider %q is not known", source.Provider)
}

// list asks for one page and reads it; the walk ends there.
func (c *checking) list(way *way, list config.List, fetcher catalog.Fetcher) {
	about := list.ID.String()
	if fetcher == nil {
		c.fail("list", about, "", errors.New("its provider has no fetcher for it"))
		return
	}
	ctx, cancel := context.WithTimeout(way.traced(c.session.ctx), pageWithin)
	defer cancel()
	page, err := firstPage(ctx, fetcher)
	way.tell()
	if err != nil {
		c.fail("list", about, advice(way.source.Provider.Name, err), err)
		return
	}
	decoded, err := fetcher.Decode(page)
	if err == nil {
		err = snapshot.New(fetcher).Add(page) // its rules for entries, and nothing is kept
	}
	if err != nil {
		c.fail("list", about, "the provider answers otherwise than its documents say: report it with --bundle", err)
		return
	}
	c.decoded(about, decoded)
}

func firstPage(ctx context.Context, fetcher catalog.Fetcher) (catalog.Page, error) {
	for page, err := range fetcher.Pages(ctx) {
		return page, err
	}
	return catalog.Page{}, errors.New("the walk has no page")
}

// decoded says what the page holds, and what nobody has seen in it before.
func (c *checking) decoded(about string, decoded catalog.Decoded) {
	size := terminal.Count(len(decoded.Entries)) + " entries on the first page"
	if decoded.End.Total != nil {
		size += fmt.Sprintf(", %s in all", terminal.Count(*decoded.End.Total))
		if decoded.End.Scope != "" {
			size += " of " + decoded.End.Scope
		}
	}
	if len(decoded.Unknown) == 0 {
		c.ok("list", about, "%s", size)
		return
	}
	var unknown []string
	seen := make(map[string]bool)
	for _, one := range decoded.Unknown {
		text := one.Kind + " " + one.Path
		if one.Kind == "word" {
			text += fmt.Sprintf(" %q", one.Seen)
		}
		if !seen[text] {
			seen[text], unknown = true, append(unknown, text)
		}
	}
	c.warn("list", about, "kept in the stored pages and not tracked; a newer syncer may know them", "%s; never seen before: %s", size, strings.Join(unknown, ", "))
}
