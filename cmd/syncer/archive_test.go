package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
)

// appended adds lines to a configuration.
func appended(t *testing.T, path, lines string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, lines...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestMirrorAndArchiveComeBack reads a list twice with a mirror, and loads the
// mirror and an archive into databases that have nothing.
func TestMirrorAndArchiveComeBack(t *testing.T) {
	t.Parallel()
	endpoint := simulated(t)
	b := &backfilled{database: pgtest.URL(t), config: configured(t, endpoint, endpoint.BaseURL), now: time.Now()}
	appended(t, b.config, "evidence: { mirror: copy, keep: boundaries }\n")
	for range 2 {
		if code, stdout, stderr := b.run("sync", "iwinv/flavors"); code != exitOK || stderr != "" {
			t.Fatalf("sync: got %d:\n%s%s", code, stdout, stderr)
		}
	}
	b.now = time.Now()
	const prices = "SELECT product_key || ' ' || sku_price_id || ' ' || pricing_currency || ' ' || list_unit_price_text || ' ' || valid_from FROM bi.price_history ORDER BY 1"
	want := b.text(t, prices)
	mirror := filepath.Join(filepath.Dir(b.config), "copy", "iwinv", "flavors")
	dir := filepath.Join(t.TempDir(), "archive")
	for range 2 {
		if code, stdout, stderr := b.run("archive", "iwinv/flavors", dir); code != exitOK || !strings.Contains(stdout, "iwinv/flavors: 2 of 2 snapshots stand in "+dir) {
			t.Fatalf("archive: got %d:\n%s%s", code, stdout, stderr)
		}
	}
	for _, from := range []string{mirror, dir} {
		other := *b
		other.database = pgtest.URL(t)
		for _, says := range []string{"2 snapshots: 1 changed, 1 unchanged", "2 snapshots: 0 changed, 2 unchanged"} {
			if code, stdout, stderr := other.run("backfill", "--accept", "iwinv/flavors", from); code != exitOK || !strings.Contains(stdout, says) {
				t.Fatalf("backfill: got %d:\n%s%s", code, stdout, stderr)
			}
		}
		if got := other.text(t, prices); got != want || want == "" {
			t.Errorf("from %s: got\n%s\nwant\n%s", from, got, want)
		}
	}
	before := b.tally(t)
	if code, stdout, stderr := b.run("backfill", "iwinv/flavors", dir); code != exitOK || !strings.Contains(stdout, "0 changed, 2 unchanged") {
		t.Errorf("into the database it comes from: got %d:\n%s%s", code, stdout, stderr)
	}
	if after := b.tally(t); after != before {
		t.Errorf("that wrote rows:\n%s\nbefore:\n%s", after, before)
	}
	if code, stdout, _ := b.run("archive", "--json", "iwinv/flavors", dir); code != exitOK || strings.Count(stdout, "\n") != 2 || !strings.Contains(stdout, `"done":2,"total":2}`) {
		t.Errorf("--json: got %d:\n%s", code, stdout)
	}
	if code, _, stderr := b.run("archive", "iwinv/zones", dir); code != exitFailed || !strings.Contains(stderr, "iwinv/zones: list: not found") {
		t.Errorf("a list that was never read: got %d:\n%s", code, stderr)
	}
}

// TestMirrorThatFailsIsShown wants a sync that is well and says that its
// evidence was not copied.
func TestMirrorThatFailsIsShown(t *testing.T) {
	endpoint := simulated(t)
	b := &backfilled{database: pgtest.URL(t), config: configured(t, endpoint, endpoint.BaseURL), now: time.Now()}
	appended(t, b.config, "evidence: { mirror: syncer.yaml }\n")
	code, stdout, stderr := b.run("sync", "iwinv/zones")
	if code != exitOK || !strings.Contains(stdout, "not mirrored: ") || !strings.Contains(stderr, "the mirror is behind") {
		t.Errorf("got %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, _ := b.run("sync", "--json", "iwinv/zones"); code != exitOK || !strings.Contains(stdout, `"mirror_error": "`) {
		t.Errorf("--json: got %d:\n%s", code, stdout)
	}
}

// TestEntriesOfARealListMeetItsHistory loads old prices in the generic form
// into a list that a provider publishes, and wants them to be of the same
// products; at the moment of a live snapshot other content is refused.
func TestEntriesOfARealListMeetItsHistory(t *testing.T) {
	t.Parallel()
	endpoint := simulated(t)
	b := &backfilled{database: pgtest.URL(t), config: configured(t, endpoint, endpoint.BaseURL), now: time.Now()}
	if code, stdout, stderr := b.run("sync", "iwinv/flavors"); code != exitOK {
		t.Fatalf("sync: got %d:\n%s%s", code, stdout, stderr)
	}
	b.now = time.Now()
	row := strings.Split(b.text(t, `SELECT product_key || '|' || price_variant || '|' || pricing_unit || '|' || pricing_currency
		FROM bi.prices_current WHERE sku_price_id = product_key || '/' || price_variant ORDER BY 1 LIMIT 1`), "|")
	amount := b.text(t, `SELECT (list_unit_price_text::numeric + 0.5)::text FROM bi.prices_current
		WHERE product_key = $1 AND price_variant = $2 AND pricing_unit = $3 AND pricing_currency = $4`, row[0], row[1], row[2], row[3])
	basis := b.text(t, "SELECT DISTINCT tax_basis FROM bi.prices_current")
	old := fmt.Sprintf(`{"key":%q,"name":"old","prices":[{"variant":%q,"unit":%q,"currency":%q,"amount":%q,"tax_basis":%q}]}`, row[0], row[1], row[2], row[3], amount, basis)
	live := b.text(t, `SELECT to_char(taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM snapshots`)
	dir := t.TempDir()
	for _, name := range []string{"2020-01-01T00:00:00Z", live} {
		if err := os.WriteFile(filepath.Join(dir, name+".jsonl"), []byte(old), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := b.run("backfill", "--accept", "iwinv/flavors", dir)
	if code != exitFailed || !strings.Contains(stdout, "1 changed, 0 unchanged, 0 held, 1 failed") ||
		!strings.Contains(stderr, "snapshot "+live+".jsonl: iwinv/flavors: a snapshot of this moment exists with other content") {
		t.Errorf("got %d:\n%s%s", code, stdout, stderr)
	}
	if n := b.text(t, "SELECT count(*)::text FROM products WHERE key = '"+row[0]+"'"); n != "1" {
		t.Errorf("%s products have the key", n)
	}
	changed := b.text(t, `SELECT from_list_unit_price_text || ' ' || change_kind FROM bi.price_changes
		WHERE product_key = $1 AND price_variant = $2 AND pricing_currency = $3 AND from_list_unit_price_text = $4`, row[0], row[1], row[3], amount)
	if !strings.HasPrefix(changed, amount+" ") {
		t.Errorf("the price that changed is %q", changed)
	}
	if code, stdout, stderr := b.run("verify", "iwinv/flavors"); code != exitOK {
		t.Errorf("verify: got %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := b.run("rebuild", "iwinv/flavors"); code != exitOK {
		t.Errorf("rebuild: got %d:\n%s%s", code, stdout, stderr)
	}
}

// TestListsThatNobodyPublishes wants them to be left out of a sync of all, and
// to say why when they are asked for.
func TestListsThatNobodyPublishes(t *testing.T) {
	b := newBackfilled(t)
	if code, stdout, stderr := b.run("sync"); code != exitOK || strings.Contains(stdout, "old/") {
		t.Errorf("all: got %d:\n%s%s", code, stdout, stderr)
	}
	code, _, stderr := b.run("sync", "old/l1")
	if code != exitFailed || !strings.Contains(stderr, "old/l1: fetch page 1: the list is only filled by backfill") {
		t.Errorf("by name: got %d:\n%s", code, stderr)
	}
	list := b.list()
	if code, stdout, stderr := b.run("backfill", list, laid(t, map[string]string{})); code != exitOK {
		t.Fatalf("backfill: got %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := b.run("verify", list); code != exitOK || !strings.Contains(stdout, "proven") {
		t.Errorf("verify: got %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := b.run("lists"); code != exitOK || !strings.Contains(stdout, "old/l1 ") {
		t.Errorf("lists: got %d:\n%s%s", code, stdout, stderr)
	}
}
