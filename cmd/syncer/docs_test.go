package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/setup"
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
	asked := setup.Providers()
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

// TestReadmeListsEveryCommand of syncer --help, and none that is not there.
func TestReadmeListsEveryCommand(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(page), "\n| command | does |\n|---|---|\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	listed := make(map[string]bool)
	for _, row := range strings.Split(rows, "\n") {
		first, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		for _, name := range regexp.MustCompile("`(?:syncer )?([a-z]+)").FindAllStringSubmatch(first, -1) {
			listed[name[1]] = true
		}
	}
	_, help, _ := command(t, "", "--help")
	_, help, _ = strings.Cut(help, "\nCommands:\n")
	for _, found := range regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(help, -1) {
		if !listed[found[1]] {
			t.Errorf("the page lacks %s", found[1])
		}
		delete(listed, found[1])
	}
	if len(listed) > 0 {
		t.Errorf("the page has %v", listed)
	}
}

// TestUnreachedDatabaseSaysWhatToDo and where its address is from, once.
func TestUnreachedDatabaseSaysWhatToDo(t *testing.T) {
	path := configured(t, simulated(t), "http://127.0.0.1:1")
	for _, args := range []string{"status", "sync", "verify", "migrate"} {
		code, _, stderr := command(t, "postgres://u:p@127.0.0.1:1/x", args, "-c", path)
		if code != exitFailed || strings.Count(stderr, "connection refused") != 1 ||
			!strings.Contains(stderr, "the address is from DATABASE_URL; is Postgres running? syncer check tells more") {
			t.Errorf("%s: exit %d\n%s", args, code, stderr)
		}
	}
	file := strings.Replace(path, "syncer.yaml", "database", 1)
	if err := os.WriteFile(file, []byte("postgres://u:p@127.0.0.1:1/x"), 0o600); err != nil {
		t.Fatal(err)
	}
	appended(t, path, "database: { url_file: database }\n")
	if _, _, stderr := command(t, "", "status", "-c", path); !strings.Contains(stderr, "the address is from "+file+";") {
		t.Errorf("got %s", stderr)
	}
}
