package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
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
	// Ignored are the attributes that are not tracked (see Attributes.Without), each
	// once and in order: an operator leaves out what changes at every look.
	Ignored []string
	// Settings are what matters for reading (base_url, account, regions),
	// without any secret. A change of settings that removes anything is held.
	Settings map[string]string
}

// ReadBy names what makes entries of the list's pages: the version of its decoder,
// and what is left out of them: 3 without ["fetched_at"]. History that was read by
// another is rebuilt from evidence.
func (l List) ReadBy() string {
	version := strconv.Itoa(l.DecoderVersion)
	if len(l.Ignored) == 0 {
		return version
	}
	paths, err := json.Marshal(l.Ignored)
	if err != nil {
		panic(err) // texts can be marshalled
	}
	return version + readWithout + string(paths)
}

const (
	readWithout = " without "
	takenOver   = ", taken over"
)

// TakenOver is what ReadBy said of a snapshot whose pages are gone, after a rebuild by
// another brought what history remembers of it into that one's words: by neither can
// the snapshot's digest be made again.
func TakenOver(readBy string) string { return strings.TrimSuffix(readBy, takenOver) + takenOver }

// DecoderOf is the version of the decoder that ReadBy names. A text that names none
// was written by a newer syncer, and counts as newer than any number.
func DecoderOf(readBy string) int {
	version, _, _ := strings.Cut(strings.TrimSuffix(readBy, takenOver), readWithout)
	n, err := strconv.Atoi(version)
	if err != nil {
		return math.MaxInt
	}
	return n
}
