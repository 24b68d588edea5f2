package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
	"syncer/simulate"
	"syncer/store/schema"
)

// stepsBack is how many steps older a database is that is upgraded.
const stepsBack = 2

// filled is a database in which every list of every provider has history of
// two months, and a mirror of it.
func filled(t *testing.T) (database, path string) {
	t.Helper()
	database = pgtest.URL(t)
	at := &atomic.Int64{}
	path = everySource(t, func() time.Time { return simulate.WorldStart().AddDate(0, 0, int(at.Load())) })
	rarely := strings.ReplaceAll(read(t, path), "@daily", "0 0 29 2 *") // no daemon of a test comes upon a due time
	if err := os.WriteFile(path, []byte(rarely+"evidence: { mirror: mirror }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, day := range []int64{0, 28, 35, 63} {
		at.Store(day)
		if code, stdout, stderr := command(t, database, "sync", "-c", path); code != exitOK && code != exitHeld {
			t.Fatalf("sync on day %d: exit %d\n%s%s", day, code, stdout, stderr)
		}
	}
	return database, path
}

// rolledDown takes a database back to the schema that it had earlier, and returns
// its newest step.
func rolledDown(t *testing.T, database string) (step int64) {
	t.Helper()
	for range stepsBack {
		if _, err := schema.Down(t.Context(), database); err != nil {
			t.Fatal(err)
		}
	}
	step, _, err := schema.Versions(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	return step
}

// rowsOf is every row of what a query lists, as sorted texts.
func rowsOf(t *testing.T, database, query string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, _ := conn.Query(t.Context(), "SET timezone = 'UTC'")
	rows.Close()
	rows, _ = conn.Query(t.Context(), query)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// historyRows is history as its tables hold it. A null is left out: a column
// that an upgrade adds is null in the rows that were there.
func historyRows(t *testing.T, database string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range []string{
		"product_versions", "price_history", "absences", "product_status_changes", "contract_versions", "snapshots", "products", "prices", "runs",
	} {
		all[table] = rowsOf(t, database, "SELECT jsonb_strip_nulls(to_jsonb(t))::text FROM "+table+" t ORDER BY 1")
		if len(all[table]) == 0 {
			t.Errorf("%s is empty: nothing is compared", table)
		}
	}
	return all
}

// syncerSays runs the program as a process of its own.
func syncerSays(t *testing.T, database string, args ...string) (text string, err error) {
	t.Helper()
	process := exec.Command("syncer", args...)
	process.Env = append(process.Environ(), "DATABASE_URL="+database)
	out, err := process.CombinedOutput()
	return string(out), err
}

// TestUpgradeRehearsal upgrades a database of an earlier schema by three
// daemons that start at once. One migrates, all serve, history is what it was,
// and every row of it is proven by the program that upgraded it.
func TestUpgradeRehearsal(t *testing.T) {
	t.Parallel()
	database, path := filled(t)
	newest := scan[int](t, database, "SELECT max(version_id) FROM goose_db_version")
	earlier := rolledDown(t, database)
	before := historyRows(t, database)
	listenOff(t, path)

	refused := startServe(t, database, path)
	if err := refused.end(t); err == nil || !strings.Contains(refused.text(), fmt.Sprintf("run `syncer migrate up` (found %d, want %d)", earlier, newest)) {
		t.Errorf("without --migrate: %v, %s", err, refused.text())
	}
	daemons := []*served{startServe(t, database, path, "--migrate"), startServe(t, database, path, "--migrate"), startServe(t, database, path, "--migrate")}
	var said strings.Builder
	for _, p := range daemons {
		eventually(t, "READY=1", func() bool { return p.count("READY=1") == 1 })
		p.signal(t, syscall.SIGTERM)
		if err := p.end(t); err != nil {
			t.Errorf("ended with %v", err)
		}
		said.WriteString(p.text())
	}
	if n := strings.Count(said.String(), `"msg":"migrated"`); n != stepsBack {
		t.Errorf("%d steps were applied, want %d once each", n, stepsBack)
	}
	for _, want := range []string{"the mirror holds what syncer backfill can make history from again", `"newest":"`, `"lists_without":0`, "pg_dump --format=custom"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("nobody said %q", want)
		}
	}
	if diff := cmp.Diff(before, historyRows(t, database)); diff != "" {
		t.Errorf("history (-before the upgrade +after):\n%s", diff)
	}
	if text, err := syncerSays(t, database, "verify", "-c", path); err != nil || strings.Count(text, "proven since") != len(everyList()) {
		t.Errorf("verify: %v\n%s", err, text)
	}
}

// TestServeRefusesANewerSchema names both versions, also where it may migrate.
func TestServeRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	newest := scan[int](t, database, "SELECT max(version_id) FROM goose_db_version")
	must(t, database, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	want := fmt.Sprintf("newer than this syncer: install the newer syncer (found 9999, want %d)", newest)
	for _, more := range [][]string{nil, {"--migrate"}} {
		p := startServe(t, database, path, more...)
		if err := p.end(t); err == nil || !strings.Contains(p.text(), want) {
			t.Errorf("serve %v: %v, %s", more, err, p.text())
		}
	}
	if code, _, stderr := command(t, database, "migrate", "-c", path); code != exitFailed || !strings.Contains(stderr, want) {
		t.Errorf("migrate: %d, %s", code, stderr)
	}
}

// TestServeMigratesAnEmptyDatabase and says nothing about a way back, for there
// is nothing to lose.
func TestServeMigratesAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.EmptyURL(t), simulated(t)
	p := startServe(t, database, scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`), "--migrate")
	eventually(t, "READY=1", func() bool { return p.count("READY=1") == 1 })
	eventually(t, "a run", func() bool { return scan[int](t, database, endedRuns) > 0 })
	if p.count("STATUS=bringing the schema from 0 to ") != 1 || strings.Contains(p.text(), "dump") {
		t.Errorf("sent %q to systemd, said\n%s", p.heard(), p.text())
	}
}

// TestServeMayNotMigrateAsTheWriter says whose work it is.
func TestServeMayNotMigrateAsTheWriter(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	_, as := rolesOf(t, database)
	rolledDown(t, database)
	p := startServe(t, as("writer"), scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`), "--migrate")
	if err := p.end(t); err == nil || !strings.Contains(p.text(), "run `syncer migrate up` as its owner") || !strings.Contains(p.text(), "there is no mirror (evidence.mirror)") {
		t.Errorf("%v, %s", err, p.text())
	}
}

// TestServeInstallsViews brings only the views up to date, and says which.
func TestServeInstallsViews(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	must(t, database, "UPDATE bi_objects SET checksum = '' WHERE name = 'drift'")
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	refused := startServe(t, database, path)
	if err := refused.end(t); err == nil || !strings.Contains(refused.text(), "not those of this syncer: run `syncer migrate up` (bi.drift)") {
		t.Errorf("without --migrate: %v, %s", err, refused.text())
	}
	if code, stdout, _ := command(t, database, "migrate", "status", "-c", path); code != exitOK || !strings.Contains(stdout, "views of schema bi                no") {
		t.Errorf("status: %d\n%s", code, stdout)
	}
	p := startServe(t, database, path, "--migrate")
	eventually(t, "READY=1", func() bool { return p.count("READY=1") == 1 })
	if p.count("STATUS=bringing the views of schema bi up to date") != 1 || !strings.Contains(p.text(), `"views":["drift"]`) || strings.Contains(p.text(), "dump") {
		t.Errorf("systemd heard %q, said\n%s", p.heard(), p.text())
	}
}

// listenOff keeps daemons of one configuration from sharing an address.
func listenOff(t *testing.T, path string) {
	t.Helper()
	appended(t, path, "listen: off\n")
}

// TestEmbeddedFolderOfAnotherMajorVersion ends the daemon, with the way out,
// instead of making it wait for a server that cannot come.
func TestEmbeddedFolderOfAnotherMajorVersion(t *testing.T) {
	t.Parallel()
	endpoint := simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	dir := reachable(t)
	appended(t, path, "database: { embedded: "+dir+" }\n")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startServe(t, "", path, "--migrate")
	if err := p.end(t); err == nil || !strings.Contains(p.text(), "written by 12, and here is ") || !strings.Contains(p.text(), dir) || !strings.Contains(p.text(), "syncer backfill") {
		t.Errorf("%v, %s", err, p.text())
	}
}

// reachable is a folder for an embedded server, which as root runs as a user of
// its own, who cannot enter the test's folder.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "syncer-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "pg")
}

// TestUnreleasedDatabaseIsProven migrates a database that the last program of before
// the first release filled, and wants every row proven and the checkpoints that that
// program showed: what was recorded, when, and who decided it.
func TestUnreleasedDatabaseIsProven(t *testing.T) {
	t.Parallel()
	database := pgtest.EmptyURL(t)
	file, err := os.Open("../../store/schema/testdata/unreleased.sql.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	dump, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	must(t, database, string(dump))
	dir := t.TempDir()
	path := filepath.Join(dir, "syncer.yaml")
	const credentials = "credentials: { access_key_file: key, secret_key_file: key }"
	for name, text := range map[string]string{"key": "0123456789abcdef0123456789abcdef", "syncer.yaml": `sources:
  iwinv: { base_url: "http://127.0.0.1:18100", ` + credentials + `, lists: { flavors: , zones: } }
  huawei: { base_url: "http://127.0.0.1:18102", bss_url: "http://127.0.0.1:18102", iam_url: "http://127.0.0.1:18102", project_id: 29dfe82ada564ac2b927e1ff036d9a9b, region: cn-north-7, ` + credentials + `, lists: { products: } }
  scp: { base_url: "http://127.0.0.1:18103", pricing_url: "http://127.0.0.1:18103", account_id: 228cb9e4a7934f84853594c7f26f7a21, ` + credentials + `, lists: { planned-computes: } }
  old: { provider: generic, lists: { sheet: } }
absence: { confirm_snapshots: 2, confirm_for: 1s }
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, stdout, stderr := command(t, database, "migrate", "-c", path); code != exitOK || strings.Count(stdout, "applied ") < 9 || !strings.Contains(stdout, "views and functions of schema bi") {
		t.Fatalf("migrate: %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr := command(t, database, "verify", "-c", path)
	// Flavors, zones and products are read by newer decoders since.
	if code != exitOK || strings.Count(stdout, "proven since") != 1 || strings.Count(stdout, "read by decoder 1, rebuild pending") != 3 || !strings.Contains(stdout, "proven but for 1 snapshot without pages (2026-01-24T00:00:00Z)") {
		t.Errorf("verify: %d\n%s%s", code, stdout, stderr)
	}
	for _, checkpoint := range []string{
		"88c337b8d311f42691ba137d969bf0ff7e76bb2741672933d64aa3c148399f74",
		"980ace6568030a761770a91609faaf6acca67a9d049ed4b2cbaa96dd68b2bb80",
		"06b393873d41d903704895dcf86c70c79a21b339595175ae29ea04de1fd5d7aa",
		"419a4c8b3ad9bcf2963a5b1499ffb6f52d8529834fd50a67472de04a59d57bc9",
		"34dad530a971e52799a75ccb914e13ddc4534d2be1becf959e4c4be6781dfc0c",
	} {
		if !strings.Contains(stdout, checkpoint) {
			t.Errorf("verify shows no checkpoint %s:\n%s", checkpoint, stdout)
		}
	}
}
