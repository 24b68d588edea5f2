package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/store"
	"syncer/store/report"
)

// format is the one that was asked for, or that of the file's ending.
func (c *exportCommand) format() string {
	switch {
	case c.Format != "":
		return c.Format
	case strings.EqualFold(filepath.Ext(c.Output), ".xlsx"):
		return "xlsx"
	}
	return "csv"
}

func (c *exportCommand) filter(now time.Time) (report.Filter, error) {
	filter := report.Filter{Source: c.Source, List: c.List}
	if source, list, whole := strings.Cut(c.List, "/"); whole {
		if c.Source != "" && c.Source != source {
			return filter, fmt.Errorf("--source %s and --list %s name two sources", c.Source, c.List)
		}
		filter.Source, filter.List = source, list
	}
	if c.Since == "" {
		return filter, nil
	}
	var err error
	filter.Since, err = sinceMoment(c.Since, now)
	return filter, err
}

// known wants the filter to name lists that the database or the configuration
// has: else a mistake in a name is an empty file. Who may read this one view only
// has nothing to compare with.
func (c *exportCommand) known(s *session, opened *store.Store, filter report.Filter) error {
	all, unread := opened.Report.Lists(s.ctx)
	if loaded, err := s.config(); err == nil {
		all = append(all, idsOf(loaded.Lists())...)
	}
	matches := slices.ContainsFunc(all, func(one catalog.ListID) bool {
		return (filter.Source == "" || filter.Source == one.Source) && (filter.List == "" || filter.List == one.Name)
	})
	if matches || unread != nil || filter.Source == "" && filter.List == "" {
		return nil //nolint:nilerr // see above
	}
	return usageError{unknownName(c.Source, c.List, all)}
}

func unknownName(source, list string, all []catalog.ListID) error {
	var names []string
	for _, one := range all {
		name := one.Source
		if list != "" {
			name = one.String()
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	what := "source " + source
	if list != "" {
		what = "list " + strings.TrimPrefix(source+"/"+strings.TrimPrefix(list, source+"/"), "/")
	}
	return fmt.Errorf("%s is not known; there are: %s", what, strings.Join(names, ", "))
}

// telling says which column --since compares, before the first row.
func (c *exportCommand) telling(s *session, filter report.Filter, head func([]report.Column) error) func([]report.Column) error {
	return func(columns []report.Column) error {
		if c.Since != "" {
			fmt.Fprintf(s.Stderr, "syncer: only rows whose %s is %s or later\n", filter.SinceColumn(columns), filter.Since.UTC().Format(time.RFC3339))
		}
		return head(columns)
	}
}
