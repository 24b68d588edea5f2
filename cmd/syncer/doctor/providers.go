package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/terminal"
	"syncer/fetchers"
	"syncer/snapshot"
)

// pageWithin bounds the first page of a list: some carry a detail of each row.
const pageWithin = time.Minute

// providers asks each source for the first page of each of its lists.
func (c *checking) providers(ctx context.Context) {
	for _, source := range c.config.Sources {
		if source.Provider.BackfillOnly {
			continue
		}
		opened, err := source.Open(c.Lookup)
		if err != nil {
			continue // found as a secret
		}
		trace := &trace{checking: c, source: source}
		all, err := pipeline.Fetchers(opened, fetchers.Options{
			Now: c.Now, Logger: slog.New(slog.DiscardHandler), Once: true, Answered: trace.answered,
		})
		if err != nil {
			c.fail("configuration", source.Name, "correct the settings of the source", err)
			continue
		}
		for _, list := range source.Lists {
			c.list(ctx, trace, list, all[list.ID.Name])
		}
		trace.clock()
	}
}

// list asks for one page and reads it; the walk ends there.
func (c *checking) list(ctx context.Context, trace *trace, list config.List, fetcher catalog.Fetcher) {
	about := list.ID.String()
	if fetcher == nil {
		c.fail("list", about, "", errors.New("its provider has no fetcher for it"))
		return
	}
	ctx, cancel := context.WithTimeout(trace.follow(ctx), pageWithin)
	defer cancel()
	page, err := firstPage(ctx, fetcher)
	trace.flush()
	if err != nil {
		c.fail("list", about, advice(trace.source.Provider.Name, err), err)
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
	c.ignored(list, decoded.Entries)
}

// ignored names what is left out of tracking and no entry of the page has, which may be
// misspelt.
func (c *checking) ignored(list config.List, entries []catalog.Entry) {
	for _, path := range list.Ignored {
		has := slices.ContainsFunc(entries, func(entry catalog.Entry) bool {
			without, err := entry.Attributes.Without([]string{path})
			return err == nil && !bytes.Equal(without, entry.Attributes)
		})
		if !has && len(entries) > 0 {
			c.warn("ignored", list.ID.String(), "correct the list's ignore, unless others have it: bi.products_current shows attributes", "no entry of the first page has the attribute %s", path)
		}
	}
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
	for _, drift := range decoded.Unknown {
		text := drift.Kind + " " + drift.Path
		if drift.Kind == "word" {
			text += fmt.Sprintf(" %q", drift.Seen)
		}
		if !seen[text] {
			seen[text], unknown = true, append(unknown, text)
		}
	}
	c.warn("list", about, "kept in the stored pages and not tracked; a newer syncer may know them", "%s; never seen before: %s", size, strings.Join(unknown, ", "))
}
