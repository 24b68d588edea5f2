package main

import (
	"syncer/cmd/syncer/config"
	"syncer/fetchers"
)

// configProviders are the providers of the index of fetchers as the
// configuration knows them.
func configProviders() []config.Provider {
	var all []config.Provider
	for _, listed := range fetchers.All() {
		all = append(all, config.Provider{
			Name: listed.Name, BaseURL: listed.DefaultBaseURL,
			Lists: listed.Lists, Credentials: listed.Credentials, Plain: listed.Plain,
			Options: listed.Options, Timezone: listed.Timezone, BackfillOnly: listed.BackfillOnly,
		})
	}
	return all
}
