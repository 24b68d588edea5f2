package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// TestWriterCanDoAllThatTheDaemonDoes runs every command that writes as the
// writer, on a world that changes, and wants each to be well.
func TestWriterCanDoAllThatTheDaemonDoes(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	_, as := rolesOf(t, database)
	writer := as("writer")
	at := &atomic.Int64{}
	path, archived := everySource(t, func() time.Time { return simulate.WorldStart().AddDate(0, 0, int(at.Load())) }), t.TempDir()
	h := newHook(t)
	h.notifying(t, path, "")
	well := func(want int, args ...string) {
		t.Helper()
		args = append(args, "-c", path)
		if code, stdout, stderr := command(t, writer, args...); code != want {
			t.Fatalf("%s: exit %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
		}
	}
	for _, day := range []int64{0, 28, 63} {
		at.Store(day)
		code, stdout, stderr := command(t, writer, "sync", "-c", path)
		if code != exitOK && code != exitHeld {
			t.Fatalf("sync on day %d: exit %d\n%s%s", day, code, stdout, stderr)
		}
	}
	must(t, database, "UPDATE notifications SET due_at = now() WHERE state = 'collecting'")
	must(t, database, "UPDATE notifications SET ended_at = now() - interval '31 days' WHERE state = 'delivered'")
	well(exitOK, "sync", "iwinv/zones")
	if got := h.got(); len(got) == 0 || got[len(got)-1].Type != "digest" || scan[int](t, database, "SELECT count(*) FROM notifications WHERE state = 'delivered'") != 1 {
		t.Errorf("the writer sent %+v", got)
	}
	well(exitOK, "notify", "retry")
	well(exitOK, "notify", "list")
	well(exitOK, "archive", "iwinv/flavors", archived)
	loadPast(t, archived)
	well(exitOK, "backfill", "iwinv/flavors", archived, "--accept")
	for _, decide := range []string{"accept", "reject"} {
		hold(t, database)
		well(exitOK, decide, "iwinv/zones", "--reason", "a test")
	}
	must(t, database, "UPDATE price_history SET list_unit_price = list_unit_price + 1 WHERE superseded_by IS NULL")
	must(t, database, "UPDATE product_versions SET name = 'wrong' WHERE valid_to IS NULL AND superseded_by IS NULL")
	well(exitOK, "rebuild", "iwinv/flavors", "--apply", "--reason", "a test")
	if wrong := scan[int](t, database, `SELECT count(*) FROM product_versions JOIN lists ON lists.id = list_id
		WHERE source = 'iwinv' AND list = 'flavors' AND name = 'wrong' AND superseded_by IS NULL`); wrong > 0 {
		t.Errorf("%d wrong versions stand after the rebuild", wrong)
	}
	moment := scan[string](t, database, `SELECT to_char(max(taken_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM bi.snapshots
		WHERE source = 'iwinv' AND list = 'flavors' AND status = 'committed'`)
	for _, key := range []string{"", "--key=" + scan[string](t, database, "SELECT min(product_key) FROM bi.products_current WHERE source = 'iwinv' AND list = 'flavors'")} {
		for _, decide := range []string{"retract", "accept"} { // which restores it
			args := []string{decide, "iwinv/flavors", moment, "--reason", "a test"}
			if key != "" {
				args = append(args, key)
			}
			well(exitOK, args...)
		}
	}
	well(exitOK, "verify", "iwinv/flavors")
	for _, look := range []string{"status", "held", "changes"} {
		well(exitOK, look)
	}
	if held := scan[int](t, database, "SELECT count(*) FROM contract_usage"); held == 0 {
		t.Error("no contract was read")
	}
	historyIsRefused(t, writer)
	must(t, writer, "UPDATE drift SET first_seen_at = first_seen_at, first_run = first_run") // as a late snapshot does
}

// loadPast moves an archive's first snapshot to the year before, where a late
// one rewrites what the first live one said.
func loadPast(t *testing.T, dir string) {
	t.Helper()
	moments, err := os.ReadDir(dir)
	if err != nil || len(moments) < 2 {
		t.Fatalf("%d snapshots in the archive, %v", len(moments), err)
	}
	if err := os.Rename(filepath.Join(dir, moments[0].Name()), filepath.Join(dir, "2020-01-01T00:00:00Z")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "2020-01-01T00:00:00Z", "manifest.json")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// hold puts the newest snapshot of a list aside as the guard would.
func hold(t *testing.T, database string) {
	t.Helper()
	must(t, database, `WITH run AS (
			INSERT INTO runs (list_id, kind, started_at, heartbeat_at, ended_at, outcome)
			SELECT id, 'sync', now(), now(), now(), 'held' FROM lists WHERE source = 'iwinv' AND list = 'zones' RETURNING id)
		INSERT INTO snapshots (list_id, taken_at, status, origin, run_id, recorded_at, recorded_by, entries, digest,
			pages_digest, decoder_version, settings, held_for, pages_of)
		SELECT list_id, taken_at + interval '1 second', 'held', origin, (SELECT id FROM run), recorded_at, (SELECT id FROM run), entries, digest,
			pages_digest, decoder_version, settings, 'a test', coalesce(pages_of, taken_at)
		FROM snapshots WHERE list_id = (SELECT id FROM lists WHERE source = 'iwinv' AND list = 'zones')
		ORDER BY taken_at DESC LIMIT 1`)
}

// historyIsRefused tries what no writer needs, table by table.
func historyIsRefused(t *testing.T, writer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), writer)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, _ := conn.Query(t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 15 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	refused := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, table := range tables {
		refused("TRUNCATE " + table + " CASCADE")
		refused("DROP TABLE " + table)
		if !slices.Contains([]string{"pages", "snapshot_pages", "set_aside", "notifications"}, table) { // evidence, what is read of it, and a queue
			refused("DELETE FROM " + table + " WHERE false")
		}
	}
	for _, sql := range []string{
		"UPDATE price_history SET list_unit_price = 0", "UPDATE product_versions SET valid_from = now()", "UPDATE snapshots SET taken_at = now()",
		"UPDATE pages SET body = ''", "CREATE TABLE mine (id int)", "CREATE TEMPORARY TABLE mine (id int)", "ALTER TABLE runs ADD COLUMN mine int",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)",
	} {
		refused(sql)
	}
}

// TestWriterMayGivePagesUp is retention as the writer.
func TestWriterMayGivePagesUp(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	_, as := rolesOf(t, database)
	path := configured(t, endpoint, endpoint.BaseURL)
	more, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := more.WriteString("evidence: { keep: 1h }\n"); err != nil || more.Close() != nil {
		t.Fatal(err)
	}
	page := `{"code":"0x00","error_code":"NO_ERROR","count":0,"result":[]}`
	dir := filepath.Join(t.TempDir(), "archive")
	for day := range 4 {
		moment := filepath.Join(dir, fmt.Sprintf("2026-01-0%dT00:00:00Z", day+1))
		if err := os.MkdirAll(moment, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(moment, "page-0001.json"), []byte(page+strings.Repeat(" ", day)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := command(t, as("writer"), "backfill", "--accept", "-c", path, "iwinv/zones", dir)
	if code != exitOK {
		t.Fatalf("%d\n%s%s", code, stdout, stderr)
	}
	if n := scan[int](t, database, "SELECT count(DISTINCT taken_at) FROM snapshot_pages"); n == 0 || n == 4 {
		t.Errorf("pages of %d of 4 snapshots are left", n)
	}
}

// TestReadersOfRoles wants schema bi and nothing else, and sessions that only
// read and do not go on for ever.
func TestReadersOfRoles(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	prefix, as := rolesOf(t, database)
	must(t, as("owner"), "CREATE VIEW bi.later AS SELECT 1 AS one; CREATE VIEW bi.contract_later AS SELECT 1 AS one")
	for role, contracts := range map[string]bool{"reader": false, "contract_reader": true} {
		reader := as(role)
		if got := scan[string](t, reader, "SELECT current_setting('default_transaction_read_only') || ' ' || current_setting('statement_timeout')"); got != "on 5min" {
			t.Errorf("%s: settings %s", role, got)
		}
		for sql, want := range map[string]bool{
			"SELECT FROM bi.prices_current": true, "SELECT FROM bi.prices_as_of(now())": true, "SELECT FROM bi.contracts_current": contracts,
			"SELECT FROM bi.later": contracts, "SELECT FROM bi.contract_later": contracts,
			"SELECT FROM pages": false, "SELECT FROM price_history": false, "SET default_transaction_read_only = off; DELETE FROM runs": false,
			"SET ROLE " + prefix + "_writer": false, "SET default_transaction_read_only = off; CREATE TEMPORARY TABLE mine (id int)": false,
		} {
			if err := attempt(t, reader, sql); (err == nil) != want {
				t.Errorf("%s: %s: %v", role, sql, err)
			}
		}
		for view, want := range map[string]bool{"prices_current": true, "contracts_current": contracts} {
			code, stdout, stderr := command(t, reader, "export", view)
			if (code == exitOK) != want || view == "prices_current" && !strings.Contains(stdout, "list_unit_price") {
				t.Errorf("%s: export %s: exit %d, %.80q, %s", role, view, code, stdout, stderr)
			}
		}
	}
}

// TestEveryTableHasARuleForTheWriter is red when a migration makes a table that
// `syncer roles` has never heard of.
func TestEveryTableHasARuleForTheWriter(t *testing.T) {
	database := pgtest.URL(t)
	prefix, _ := rolesOf(t, database)
	got := scan[string](t, database, fmt.Sprintf(`SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'goose_lock' AND relname !~ '^goose_db_version_'
		AND NOT CASE relkind WHEN 'r' THEN has_table_privilege('%[1]s_writer', oid, 'SELECT') ELSE has_sequence_privilege('%[1]s_writer', oid, 'USAGE') END`, prefix))
	if got != "" {
		t.Errorf("no rule for %s: add it to store/rights.go", got)
	}
}
