package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"syncer/catalog"
)

func (c *checker) sources(nodes map[string]*sourceNode) []Source {
	var all []Source
	prefixes := make(map[string]string, len(nodes))
	for _, name := range sortedKeys(nodes) {
		keys := []string{"sources", name}
		if other, taken := prefixes[environmentName(name, "")]; taken {
			c.fail(keys, "has the same environment variables as source %q; rename one", other)
		}
		prefixes[environmentName(name, "")] = name
		if nodes[name] == nil {
			c.fail(keys, "is empty; want at least provider and lists")
			continue
		}
		all = append(all, c.source(keys, name, nodes[name]))
	}
	return all
}

func (c *checker) source(keys []string, name string, node *sourceNode) Source {
	if _, err := catalog.ParseListID(name + "/x"); err != nil {
		c.fail(keys, "want a name of lower case letters, digits, dash and underscore")
	}
	checked := Source{Name: name, dir: c.dir, Location: time.UTC}
	provider, known := c.provider(append(keys, "provider"), name, node.Provider)
	if !known {
		return checked
	}
	checked.Provider = provider
	checked.BaseURL = c.baseURL(append(keys, "base_url"), name, provider, node.BaseURL)
	checked.CAFile = c.file(c.given(name, "ca_file", node.CAFile))
	checked.InsecureHTTP = c.insecure(append(keys, "insecure_http"), name, node.Insecure)
	checked.Location = c.sourceLocation(append(keys, "timezone"), provider, c.given(name, "timezone", node.Timezone))
	checked.Lists = c.lists(append(keys, "lists"), checked, node.Lists)
	checked.Options = c.options(keys, name, provider, node.Options)
	checked.files, checked.plain = c.credentials(append(keys, "credentials"), provider, node.Credentials)
	return checked
}

// provider finds the provider; a source that is named after its provider need
// not name it again.
func (c *checker) provider(keys []string, source, name string) (Provider, bool) {
	if name == "" {
		name = source
	}
	var names []string
	for _, provider := range c.providers {
		if provider.Name == name {
			return provider, true
		}
		names = append(names, provider.Name)
	}
	c.fail(keys, "unknown provider %q%s", name, wantOne(name, names))
	return Provider{}, false
}

// given is a field's value: that of the environment, which goes first, or the
// file's.
func (c *checker) given(source, field, text string) string {
	if value, _ := c.lookup(environmentName(source, field)); value != "" {
		return value
	}
	return text
}

func (c *checker) insecure(keys []string, source string, set bool) bool {
	text := c.given(source, "insecure_http", strconv.FormatBool(set))
	value, err := strconv.ParseBool(text)
	if err != nil {
		c.fail(keys, "want true or false, got %q", text)
	}
	return value
}

func (c *checker) baseURL(keys []string, source string, provider Provider, text string) string {
	if provider.BackfillOnly {
		if text != "" {
			c.fail(keys, "the lists of provider %s are only filled by backfill; they have no address", provider.Name)
		}
		return ""
	}
	text = c.given(source, "base_url", text)
	if text == "" {
		text = provider.BaseURL
	}
	if text == "" {
		c.fail(keys, "is missing: every %s installation has its own address", provider.Name)
		return ""
	}
	return c.address(keys, text)
}

func (c *checker) address(keys []string, text string) string {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		c.fail(keys, "want an address such as https://api.example.com")
	case address.User != nil || address.RawQuery != "" || address.Fragment != "":
		c.fail(keys, "want scheme, host and prefix only; credentials have a place of their own")
	}
	return strings.TrimRight(text, "/")
}

func (c *checker) sourceLocation(keys []string, provider Provider, name string) *time.Location {
	if name == "" {
		name = provider.Timezone
	}
	if name == "" {
		return c.reports
	}
	return c.location(keys, name)
}

func (c *checker) lists(keys []string, source Source, nodes map[string]*listNode) []List {
	if len(nodes) == 0 {
		c.fail(keys, "names no list%s", wantOne("", source.Provider.Lists))
	}
	var all []List
	for _, name := range sortedKeys(nodes) {
		list := List{ID: catalog.ListID{Source: source.Name, Name: name}}
		at := slices.Concat(keys, []string{name})
		c.listName(at, source.Provider, list.ID)
		if node := nodes[name]; node != nil {
			if node.Schedule != "" && source.Provider.BackfillOnly {
				c.fail(slices.Concat(at, []string{"schedule"}), "the lists of provider %s are only filled by backfill; they have no schedule", source.Provider.Name)
			}
			c.listTimes(at, &list, node, source.Location)
			list.StaleAfter = c.staleAfter(append(at, "stale_after"), node.StaleAfter)
			list.Ignored = c.ignored(slices.Concat(at, []string{"ignore"}), node.Ignore)
		}
		all = append(all, list)
	}
	return all
}

func (c *checker) ignored(keys []string, paths []string) []string {
	for _, path := range paths {
		if err := catalog.CheckAttributePath(path); err != nil {
			c.fail(keys, "%v", err)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(paths)))
}

func (c *checker) listName(keys []string, provider Provider, list catalog.ListID) {
	_, err := catalog.ParseListID(list.String())
	switch {
	case provider.BackfillOnly && err != nil:
		c.fail(keys, "want a name of lower case letters, digits, dash and underscore")
	case !provider.BackfillOnly && !slices.Contains(provider.Lists, list.Name):
		c.fail(keys, "unknown list %q of provider %s%s", list.Name, provider.Name, wantOne(list.Name, provider.Lists))
	}
}

func (c *checker) staleAfter(keys []string, text string) time.Duration {
	if text == "" {
		return 0
	}
	return c.duration(keys, text)
}

// options are a provider's own settings: beside base_url, under options, or
// in the environment, which goes first.
func (c *checker) options(keys []string, source string, provider Provider, values map[string]any) map[string]string {
	checked := make(map[string]string)
	for _, group := range []struct {
		keys   []string
		values map[string]any
	}{{slices.Concat(keys, []string{"options"}), values}, {keys, c.hoisted[source]}} {
		for _, name := range sortedKeys(group.values) {
			at := slices.Concat(group.keys, []string{name})
			if _, twice := checked[name]; twice {
				c.fail(at, "is set twice")
			}
			checked[name] = c.option(at, provider, name, group.values[name])
		}
	}
	for _, name := range slices.Concat(provider.Options, everyOption()) {
		if given := c.given(source, name, ""); given != "" {
			checked[name] = c.option(slices.Concat(keys, []string{name}), provider, name, given)
		}
	}
	return checked
}

func (c *checker) option(keys []string, provider Provider, name string, value any) string {
	if provider.Options != nil && !slices.Contains(slices.Concat(provider.Options, everyOption()), name) {
		c.fail(keys, "unknown option %q of provider %s%s", name, provider.Name, wantOne(name, slices.Concat(provider.Options, everyOption())))
	}
	text, ok := optionText(value)
	switch {
	case !ok:
		c.fail(keys, "want a text, a number or a list of them")
	case strings.HasSuffix(name, "_url") && text != "":
		return c.address(keys, text)
	}
	return text
}

// optionText writes a list as its items with commas between.
func optionText(value any) (string, bool) {
	switch v := value.(type) {
	case string, bool, int64, uint64:
		return fmt.Sprint(v), true
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			text, ok := optionText(item)
			if _, nested := item.([]any); !ok || nested {
				return "", false
			}
			items[i] = text
		}
		return strings.Join(items, ","), true
	}
	return "", false
}

func wantOne(name string, known []string) string {
	if len(known) == 0 {
		return "; it has none"
	}
	return meant(name, known) + "; want one of " + strings.Join(known, ", ")
}
