package main

import (
	"fmt"
	"slices"
	"strings"

	"syncer/cmd/syncer/config"
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
