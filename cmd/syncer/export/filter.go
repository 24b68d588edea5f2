package export

import (
	"fmt"
	"slices"
	"strings"

	"syncer/catalog"
	"syncer/store/report"
)

// Filter returns the filter for the rows of a source and of a list, which is
// SOURCE/LIST or the name that lists of several sources share; "" for all.
func Filter(source, list string) (report.Filter, error) {
	filter := report.Filter{Source: source, List: list}
	if first, rest, whole := strings.Cut(list, "/"); whole {
		if source != "" && source != first {
			return filter, fmt.Errorf("--source %s and --list %s name two sources", source, list)
		}
		filter.Source, filter.List = first, rest
	}
	return filter, nil
}

// Known is an error that names what there is, unless the filter names one of
// the lists.
func Known(filter report.Filter, lists []catalog.ListID) error {
	matches := slices.ContainsFunc(lists, func(id catalog.ListID) bool {
		return (filter.Source == "" || filter.Source == id.Source) && (filter.List == "" || filter.List == id.Name)
	})
	if matches || filter.Source == "" && filter.List == "" {
		return nil
	}
	var names []string
	for _, id := range lists {
		name := id.Source
		if filter.List != "" {
			name = id.String()
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	what := "source " + filter.Source
	if filter.List != "" {
		what = "list " + strings.TrimPrefix(filter.Source+"/"+filter.List, "/")
	}
	return fmt.Errorf("%s is not known; there are: %s", what, strings.Join(names, ", "))
}
