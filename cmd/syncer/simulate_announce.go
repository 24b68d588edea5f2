package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"syncer/cmd/syncer/setup"
	"syncer/simulate"
)

// announcement is what people paste: the providers below `sources:` of a
// configuration, and the credentials, which never stand in one, into a shell.
func announcement(endpoints []simulate.Endpoint) string {
	var text strings.Builder
	text.WriteString("# For syncer.yaml, below \"sources:\"\n")
	for _, endpoint := range endpoints {
		text.WriteString(simulatedSource(endpoint))
	}
	text.WriteString("\n# For the shell that runs syncer\n")
	for _, endpoint := range endpoints {
		for _, field := range slices.Sorted(maps.Keys(endpoint.Credentials)) {
			fmt.Fprintf(&text, "export %s=%s\n", strings.ToUpper("SYNCER_"+endpoint.Provider+"_"+field), endpoint.Credentials[field])
		}
	}
	text.WriteString("\nServing until stopped (Ctrl-C).\n")
	return text.String()
}

// simulatedSource is a provider as a source that reads all of its lists.
func simulatedSource(endpoint simulate.Endpoint) string {
	var text strings.Builder
	fmt.Fprintf(&text, "  %s:\n    base_url: %s\n", endpoint.Provider, endpoint.BaseURL)
	for _, name := range slices.Sorted(maps.Keys(endpoint.Settings)) {
		fmt.Fprintf(&text, "    %s: %q\n", name, endpoint.Settings[name])
	}
	text.WriteString("    lists:\n")
	for _, p := range setup.Providers() {
		if p.Name != endpoint.Provider {
			continue
		}
		for _, list := range p.Lists {
			fmt.Fprintf(&text, "      %s: { schedule: %q }\n", list, setup.Schedule(p, list))
		}
	}
	return text.String()
}
