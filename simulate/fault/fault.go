// Package fault spoils the answers of a simulated provider in the ways that
// real ones are spoilt. It knows no provider: each says in its own dialect how a
// failure looks.
package fault

import (
	"fmt"
	"strconv"
	"strings"
)

// A Fault is one thing that goes wrong at one provider, and when.
type Fault struct {
	// Provider is whom it strikes; empty, which only Random and Unruly may be:
	// all.
	Provider string
	Kind     Kind
	// List limits the fault to one list, such as flavors; empty: all.
	List string
	// Page limits it to one page, counted from 1; 0: all.
	Page int
	// Times is how many matching requests it hits; 0: all.
	Times int
	// After is how many matching requests are spared first.
	After int
	// About limits it to requests that name a thing, such as an image's number or
	// a service; empty: all.
	About string
	// Value is the kind's own option, such as a Retry-After.
	Value string
	// Seed is what the dice of Random and Unruly begin with.
	Seed int64
}

// Parse reads a fault written PROVIDER:KIND[:OPTION=VALUE...], such as
// iwinv:http500:page=3:times=2. A value may hold colons. Random and Unruly
// need no provider: random:rate=0.2 strikes all.
func Parse(text string) (Fault, error) {
	fault, err := parse(text)
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return fault, nil
}

func parse(text string) (Fault, error) {
	parts := strings.Split(text, ":")
	switch {
	case Kind(parts[0]).drawn():
		parts = append([]string{""}, parts...)
	case len(parts) < 2 || parts[0] == "":
		return Fault{}, fmt.Errorf("want PROVIDER:KIND[:OPTION=VALUE...], such as iwinv:http500:page=3")
	}
	spec, ok := find(Kind(parts[1]))
	if !ok {
		return Fault{}, fmt.Errorf("unknown kind %q, want one of %s", parts[1], kinds())
	}
	if !spec.allows(parts[0]) {
		return Fault{}, fmt.Errorf("%s is a fault of %s only", spec.Kind, spec.Provider)
	}
	fault := Fault{Provider: parts[0], Kind: spec.Kind, Value: spec.Default, Times: spec.Times, Page: spec.Page}
	for _, option := range options(parts[2:]) {
		if err := fault.set(spec, option); err != nil {
			return Fault{}, err
		}
	}
	return fault, nil
}

// options glues together again what was cut at a colon within a value.
func options(parts []string) []string {
	var glued []string
	for _, part := range parts {
		if last := len(glued) - 1; last >= 0 && !strings.Contains(part, "=") {
			glued[last] += ":" + part
			continue
		}
		glued = append(glued, part)
	}
	return glued
}

func (f *Fault) set(spec Spec, option string) error {
	name, value, _ := strings.Cut(option, "=")
	switch name {
	case "page":
		return number(&f.Page, option, value)
	case "times":
		return number(&f.Times, option, value)
	case "after":
		return number(&f.After, option, value)
	case "list":
		f.List = value
		return nil
	case "about":
		f.About = value
		return nil
	}
	if name != spec.Option || name == "" {
		return fmt.Errorf("unknown option %q, %s takes %s", option, spec.Kind, spec.optionNames())
	}
	if err := spec.check(value); err != nil {
		return fmt.Errorf("option %q: %w", option, err)
	}
	f.Value = value
	return nil
}

func number(target *int, option, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return fmt.Errorf("option %q: want a number of at least 0", option)
	}
	*target = n
	return nil
}
