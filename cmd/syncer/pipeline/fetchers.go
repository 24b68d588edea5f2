package pipeline

import (
	"fmt"

	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/fetchers"
)

// Fetcher returns the fetcher of a list, opening the secrets of its source. It
// is the same for every call, and shares its pacing with those of its source.
func (p *Pipeline) Fetcher(list config.List) (catalog.Fetcher, error) {
	return p.fetcher(list, func(source config.Source) (catalog.Source, error) { return source.Open(p.environment.Lookup) })
}

// OfflineFetcher is Fetcher for reading stored pages: no secret is needed.
func (p *Pipeline) OfflineFetcher(list config.List) (catalog.Fetcher, error) {
	return p.fetcher(list, func(source config.Source) (catalog.Source, error) { return source.Offline(p.environment.Lookup), nil })
}

func (p *Pipeline) fetcher(list config.List, open func(config.Source) (catalog.Source, error)) (catalog.Fetcher, error) {
	all, err := p.fetchersOf(list.ID.Source, open)
	if err != nil {
		return nil, err
	}
	if all[list.ID.Name] == nil {
		return nil, fmt.Errorf("%s: its provider has no fetcher for it", list.ID)
	}
	return fetchers.Ignoring(all[list.ID.Name], list.Ignored), nil
}

func (p *Pipeline) fetchersOf(name string, open func(config.Source) (catalog.Source, error)) (map[string]catalog.Fetcher, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if all := p.opened[name]; all != nil {
		return all, nil
	}
	configured, _ := p.Config.Source(name)
	source, err := open(configured)
	if err != nil {
		return nil, err
	}
	all, err := Fetchers(source, fetchers.Options{
		Now: p.environment.Now, Logger: p.Runner.Log.With("source", source.Name), Observer: p.environment.Observer,
	})
	if err != nil {
		return nil, err
	}
	if p.opened == nil {
		p.opened = make(map[string]map[string]catalog.Fetcher)
	}
	p.opened[name] = all
	return all, nil
}

// Fetchers returns the fetchers of a source by the names of their lists.
func Fetchers(source catalog.Source, options fetchers.Options) (map[string]catalog.Fetcher, error) {
	for _, listed := range fetchers.All() {
		if listed.Name != source.Provider {
			continue
		}
		made, err := listed.New(source, options)
		if err != nil {
			return nil, err
		}
		byName := make(map[string]catalog.Fetcher, len(made))
		for _, fetcher := range made {
			byName[fetcher.List().ID.Name] = fetcher
		}
		return byName, nil
	}
	return nil, fmt.Errorf("source %s: provider %q is not known", source.Name, source.Provider)
}
