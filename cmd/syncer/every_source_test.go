package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/fetchers"
	"syncer/simulate"
)

// everySource writes a configuration that reads every list of every simulated
// provider, in a world whose date is at.
func everySource(t *testing.T, at func() time.Time, faults ...simulate.Fault) string {
	t.Helper()
	simulation, err := simulate.New(simulate.Options{Now: time.Now, At: at, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	dir := t.TempDir()
	var text strings.Builder
	text.WriteString("sources:\n")
	for _, endpoint := range simulation.Endpoints() {
		text.WriteString(sourceOf(t, dir, endpoint))
	}
	path := filepath.Join(dir, "syncer.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func sourceOf(t *testing.T, dir string, endpoint simulate.Endpoint) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "  %s:\n    base_url: %s\n    credentials:\n", endpoint.Provider, endpoint.BaseURL)
	for _, field := range slices.Sorted(maps.Keys(endpoint.Credentials)) {
		name := endpoint.Provider + "_" + field
		if err := os.WriteFile(filepath.Join(dir, name), []byte(endpoint.Credentials[field]), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "      %s_file: %s\n", field, name)
	}
	text.WriteString("    page_size: 50\n")
	for _, name := range slices.Sorted(maps.Keys(endpoint.Settings)) {
		fmt.Fprintf(&text, "    %s: %q\n", name, endpoint.Settings[name])
	}
	text.WriteString("    lists:\n")
	for _, p := range fetchers.All() {
		if p.Name == endpoint.Provider {
			for _, list := range p.Lists {
				fmt.Fprintf(&text, "      %s: { schedule: \"@daily\" }\n", list)
			}
		}
	}
	return text.String()
}
