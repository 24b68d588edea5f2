package fetchers

import (
	"fmt"

	"syncer/catalog"
)

// Ignoring lets a fetcher leave attributes out of the entries that it decodes; paths
// are each once and in order. The pages keep them.
func Ignoring(fetcher catalog.Fetcher, paths []string) catalog.Fetcher {
	if len(paths) == 0 {
		return fetcher
	}
	return ignoring{fetcher, paths}
}

type ignoring struct {
	catalog.Fetcher
	paths []string
}

// List says what is left out.
func (f ignoring) List() catalog.List {
	list := f.Fetcher.List()
	list.Ignored = f.paths
	return list
}

// Decode leaves it out.
func (f ignoring) Decode(page catalog.Page) (catalog.Decoded, error) {
	decoded, err := f.Fetcher.Decode(page)
	if err != nil {
		return decoded, err
	}
	for i := range decoded.Entries {
		entry := &decoded.Entries[i]
		if entry.Attributes, err = entry.Attributes.Without(f.paths); err != nil {
			return catalog.Decoded{}, fmt.Errorf("entry %q: %w", entry.Key, err)
		}
	}
	return decoded, nil
}
