package fetchers_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"syncer/catalog"
	"syncer/fetchers"
)

func TestAll(t *testing.T) {
	var names []string
	for _, provider := range fetchers.All() {
		names = append(names, provider.Name)
		for _, set := range provider.Credentials {
			testProvider(t, provider, set)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("providers %v are not in order", names)
	}
}

func testProvider(t *testing.T, provider fetchers.Provider, set []string) {
	t.Helper()
	source := catalog.Source{
		Name: provider.Name, Provider: provider.Name, BaseURL: cmp.Or(provider.DefaultBaseURL, "http://localhost"),
		Location: time.UTC, Credentials: make(map[string]catalog.Secret),
	}
	for _, name := range set {
		source.Credentials[name] = catalog.NewSecret("x")
	}
	all, err := provider.New(source, fetchers.Options{Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, fetcher := range all {
		list := fetcher.List()
		lists = append(lists, list.ID.Name)
		if _, err := catalog.ParseListID(list.ID.String()); err != nil || list.Provider != provider.Name || list.DecoderVersion < 1 {
			t.Errorf("list %+v: %v", list, err)
		}
		if provider.Schedules[list.ID.Name] == "" {
			t.Errorf("%s has no default schedule", list.ID)
		}
	}
	for _, option := range provider.Options {
		if provider.Examples[option] == "" {
			t.Errorf("%s: no example of the option %s", provider.Name, option)
		}
	}
	if provider.DefaultBaseURL == "" && provider.Examples["base_url"] == "" {
		t.Errorf("%s: neither an address nor an example of one", provider.Name)
	}
	if !slices.Equal(lists, provider.Lists) || len(provider.Schedules) != len(lists) {
		t.Errorf("%s: New returns %v, Lists says %v", provider.Name, lists, provider.Lists)
	}
}
