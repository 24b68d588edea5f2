package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"syncer/catalog"
)

// Provider is a cloud as the index of fetchers lists it.
type Provider struct {
	Name string
	// Lists are the names of the lists that New returns, in order.
	Lists []string
	// Schedules is the default cron expression of each list.
	Schedules map[string]string
	// Credentials are the sets of field names that log in; a source has
	// exactly one of them.
	Credentials [][]string
	// Plain are the fields of Credentials that are names and no secrets
	// (account, username): they may stand in the configuration.
	Plain []string
	// Options are the names of further settings, which arrive in
	// Source.Options: billing_url, regions... An option whose name ends in
	// _url is checked as an address. page_size is an option of every provider.
	Options []string
	// Examples are how the options, and base_url where each customer has one,
	// may be written in a configuration, with a comment behind: those lines are
	// what init proposes.
	Examples map[string]string
	// Timezone is the IANA zone of the provider's zone-less times; "" where it
	// is the installation's.
	Timezone string
	// DefaultBaseURL is the public address; "" where each customer has one.
	DefaultBaseURL string
	// BackfillOnly marks a provider that cannot be asked: there is no address and
	// no credential, and lists have any name; Source.Lists names them.
	BackfillOnly bool
	// New returns the fetchers of one source, one for each list. They share
	// their pacing.
	New func(catalog.Source, Options) ([]catalog.Fetcher, error)
}

// ChooseCredentials returns the set of field names that the source has, whole
// and alone. Errors name fields, never values.
func ChooseCredentials(source catalog.Source, sets [][]string) ([]string, error) {
	var present []string
	for name, secret := range source.Credentials {
		if !secret.IsZero() {
			present = append(present, name)
		}
	}
	slices.Sort(present)
	wanted := make([]string, len(sets))
	for i, set := range sets {
		if slices.Equal(present, slices.Sorted(slices.Values(set))) {
			return set, nil
		}
		wanted[i] = strings.Join(set, " and ")
	}
	return nil, fmt.Errorf("source %q: credentials: want %s, got %s",
		source.Name, strings.Join(wanted, ", or "), listed(present))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " and ")
}

// PageSize returns the source's option page_size, which is between 1 and most, or
// standard where it has none.
func PageSize(source catalog.Source, standard, most int) (int, error) {
	text, set := source.Options["page_size"]
	if !set {
		return standard, nil
	}
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 || size > most {
		return 0, fmt.Errorf("source %q: page_size: want a number from 1 to %d, got %q", source.Name, most, clip(text, 40))
	}
	return size, nil
}
