package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAnyOrderIsOneHistory loads the same moments in two archives, one after
// and between the other, and wants what one load in time order gives.
func TestAnyOrderIsOneHistory(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	amounts := map[string]string{
		"2026-01-03T00:00:00Z.jsonl": "1", "2026-01-04T09:00:00+09:00/entries.jsonl": "2", "2026-01-05T000000Z.jsonl": "2",
		"2026-01-06T00-00-00Z/page-0001.jsonl": "1", "2026-01-07T00:00:00Z.jsonl": "3",
	}
	all, some := map[string]string{}, map[string]string{}
	for name, amount := range amounts {
		all[name] = entry("a", amount)
		if strings.Contains(name, "04T") || strings.Contains(name, "07T") {
			some[name] = all[name]
		}
	}
	inOrder, twice := b.list(), b.list()
	for list, archives := range map[string][]string{inOrder: {laid(t, all)}, twice: {laid(t, some), laid(t, all), laid(t, some)}} {
		for _, dir := range archives {
			if code, stdout, stderr := b.run("backfill", "--accept", list, dir); code != exitOK {
				t.Fatalf("%s: got %d:\n%s%s", list, code, stdout, stderr)
			}
		}
	}
	const history = `SELECT list_unit_price_text || ' ' || to_char(valid_from AT TIME ZONE 'UTC', 'DD"T"HH24') || ' ' ||
		coalesce(to_char(valid_to AT TIME ZONE 'UTC', 'DD"T"HH24'), '') FROM bi.price_history WHERE source || '/' || list = $1 ORDER BY valid_from`
	want := "1 03T00 04T00\n2 04T00 06T00\n1 06T00 07T00\n3 07T00 20T00\n20 20T00 "
	for _, list := range []string{inOrder, twice} {
		if got := b.text(t, history, list); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", list, got, want)
		}
	}
}

func TestHeldSnapshotsExitWithThreeAndAreAcceptedLater(t *testing.T) {
	b := newBackfilled(t)
	many, few := "", ""
	for i := range 20 {
		many += entry(fmt.Sprintf("k%02d", i), "1")
	}
	few = entry("k00", "1")
	dir := t.TempDir()
	for name, text := range map[string]string{"2026-01-05T00:00:00Z": many, "2026-01-06T00:00:00Z": few, "2026-01-07T00:00:00Z": many} {
		if err := os.WriteFile(filepath.Join(dir, name+".jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := b.list()
	for _, round := range []string{"1 changed, 1 unchanged, 1 held, 0 failed", "0 changed, 2 unchanged, 1 held, 0 failed"} {
		code, stdout, stderr := b.run("backfill", list, dir)
		if code != exitHeld || !strings.Contains(stdout, "held 2026-01-06T00:00:00Z.jsonl: 19 of 20 entries would be removed") || !strings.Contains(stdout, round) {
			t.Fatalf("got %d:\n%s%s\nwant 3 and %s", code, stdout, stderr, round)
		}
	}
	if got := b.moments(t, list); got != "05T00\n07T00" {
		t.Errorf("history holds %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "2026-01-08T00:00:00Z.jsonl"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := b.run("backfill", list, dir); code != exitFailed {
		t.Errorf("refused beside held: got %d, want 1, which beats 3", code)
	}
	if err := os.Remove(filepath.Join(dir, "2026-01-08T00:00:00Z.jsonl")); err != nil {
		t.Fatal(err)
	}
	for _, round := range []string{"1 changed, 2 unchanged, 0 held, 0 failed", "0 changed, 3 unchanged, 0 held, 0 failed"} {
		code, stdout, stderr := b.run("backfill", "--accept", list, dir)
		if code != exitOK || !strings.Contains(stdout, round) {
			t.Fatalf("--accept: got %d:\n%s%s\nwant 0 and %s", code, stdout, stderr, round)
		}
	}
	if got := b.moments(t, list); got != "05T00\n06T00\n07T00" {
		t.Errorf("history holds %q", got)
	}
	if got := b.text(t, "SELECT decided_by || ': ' || decided_reason FROM snapshots WHERE decided_by IS NOT NULL"); got != "kim: backfill --accept" {
		t.Errorf("decided %q", got)
	}
}

// TestRejectedSnapshotThatComesAgainIsNamed wants a load to say that a snapshot is
// no part of history, for a person rejected it, also with --accept, which takes no
// decision back.
func TestRejectedSnapshotThatComesAgainIsNamed(t *testing.T) {
	b := newBackfilled(t)
	many := ""
	for i := range 20 {
		many += entry(fmt.Sprintf("k%02d", i), "1")
	}
	list, dir := b.list(), t.TempDir()
	for name, text := range map[string]string{"2026-01-05T00:00:00Z": many, "2026-01-06T00:00:00Z": entry("k00", "1")} {
		if err := os.WriteFile(filepath.Join(dir, name+".jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, stdout, stderr := b.run("backfill", list, dir); code != exitHeld {
		t.Fatalf("got %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := b.run("reject", list, "2026-01-06T00:00:00Z", "--reason", "half a list"); code != exitOK {
		t.Fatalf("reject: got %d:\n%s%s", code, stdout, stderr)
	}
	for _, args := range [][]string{{"backfill", list, dir}, {"backfill", "--accept", list, dir}} {
		code, stdout, stderr := b.run(args...)
		if code != exitHeld || !strings.Contains(stdout, "rejected 2026-01-06T00:00:00Z.jsonl: 19 of 20 entries") || !strings.Contains(stdout, "0 held, 1 rejected before, 0 failed") {
			t.Errorf("%v: got %d:\n%s%s", args, code, stdout, stderr)
		}
	}
	if code, stdout, stderr := b.run("accept", list, "2026-01-06T00:00:00Z", "--reason", "it was whole"); code != exitOK {
		t.Fatalf("accept: got %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, _ := b.run("backfill", list, dir); code != exitOK || !strings.Contains(stdout, "2 unchanged, 0 held, 0 failed") {
		t.Errorf("after the second decision: got %d:\n%s", code, stdout)
	}
}

func TestJSONIsOneObjectASnapshot(t *testing.T) {
	b := newBackfilled(t)
	list, dir := b.list(), laid(t, map[string]string{"2026-01-05T00:00:00Z.jsonl": entry("a", "1"), "2026-01-06T00:00:00Z.jsonl": "{"})
	code, stdout, stderr := b.run("backfill", "--json", list, dir)
	if code != exitFailed || strings.Count(stderr, "\n") != 1 {
		t.Errorf("got %d:\n%s", code, stderr)
	}
	var outcomes []string
	for i, text := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var line backfillLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if line.Done != i+1 || line.Total != 3 || line.List != list || line.TakenAt.IsZero() {
			t.Errorf("line %d: %s", i, text)
		}
		outcomes = append(outcomes, line.Outcome)
	}
	if got := strings.Join(outcomes, " "); got != "changed failed changed" {
		t.Errorf("outcomes %q", got)
	}
}

// TestLoadKilledAndStartedAgain kills a load with SIGKILL while it writes, and
// wants the next one to end in the history that an undisturbed one gives.
func TestLoadKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	dir := t.TempDir()
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 400 {
		text := entry("a", fmt.Sprint(i/3+1)) + entry("b", fmt.Sprint(i/7+1))
		if err := os.WriteFile(filepath.Join(dir, start.Add(time.Duration(i)*time.Hour).Format(time.RFC3339)+".jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	killed, whole := b.list(), b.list()
	committed := func() string {
		return b.text(t, "SELECT count(*)::text FROM snapshots JOIN lists ON lists.id = list_id WHERE source || '/' || list = $1", killed)
	}
	kills := 0
	for kills < 3 {
		before := committed()
		work := exec.CommandContext(t.Context(), testBinary(t), "-c", b.config, "backfill", "--accept", killed, dir)
		work.Args[0] = "syncer" // the test binary is every command of its name
		work.Env = []string{"DATABASE_URL=" + b.database}
		if err := work.Start(); err != nil {
			t.Fatal(err)
		}
		for committed() == before {
			time.Sleep(5 * time.Millisecond)
		}
		if err := work.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := work.Wait(); err == nil || work.ProcessState.Exited() {
			t.Fatalf("the load ended by itself: %v", work.ProcessState)
		}
		kills++
	}
	if n := committed(); n == "400" {
		t.Fatal("no kill fell into the load")
	}
	for _, list := range []string{killed, whole} {
		if code, stdout, stderr := b.run("backfill", "--accept", list, dir); code != exitOK {
			t.Fatalf("%s: got %d:\n%s%s", list, code, stdout, stderr)
		}
	}
	const history = `SELECT product_key || ' ' || list_unit_price_text || ' ' || valid_from || ' ' || coalesce(valid_to::text, '')
		FROM bi.price_history WHERE source || '/' || list = $1 ORDER BY product_key, valid_from`
	if got, want := b.text(t, history, killed), b.text(t, history, whole); got != want || strings.Count(want, "\n") < 150 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func testBinary(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLoadStopsWhenTheDatabaseIsAway wants a few refusals and a word about the
// rest, not thirty thousand refusals.
func TestLoadStopsWhenTheDatabaseIsAway(t *testing.T) {
	b := newBackfilled(t)
	list, dir := b.list(), t.TempDir()
	for day := range 9 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("2026-01-%02dT00:00:00Z.jsonl", day+1)), []byte(entry("a", "1")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.text(t, "ALTER TABLE snapshots RENAME TO away")
	code, _, stderr := b.run("backfill", list, dir)
	if code != exitFailed || strings.Count(stderr, "syncer: snapshot ") != mostFailures || !strings.Contains(stderr, "stopped with 6 snapshots to go") {
		t.Errorf("got %d:\n%s", code, stderr)
	}
	b.text(t, "ALTER TABLE away RENAME TO snapshots")
	if code, stdout, _ := b.run("backfill", list, dir); code != exitOK || !strings.Contains(stdout, "9 snapshots: 1 changed, 8 unchanged") {
		t.Errorf("afterwards: got %d:\n%s", code, stdout)
	}
}
