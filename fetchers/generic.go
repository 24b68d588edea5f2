package fetchers

import (
	"syncer/catalog"
	"syncer/fetchers/generic"
)

// WithGeneric lets a fetcher also decode pages that are files of entries, so
// that its list can be loaded, verified and rebuilt from them. All does it for
// every provider.
func WithGeneric(fetcher catalog.Fetcher) catalog.Fetcher { return withGeneric{fetcher} }

type withGeneric struct{ catalog.Fetcher }

// Decode goes by what the page holds.
func (f withGeneric) Decode(page catalog.Page) (catalog.Decoded, error) {
	if generic.Holds(page) {
		return generic.Decode(f.List().Kind, page)
	}
	return f.Fetcher.Decode(page)
}

// allWithGeneric wraps what every provider makes.
func allWithGeneric(providers []Provider) []Provider {
	for i, provider := range providers {
		providers[i].New = func(source catalog.Source, options Options) ([]catalog.Fetcher, error) {
			made, err := provider.New(source, options)
			for j := range made {
				made[j] = WithGeneric(made[j])
			}
			return made, err
		}
	}
	return providers
}
