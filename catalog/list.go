package catalog

import (
	"fmt"
	"regexp"
	"strings"
)

// ListID names a list: the operator's name of the source and the provider's
// name of the list. It never changes once rows stand under it.
type ListID struct {
	Source string
	Name   string
}

// String returns "source/list", as logs, errors and commands print it.
func (id ListID) String() string { return id.Source + "/" + id.Name }

// MarshalText returns "source/list", for JSON.
func (id ListID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

var listWord = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// ParseListID reads "source/list". Both words are lower case letters, digits,
// dash and underscore.
func ParseListID(text string) (ListID, error) {
	source, name, found := strings.Cut(text, "/")
	if !found || !listWord.MatchString(source) || !listWord.MatchString(name) {
		return ListID{}, fmt.Errorf("list %q: want SOURCE/LIST, such as iwinv/flavors", text)
	}
	return ListID{Source: source, Name: name}, nil
}

// EntryKind says what the lines of a list are.
type EntryKind string

// The two kinds of entry.
const (
	Products  EntryKind = "product"
	Contracts EntryKind = "contract"
)

// List describes one list of one source as its fetcher reads it.
type List struct {
	ID       ListID
	Provider string
	Kind     EntryKind
	// DecoderVersion grows whenever Decode gives other entries for the same
	// page; stored history is then rebuilt from evidence.
	DecoderVersion int
	// Settings are what matters for reading (base_url, account, regions),
	// without any secret. A change of settings that removes anything is held.
	Settings map[string]string
}
