package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"syncer/cmd/syncer/config"
	"syncer/simulate"
)

// TestSimulationIsPastedAsConfiguration loads what simulate prints below
// sources, with the credentials that it prints for a shell.
func TestSimulationIsPastedAsConfiguration(t *testing.T) {
	simulation, err := simulate.New(simulate.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	var out bytes.Buffer
	s := newSession(t.Context(), environment{Stdout: &out, Stderr: &out, Lookup: func(string) (string, bool) { return "", false }, Now: time.Now}, "")
	if err := (&simulateCommand{}).announce(s, simulation); err != nil {
		t.Fatal(err)
	}
	sources, shell, _ := strings.Cut(out.String(), "\n\n")
	values := map[string]string{}
	for line := range strings.Lines(shell) {
		if assigned, found := strings.CutPrefix(strings.TrimSpace(line), "export "); found {
			name, value, _ := strings.Cut(assigned, "=")
			values[name] = value
		}
	}
	lookup := func(name string) (string, bool) { value, found := values[name]; return value, found }
	loaded, err := config.Parse("screen", []byte("sources:\n"+sources), configProviders(), lookup)
	if err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	if len(loaded.Sources) != len(simulation.Endpoints()) {
		t.Errorf("%d sources", len(loaded.Sources))
	}
	for _, endpoint := range simulation.Endpoints() {
		source, _ := loaded.Source(endpoint.Provider)
		opened, err := source.Open(lookup)
		if err != nil || opened.BaseURL != endpoint.BaseURL {
			t.Errorf("%s: %s, %v", endpoint.Provider, opened.BaseURL, err)
		}
		if len(source.Lists) != len(source.Provider.Lists) {
			t.Errorf("%s: %d lists", endpoint.Provider, len(source.Lists))
		}
	}
	for line := range strings.Lines(out.String()) {
		if cells := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); cells > 80 {
			t.Errorf("%d cells: %s", cells, line)
		}
	}
}
