package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/pgtemp"
)

// ownBooks are the views that say how the database was written, which is the
// lost database's own: its runs, holds, and what was put right.
var ownBooks = []string{"runs", "holds", "restatements", "report_settings"}

// bookkeeping are the columns of the other views that do so.
var bookkeeping = []string{
	"recorded_at", "snapshot_recorded_at", "recorded_by", "superseded_at", "superseded_by", "valid_to_known_at", "run_id", "list_id", "product_id",
	"origin", "last_run_at", "last_outcome", "decided_at",
}

// knownRows is every row that stands of every view of schema bi, apart from how it was
// written: what was superseded is the lost database's own.
func knownRows(t *testing.T, database string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, view := range rowsOf(t, database, "SELECT viewname::text FROM pg_views WHERE schemaname = 'bi' ORDER BY 1") {
		if !slices.Contains(ownBooks, view) {
			all[view] = rowsOf(t, database, fmt.Sprintf("SELECT (to_jsonb(v) - '{%s}'::text[])::text FROM bi.%s v WHERE to_jsonb(v) ->> 'superseded_at' IS NULL ORDER BY 1", strings.Join(bookkeeping, ","), view))
		}
	}
	return all
}

// dropped loses a database: nothing of it is left.
func dropped(t *testing.T, database string) {
	t.Helper()
	at, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(at.Path, "/")
	at.Path = "/postgres"
	conn, err := pgx.Connect(t.Context(), at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range []string{"DROP DATABASE " + name + " WITH (FORCE)", "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRestoreDrillFromTheMirror drops the database and does what
// docs/operating.md says: migrate, and backfill of every list. All that
// analysts see is there again.
func TestRestoreDrillFromTheMirror(t *testing.T) {
	t.Parallel()
	database, path := filled(t)
	accepted(t, database, path)
	if text, err := syncerSays(t, database, "sync", "-c", path); err != nil { // brings the mirror up to date
		t.Fatalf("sync: %v\n%s", err, text)
	}
	want := knownRows(t, database)
	dropped(t, database)
	steps := [][]string{{"migrate"}}
	for _, list := range everyList() {
		steps = append(steps, []string{"backfill", "--accept", list, filepath.Join(filepath.Dir(path), "mirror", filepath.FromSlash(list))})
	}
	for _, args := range append(steps, []string{"verify"}) {
		if text, err := syncerSays(t, database, append(args, "-c", path)...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, text)
		}
	}
	if diff := cmp.Diff(want, knownRows(t, database)); diff != "" {
		t.Errorf("schema bi (-before +after):\n%.9000s", diff)
	}
	for _, view := range []string{"price_history", "price_changes", "product_status_changes", "products_current", "contract_history", "provenance"} {
		if len(want[view]) == 0 {
			t.Errorf("bi.%s is empty: nothing is compared", view)
		}
	}
}

// accepted makes what waits for a decision history: until then it is not in the
// mirror, and the next run holds the same again.
func accepted(t *testing.T, database, path string) {
	t.Helper()
	for _, list := range everyList() {
		if held := scan[int](t, database, "SELECT count(*) FROM bi.holds WHERE state = 'held' AND source || '/' || list = $1", list); held > 0 {
			if text, err := syncerSays(t, database, "accept", list, "--reason", "drill", "-c", path); err != nil {
				t.Fatalf("accept %s: %v\n%s", list, err, text)
			}
		}
	}
}

// TestRestoreFromADump dumps and restores by Postgres' own programs onto another
// server, which knows none of the roles, as docs/operating.md says, and wants every
// row, proven.
func TestRestoreFromADump(t *testing.T) {
	t.Parallel()
	database, path := filled(t)
	accepted(t, database, path)
	bin, err := pgtemp.FindServer(t.Context(), os.Getenv("SYNCER_PG_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := pgtemp.Start(t.Context(), pgtemp.Options{BinDir: bin})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Stop() })
	dump, fresh := filepath.Join(t.TempDir(), "syncer.dump"), other.URL()
	for _, args := range [][]string{
		{"pg_dump", "--format=custom", "--file=" + dump, database},
		{"pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--dbname=" + fresh, dump},
	} {
		if out, err := exec.Command(filepath.Join(bin, args[0]), args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, out)
		}
	}
	if text, err := syncerSays(t, fresh, "roles", "--apply", "-c", path); err != nil {
		t.Errorf("roles: %v\n%s", err, text)
	}
	if err := attempt(t, fresh, "SET ROLE syncer_reader; SELECT FROM bi.prices_current"); err != nil {
		t.Errorf("an analyst: %v", err)
	}
	if diff := cmp.Diff(historyRows(t, database), historyRows(t, fresh)); diff != "" {
		t.Errorf("history (-dumped +restored):\n%.4000s", diff)
	}
	if diff := cmp.Diff(knownRows(t, database), knownRows(t, fresh)); diff != "" {
		t.Errorf("schema bi (-dumped +restored):\n%.4000s", diff)
	}
	if text, err := syncerSays(t, fresh, "verify", "-c", path); err != nil || strings.Count(text, "proven since") != len(everyList()) {
		t.Errorf("verify: %v\n%s", err, text)
	}
	if text, err := syncerSays(t, fresh, "sync", "-c", path); err != nil {
		t.Errorf("a run after it: %v\n%s", err, text)
	}
}
