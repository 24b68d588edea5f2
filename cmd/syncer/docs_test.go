package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"syncer/cmd/syncer/config"
)

// TestTheConfigurationsOfThePageAreOne takes the examples of docs/providers.md
// together.
func TestTheConfigurationsOfThePageAreOne(t *testing.T) {
	page, err := os.ReadFile("../../docs/providers.md")
	if err != nil {
		t.Fatal(err)
	}
	text := "sources:\n"
	for _, block := range regexp.MustCompile(`(?m)^    \w+:\n(^      .*\n)+`).FindAllString(string(page), -1) {
		text += strings.ReplaceAll("\n"+block, "\n    ", "\n  ")
	}
	loaded, err := config.Parse("docs/providers.md", []byte(text), configProviders(), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	asked := askable()
	if len(loaded.Sources) != len(asked) {
		t.Errorf("the page shows %d sources, there are %d providers", len(loaded.Sources), len(asked))
	}
	for _, p := range asked {
		for _, name := range append(p.Lists, p.Options...) {
			if !regexp.MustCompile("(?m)\\b" + regexp.QuoteMeta(name) + "\\b").Match(page) {
				t.Errorf("%s: %s is not on the page", p.Name, name)
			}
		}
	}
}
