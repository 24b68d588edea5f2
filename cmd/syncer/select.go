package main

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/fetchers"
)

// selectLists picks configured lists by SOURCE/LIST or, for all of a source's,
// SOURCE. No name picks all.
func selectLists(c *config.Config, names []string) ([]config.List, error) {
	all := c.Lists()
	for _, name := range names {
		if !slices.ContainsFunc(all, func(l config.List) bool { return named(l, name) }) {
			return nil, usageError{fmt.Errorf("%s is not configured; %s has: %s", name, c.Path, listNames(all))}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no list is configured; see sources", c.Path)
	}
	return slices.DeleteFunc(all, func(l config.List) bool {
		return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return named(l, name) })
	}), nil
}

// readable leaves out the lists that only backfill fills, unless they were
// asked for by name.
func readable(c *config.Config, lists []config.List, names []string) []config.List {
	return slices.DeleteFunc(lists, func(l config.List) bool {
		source, _ := c.Source(l.ID.Source)
		return source.Provider.BackfillOnly && len(names) == 0
	})
}

func named(list config.List, name string) bool {
	return list.ID.String() == name || list.ID.Source == name
}

func listNames(lists []config.List) string {
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = list.ID.String()
	}
	return strings.Join(names, ", ")
}

// fetchersOf returns the fetchers of a source by the names of their lists; log is
// told of requests that are repeated.
func (s *session) fetchersOf(source catalog.Source, log *slog.Logger) (map[string]catalog.Fetcher, error) {
	for _, listed := range fetchers.All() {
		if listed.Name != source.Provider {
			continue
		}
		made, err := listed.New(source, fetchers.Options{Now: s.Now, Logger: log.With("source", source.Name), Observer: s.observer})
		if err != nil {
			return nil, err
		}
		byName := make(map[string]catalog.Fetcher, len(made))
		for _, fetcher := range made {
			byName[fetcher.List().ID.Name] = fetcher
		}
		return byName, nil
	}
	return nil, fmt.Errorf("source %s: provider %q is not known", source.Name, source.Provider)
}
