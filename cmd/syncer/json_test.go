package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"syncer/pgtemp/pgtest"
)

// asksForJSON is how each command that has --json is asked for it.
func asksForJSON(dir string) map[string][]string {
	archived := filepath.Join(dir, "archive")
	return map[string][]string{
		"lists": nil, "status": nil, "changes": nil, "held": nil, "verify": nil, "rebuild": nil, "notify list": nil, "migrate status": nil,
		"check": {"--quick"}, "sync": {"--dry-run"}, "history": {"iwinv/zones", "1"}, "archive": {"iwinv/zones", archived}, "backfill": {"iwinv/zones", archived},
		"retract": {"iwinv/zones", "2020-01-01T00:00:00Z", "--reason", "a test"},
		"accept":  {"iwinv/zones", "--reason", "a test"}, "reject": {"iwinv/zones", "--reason", "a test"},
	}
}

// withoutHistory are the commands with --json that have no database to look at.
func withoutHistory() []string { return []string{"simulate", "notify test"} }

// mayBeNull are the members that are a moment or nothing, or a checkpoint or none.
func mayBeNull() []string { return []string{"proven_since", "retraced_since", "valid_to", "reached"} }

// TestNoListIsNull asks every command for JSON, on a database without history
// and after lists were read.
func TestNoListIsNull(t *testing.T) {
	t.Parallel()
	database, endpoint, dir := pgtest.URL(t), simulated(t), t.TempDir()
	path := configured(t, endpoint, endpoint.BaseURL)
	asks := asksForJSON(dir)
	for _, name := range commandsWithJSON(t) {
		if _, known := asks[name]; !known && !slices.Contains(withoutHistory(), name) {
			t.Errorf("%s: nobody looks at its JSON", name)
		}
	}
	for _, stage := range []string{"empty", "read"} {
		for name, args := range asks {
			_, stdout, _ := command(t, database, append(append(strings.Fields(name), "--json", "-c", path), args...)...)
			for _, member := range nulls(stdout) {
				t.Errorf("%s, %s: %q is null in\n%s", stage, name, member, stdout)
			}
		}
		if code, stdout, stderr := command(t, database, "sync", "-c", path); code != exitOK {
			t.Fatalf("%d\n%s%s", code, stdout, stderr)
		}
	}
}

// commandsWithJSON are the commands that have the flag, by their words.
func commandsWithJSON(t *testing.T) []string {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Name("syncer"), kong.ExplicitGroups(groups()))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, leaf := range parser.Model.Leaves(false) {
		if slices.ContainsFunc(leaf.Flags, func(f *kong.Flag) bool { return f.Name == "json" }) {
			all = append(all, strings.TrimPrefix(leaf.FullPath(), "syncer "))
		}
	}
	return all
}

// nulls are the members of a document that are null and no moment; "" is the
// document.
func nulls(document string) []string {
	var all []string
	if strings.TrimSpace(document) == "null" {
		all = append(all, "")
	}
	for _, found := range regexp.MustCompile(`"(\w+)":\s*null`).FindAllStringSubmatch(document, -1) {
		if !slices.Contains(mayBeNull(), found[1]) {
			all = append(all, found[1])
		}
	}
	return all
}

// TestHistoryWithoutPricesHasLists too.
func TestHistoryWithoutPricesHasLists(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	list := b.list()
	dir := laid(t, map[string]string{"2026-01-05T00:00:00Z.jsonl": `{"key":"bare"}` + "\n"})
	if code, stdout, stderr := b.run("backfill", "--accept", list, dir); code != exitOK {
		t.Fatalf("%d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr := b.run("history", list, "bare", "--json")
	if found := nulls(stdout); code != exitOK || len(found) > 0 {
		t.Errorf("exit %d, %q are null:\n%s%s", code, found, stdout, stderr)
	}
}
