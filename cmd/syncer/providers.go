package main

import (
	"slices"

	"syncer/cmd/syncer/config"
	"syncer/fetchers"
)

// provider is a provider as the configuration knows it, with the schedules and
// the settings that init proposes.
type provider struct {
	config.Provider
	schedules map[string]string
	examples  map[string]string
}

// schedule is the proposed cron expression of a list.
func (p provider) schedule(list string) string {
	if expression, known := p.schedules[list]; known {
		return expression
	}
	return "@daily"
}

// providers are all that can be configured, from the index of fetchers.
func providers() []provider {
	var all []provider
	for _, listed := range fetchers.All() {
		all = append(all, provider{
			Provider: config.Provider{
				Name: listed.Name, BaseURL: listed.DefaultBaseURL,
				Lists: listed.Lists, Credentials: listed.Credentials, Plain: listed.Plain,
				Options: listed.Options, Timezone: listed.Timezone, BackfillOnly: listed.BackfillOnly,
			},
			schedules: listed.Schedules, examples: listed.Examples,
		})
	}
	return all
}

func configProviders() []config.Provider {
	var all []config.Provider
	for _, p := range providers() {
		all = append(all, p.Provider)
	}
	return all
}

// askable are the providers that can be read, for init.
func askable() []provider {
	return slices.DeleteFunc(providers(), func(p provider) bool { return p.BackfillOnly })
}

func providerNames() []string {
	var all []string
	for _, p := range askable() {
		all = append(all, p.Name)
	}
	return all
}
