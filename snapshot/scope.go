package snapshot

import (
	"fmt"
	"slices"

	"syncer/catalog"
)

// scope is a part of the list whose length the provider may state.
type scope struct {
	name  string
	total *int
	keys  map[string]bool // distinct keys of its pages, those set aside too
	// nameless counts the rows whose keys could not be read.
	nameless int
}

// end notes what the page says of the list's length, before its entries.
func (s *Snapshot) end(end catalog.End) error {
	s.last = end.Last
	if n := len(s.scopes); n > 0 && s.scopes[n-1].name == end.Scope {
		if now := &s.scopes[n-1]; !equalTotal(now.total, end.Total) {
			return fmt.Errorf("%w: %stotal changed from %s to %s", catalog.ErrIncomplete, now.prefix(), totalText(now.total), totalText(end.Total))
		}
		return nil
	}
	if slices.ContainsFunc(s.scopes, func(known scope) bool { return known.name == end.Scope }) {
		return fmt.Errorf("%w: the pages of %q do not follow each other", catalog.ErrIncomplete, end.Scope)
	}
	s.scopes = append(s.scopes, scope{name: end.Scope, total: end.Total, keys: make(map[string]bool)})
	return nil
}

func (s scope) prefix() string {
	if s.name == "" {
		return ""
	}
	return s.name + ": "
}

// TotalStated reports whether the provider said how long its list is, every
// part of it.
func (s *Snapshot) TotalStated() bool {
	return len(s.scopes) > 0 && !slices.ContainsFunc(s.scopes, func(part scope) bool { return part.total == nil })
}

func equalTotal(a, b *int) bool {
	return a == b || a != nil && b != nil && *a == *b
}

func totalText(total *int) string {
	if total == nil {
		return "none"
	}
	return fmt.Sprint(*total)
}
