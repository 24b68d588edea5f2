package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/setup"
	"syncer/pgtemp/pgtest"
)

// initialized is what init writes for all providers.
func initialized(t *testing.T) (path, text string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "syncer.yaml")
	if code, _, stderr := withValues(t, nil, "init", "-c", path); code != exitOK {
		t.Fatalf("init: %d: %s", code, stderr)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(content)
}

// TestProposedSettingsAreSettings takes the marks of comments away.
func TestProposedSettingsAreSettings(t *testing.T) {
	path, text := initialized(t)
	proposed := regexp.MustCompile(`(?m)^    # (\w+: .*)$`)
	loaded, err := config.Parse(path, []byte(proposed.ReplaceAllString(text, "    $1")), configProviders(), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range setup.Providers() {
		source, _ := loaded.Source(p.Name)
		var names []string
		for _, name := range p.Options {
			if source.Options[name] != "" && !strings.Contains(source.Options[name], "#") {
				names = append(names, name)
			}
		}
		if source.Name != p.Name || len(names) != len(p.Options) {
			t.Errorf("%s: of the options %v, %v are proposed", p.Name, p.Options, names)
		}
	}
	if zstack, _ := loaded.Source("zstack"); zstack.Location.String() != "Asia/Shanghai" {
		t.Errorf("zstack: time zone %s", zstack.Location)
	}
}

// TestWhatInitWritesReadsEveryList after the secrets were put into their files;
// only the addresses come from elsewhere.
func TestWhatInitWritesReadsEveryList(t *testing.T) {
	t.Parallel()
	path, text := initialized(t)
	fields := announced(t)
	values := map[string]string{"DATABASE_URL": pgtest.URL(t)}
	code, _, stderr := withValues(t, values, "sync", "--dry-run", "-c", rewritten(t, path, text), "iwinv/zones")
	if code != exitFailed || !strings.Contains(stderr, "still holds the placeholder; put the secret there") {
		t.Errorf("with placeholders: %d: %s", code, stderr)
	}
	for source, own := range fields {
		for field, value := range own {
			file := filepath.Join(filepath.Dir(path), "secrets", source+"_"+field)
			if _, err := os.Stat(file); err != nil {
				values[strings.ToUpper("SYNCER_"+source+"_"+field)] = value
				continue
			}
			if err := os.WriteFile(file, []byte(value+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	var read []string
	for _, line := range synced(t, path, values, "--dry-run") {
		if line.Outcome == "changed" && line.Entries > 0 {
			read = append(read, line.List)
		}
	}
	if diff := cmp.Diff(everyList(), read); diff != "" {
		t.Errorf("lists (-configured +read):\n%s", diff)
	}
	if code, stdout, stderr := withValues(t, values, "lists", "-c", path); code != exitOK || strings.Count(stdout, "\n") != len(everyList())+1 {
		t.Errorf("lists: %d:\n%s%s", code, stdout, stderr)
	}
}

// rewritten leaves the database to DATABASE_URL.
func rewritten(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Replace(text, "database: { embedded: data }\n", "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestProposedNotificationsAreSettings takes the marks of comments away.
func TestProposedNotificationsAreSettings(t *testing.T) {
	path, text := initialized(t)
	at := strings.Index(text, "# notifications:\n")
	if at < 0 {
		t.Fatalf("none are proposed:\n%s", text)
	}
	proposed := regexp.MustCompile(`(?m)^# `).ReplaceAllString(text[at:], "")
	loaded, err := config.Parse(path, []byte(text[:at]+proposed), configProviders(), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if n := loaded.Notifications; len(n.Webhooks) != 1 || len(n.Rules) != 2 || n.PageURL == "" || n.Rules[1].Digest.IsZero() {
		t.Errorf("got %+v", n)
	}
	plain, err := config.Load(path, configProviders(), func(string) (string, bool) { return "", false })
	if err != nil || len(plain.Notifications.Webhooks) != 0 {
		t.Errorf("without a word somebody is notified: %+v, %v", plain.Notifications, err)
	}
}
