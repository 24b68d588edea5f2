package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"syncer/cmd/syncer/doctor"
	"syncer/pgtemp/pgtest"
)

// volatile writes an archive in which an attribute changes at every look and nothing
// else does.
func volatile(t *testing.T, moments, entries int) string {
	t.Helper()
	dir := t.TempDir()
	for n := range moments {
		var text strings.Builder
		for i := range entries {
			fmt.Fprintf(&text, `{"key":"k%d","attributes":{"fetched_at":"look %d","meta":{"read":[{"at":%d,"by":"x"}]}},"prices":[{"unit":"h","currency":"KRW","amount":100}]}`+"\n", i, n, n)
		}
		name := fmt.Sprintf("2026-01-%02dT%02d:00:00Z.jsonl", 5+n/20, n%20)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ignoring makes the configuration say what of a list is not tracked.
func (b *backfilled) ignoring(t *testing.T, list, setting string) {
	t.Helper()
	text, err := os.ReadFile(b.config)
	if err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(list, "/")
	var lines []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), name+":") {
			line = "      " + name + ": " + setting
		}
		lines = append(lines, line)
	}
	if err := os.WriteFile(b.config, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAVolatileAttributeIsLeftOut: it makes a version of every entry at every look,
// unless the configuration leaves it out. Pages keep it, so that either setting can be
// made the other, by a rebuild.
func TestAVolatileAttributeIsLeftOut(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	list, dir := b.list(), volatile(t, 100, 50)
	must := func(want string, args ...string) {
		t.Helper()
		code, stdout, stderr := b.run(args...)
		if code != exitOK || !strings.Contains(stdout+stderr, want) {
			t.Fatalf("%v: exit %d\n%s%s\nwant %q", args, code, stdout, stderr, want)
		}
	}
	versions := func(want string) {
		t.Helper()
		if got := b.text(t, "SELECT count(*)::text FROM product_versions JOIN lists ON lists.id = list_id WHERE source || '/' || list = $1 AND superseded_by IS NULL", list); got != want {
			t.Errorf("%s versions, want %s", got, want)
		}
	}
	const ignored = "{ ignore: [meta.read.at, fetched_at] }"
	b.ignoring(t, list, ignored)
	if _, stdout, _ := b.run("check"); !strings.Contains(stdout, list+": attributes that are not tracked: fetched_at, meta.read.at") {
		t.Errorf("check does not name what is ignored:\n%.200s", stdout)
	}
	must("100 snapshots: 1 changed, 99 unchanged", "backfill", list, dir)
	versions("50")
	if got := b.text(t, "SELECT DISTINCT attributes::text FROM bi.products_current WHERE source || '/' || list = $1", list); got != `{"meta": {"read": [{"by": "x"}]}}` {
		t.Errorf("attributes %s", got)
	}
	must("proven", "verify", list)

	b.ignoring(t, list, "{}")
	must(`read by decoder 1 without ["fetched_at","meta.read.at"], rebuild pending`, "verify", list)
	must("", "rebuild", list, "--apply", "--reason", "all of it is asked for")
	versions("5000")
	must("proven", "verify", list)
	if got := b.text(t, "SELECT count(DISTINCT attributes::jsonb ->> 'fetched_at')::text FROM bi.product_versions WHERE source || '/' || list = $1", list); got != "100" {
		t.Errorf("%s values came back from the pages, want 100", got)
	}

	b.ignoring(t, list, ignored)
	must("101 snapshots: ", "backfill", list, volatile(t, 101, 50)) // whose new one has history read again first
	versions("50")
	must("proven", "verify", list)
}

// TestWhatCannotBeIgnoredIsRefused by name.
func TestWhatCannotBeIgnoredIsRefused(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		`{ ignore: [""] }`:       `sources.old.lists.l1.ignore: want the name of an attribute such as fetched_at or meta.read_at, got ""`,
		`{ ignore: ["a..b"] }`:   `got "a..b"`,
		`{ ignore: [" a"] }`:     `got " a"`,
		`{ ignore: ["a. .b"] }`:  `got "a. .b"`,
		`{ ignore: [a, "."] }`:   `got "."`,
		`{ ignore: fetched_at }`: `ignore`,
	} {
		b := newBackfilled(t)
		b.ignoring(t, b.list(), setting)
		if code, stdout, stderr := b.run("check"); code == exitOK || !strings.Contains(stdout+stderr, want) {
			t.Errorf("%s: exit %d\n%s%s\nwant %s", setting, code, stdout, stderr, want)
		}
	}
}

// TestWhatIsIgnoredLaterIsReadAnew by the next live run: the provider's list is as it
// was, and history shows it without what is left out, for the time before as well.
func TestWhatIsIgnoredLaterIsReadAnew(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	sync := func(want string) {
		t.Helper()
		if code, stdout, stderr := command(t, database, "sync", "-c", path, "iwinv/flavors"); code != exitOK || !strings.Contains(stdout, want) {
			t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
		}
	}
	having := func(attribute string) int {
		t.Helper()
		return scan[int](t, database, "SELECT count(*)::int FROM bi.product_versions WHERE superseded_at IS NULL AND attributes::jsonb ? '"+attribute+"'")
	}
	sync("changed")
	if having("network") == 0 || having("zone") == 0 {
		t.Fatal("there is nothing to ignore")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ignoring := strings.Replace(string(text), "flavors: }", "flavors: { ignore: [network, netwx] } }", 1)
	if err := os.WriteFile(path, []byte(ignoring), 0o600); err != nil {
		t.Fatal(err)
	}
	_, all := checked(t, database, path)
	want(t, all, doctor.OK, "ignored", "iwinv/flavors", "network, netwx")
	want(t, all, doctor.Warn, "ignored", "iwinv/flavors", "no entry of the first page has the attribute netwx")
	for _, line := range all {
		if strings.HasSuffix(line.Text, "attribute network") {
			t.Errorf("%+v", line)
		}
	}
	sync("unchanged")
	if n := having("network"); n != 0 || having("zone") == 0 {
		t.Errorf("%d versions have it still", n)
	}
	if why := scan[string](t, database, "SELECT string_agg(reason, '; ') FROM bi.restatements"); !strings.HasSuffix(why, ` without ["network","netwx"]`) {
		t.Errorf("restated for %s", why)
	}
	if code, stdout, stderr := command(t, database, "verify", "-c", path, "iwinv/flavors"); code != exitOK || !strings.Contains(stdout, "proven") {
		t.Errorf("verify: exit %d\n%s%s", code, stdout, stderr)
	}
}
