package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// must runs a command that has to end well and to say something.
func (b *backfilled) must(t *testing.T, want string, args ...string) {
	t.Helper()
	code, stdout, stderr := b.run(args...)
	if code != exitOK || !strings.Contains(stdout+stderr, want) {
		t.Fatalf("%v: exit %d\n%s%s\nwant %q", args, code, stdout, stderr, want)
	}
}

// decidedFacts are what history comes to, and who decided what of it.
func (b *backfilled) decidedFacts(t *testing.T, list string) string {
	t.Helper()
	return strings.Join([]string{
		b.text(t, `SELECT concat_ws(' ', product_key, list_unit_price_text, valid_from, valid_to) FROM bi.price_history WHERE source || '/' || list = $1 ORDER BY 1`, list),
		b.text(t, `SELECT concat_ws(' ', product_key, reason, status, doubted_from, doubted_to, confirmed_at, confirmed_by, decided_by, decided_reason) FROM bi.doubts WHERE source || '/' || list = $1 ORDER BY 1`, list),
		b.text(t, `SELECT concat_ws(' ', taken_at, product_key, retracted_by, reason) FROM bi.retractions WHERE source || '/' || list = $1 AND is_current ORDER BY 1`, list),
	}, "\n--\n")
}

// TestAnArchiveCarriesWhatPersonsDecided: loaded into another database it gives the
// same history, by the same names and reasons; again it changes nothing, not even what
// somebody has taken back there since.
func TestAnArchiveCarriesWhatPersonsDecided(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	list, dir := b.list(), t.TempDir()
	for day, line := range map[int]string{
		5: entry("a", "100") + entry("b", "10"), 6: entry("a", "5000") + entry("b", "10"), 7: entry("a", "5000") + entry("b", "10"),
		8: entry("a", "100") + entry("b", "11"), 9: entry("a", "100") + entry("b", "900"), 10: entry("a", "100") + entry("b", "12"),
	} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("2026-01-%02dT00:00:00Z.jsonl", day)), []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.must(t, "6 snapshots", "backfill", "--accept", list, dir)
	b.must(t, "", "accept", list, "2026-01-07T00:00:00Z", "--key", "a", "--reason", "a new price list")
	b.must(t, "", "retract", list, "2026-01-08T00:00:00Z", "--reason", "a test page")
	b.must(t, "", "retract", list, "2026-01-09T00:00:00Z", "--key", "b", "--reason", "three digits too many")
	b.must(t, "", "retract", list, "2026-01-05T00:00:00Z", "--key", "b", "--reason", "by mistake")
	b.must(t, "", "accept", list, "2026-01-05T00:00:00Z", "--key", "b", "--reason", "it was right")
	want := b.decidedFacts(t, list)
	for _, part := range []string{"a 5000 2026-01-06", "confirmed", "a new price list", "a test page", "three digits too many"} {
		if !strings.Contains(want, part) {
			t.Fatalf("no %q in\n%s", part, want)
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	b.must(t, "6 of 6 snapshots", "archive", list, out)
	tarred := filepath.Join(t.TempDir(), "out.tar")
	if text, err := exec.Command("tar", "-C", filepath.Dir(out), "-cf", tarred, "out").CombinedOutput(); err != nil {
		t.Fatal(err, string(text))
	}
	for _, from := range []string{out, tarred} {
		other := newBackfilled(t)
		if to := other.list(); to != list {
			t.Fatalf("list %s, want %s", to, list)
		}
		other.must(t, list+": 3 decisions of persons made again", "backfill", "--accept", list, from)
		if got := other.decidedFacts(t, list); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", filepath.Base(from), got, want)
		}
		other.must(t, "proven", "verify", list)
		other.must(t, "", "accept", list, "2026-01-08T00:00:00Z", "--reason", "it was none")
		before := other.decidedFacts(t, list)
		other.must(t, "6 unchanged", "backfill", "--accept", list, from)
		if got := other.decidedFacts(t, list); got != before {
			t.Errorf("loaded again:\n%s\nwas\n%s", got, before)
		}
	}

	name := filepath.Join(out, "decisions.json")
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, []byte(strings.Replace(string(text), "2026-01-08T", "2026-01-07T", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := newBackfilled(t).run("backfill", "--accept", list, out); code != exitFailed || !strings.Contains(stderr, "decisions.json: its sha256 is another one") {
		t.Errorf("changed by hand: exit %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := b.run("backfill", b.list(), tarred); code != exitFailed || !strings.Contains(stderr, "what was decided is of "+list) {
		t.Errorf("of another list: exit %d\n%s%s", code, stdout, stderr)
	}
}
