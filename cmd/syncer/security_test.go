package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"syncer/cmd/syncer/setup"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// secretsOf are the secrets of a configuration that everySource wrote.
func secretsOf(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	for _, p := range setup.Providers() {
		for _, set := range p.Credentials {
			for _, field := range set {
				text, err := os.ReadFile(filepath.Join(filepath.Dir(path), p.Name+"_"+field))
				if err == nil && !slices.Contains(p.Plain, field) && len(text) > len("password") { // the simulated ZStack's is that word
					all = append(all, string(text))
				}
			}
		}
	}
	if len(all) < 8 {
		t.Fatalf("only %d secrets to look for", len(all))
	}
	return all
}

// hidesAll fails the test for each secret that a text shows.
func hidesAll(t *testing.T, where, text string, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%s shows a secret: ...%s...", where, text[max(0, at-80):min(len(text), at+len(secret)+20)])
		}
	}
}

// everyRow is every value of every table as text, pages decompressed.
func everyRow(t *testing.T, database string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, _ := conn.Query(t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, table := range tables {
		rows, _ := conn.Query(t.Context(), "SELECT t::text FROM "+table+" t")
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(strings.Join(lines, "\n"))
	}
	rows, _ = conn.Query(t.Context(), "SELECT body FROM pages")
	bodies, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(bodies) == 0 {
		t.Fatalf("%d pages, %v", len(bodies), err)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	for _, body := range bodies {
		plain, err := decoder.DecodeAll(body, nil)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(plain)
	}
	return text.String()
}

// TestNoSecretIsSeenAnywhere reads every list of every provider well and with
// faults, in processes of their own, and looks for the secrets in what they
// print, log, store and show of themselves to others on the machine.
func TestNoSecretIsSeenAnywhere(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	for _, test := range []struct {
		faults   []simulate.Fault
		commands [][]string
	}{
		{nil, [][]string{{"sync"}, {"check"}, {"status", "--json"}, {"lists"}}},
		{[]simulate.Fault{{Kind: "http401"}}, [][]string{{"sync", "--json"}, {"check", "--json"}, {"status"}}},
		{[]simulate.Fault{{Kind: "redirect"}}, [][]string{{"sync"}}},
	} {
		path := everySource(t, simulate.WorldStart, test.faults...)
		secrets := secretsOf(t, path)
		for _, args := range test.commands {
			process := exec.Command("syncer", append(args, "-c", path)...)
			process.Env = append(os.Environ(), "DATABASE_URL="+database)
			shown, _ := process.CombinedOutput() // it may well fail: faults are meant to be met
			if len(shown) == 0 {
				t.Errorf("%v printed nothing", args)
			}
			hidesAll(t, fmt.Sprint(args), string(shown), secrets)
		}
		hidesAll(t, "a table", everyRow(t, database), secrets)
	}
}

// TestProcessShowsNoSecret looks at a running daemon as others see it.
func TestProcessShowsNoSecret(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	p := startServe(t, database, scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`))
	eventually(t, "a run", func() bool { return scan[int](t, database, endedRuns) > 0 })
	listed := commandLines(t)
	if !strings.Contains(listed, "serve -c ") {
		t.Fatalf("no serve is running:\n%s", listed)
	}
	secrets := []string{database}
	for _, secret := range endpoint.Credentials {
		secrets = append(secrets, secret)
	}
	hidesAll(t, "what ps shows", listed, secrets)
	hidesAll(t, "the log", p.text(), secrets)
	hidesAll(t, "the status for systemd", strings.Join(p.heard(), "\n"), secrets)
	hidesAll(t, "pg_stat_activity", scan[string](t, database, "SELECT string_agg(concat(query, application_name), ' ') FROM pg_stat_activity"), secrets)
}

// commandLines are those of all processes, as ps shows them, from /proc: a bare
// Debian has no ps.
func commandLines(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Fatalf("no /proc: %v", err)
	}
	var all strings.Builder
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil { // else the process has ended
			all.WriteString(strings.ReplaceAll(string(line), "\x00", " ") + "\n")
		}
	}
	return all.String()
}

// TestHelpShowsNoSecret of the environment: defaults must not come from there.
func TestHelpShowsNoSecret(t *testing.T) {
	const canary = "canary-7f3a91"
	for _, args := range [][]string{{"--help"}, {"sync", "--help"}, {"init", "--help"}, {"serve", "--help"}, {"check", "--help"}} {
		process := exec.Command("syncer", args...)
		process.Env = append(os.Environ(), "DATABASE_URL=postgres://me:"+canary+"@host/db", "SYNCER_IWINV_SECRET_KEY="+canary, "SYNCER_IWINV_ACCESS_KEY="+canary)
		shown, err := process.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v", args, err)
		}
		hidesAll(t, fmt.Sprint(args), string(shown), []string{canary})
	}
}

// TestAddressOfTheDatabaseIsNeverShown tries addresses that cannot be read and
// servers that are not there.
func TestAddressOfTheDatabaseIsNeverShown(t *testing.T) {
	const canary = "canary-7f3a91"
	path := configured(t, simulated(t), "http://127.0.0.1:1")
	for _, address := range []string{
		"postgres://me:" + canary + "@127.0.0.1:1/db", "postgres://me:" + canary + "%zz@host/db", "postgres://me:" + canary + "@ho st/db",
		"postgres://me:" + canary + "@host:abc/db", "postgres://me:a@" + canary + "@host/db", "host=127.0.0.1 port=1 password=" + canary,
		"host=127.0.0.1 port=x password=" + canary, canary, "postgres://127.0.0.1:1/db?password=" + canary, "postgres://me:" + canary + "@127.0.0.1:1/db?sslmode=" + canary,
	} {
		for _, args := range [][]string{{"sync"}, {"status"}, {"check", "--quick"}, {"migrate"}, {"migrate", "status"}, {"roles", "--apply"}, {"export", "runs"}, {"held"}} {
			code, stdout, stderr := command(t, address, append(args, "-c", path)...)
			if code != exitFailed {
				t.Errorf("%v: exit %d", args, code)
			}
			hidesAll(t, fmt.Sprint(args, " with ", strings.ReplaceAll(address, canary, "*")), stdout+stderr, []string{canary})
		}
	}
}

// TestProviderCannotSendElsewhere is a redirect at the level of the command:
// the other host hears nothing.
func TestProviderCannotSendElsewhere(t *testing.T) {
	t.Parallel()
	heard := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard++ }))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/stolen", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	began := time.Now()
	code, stdout, stderr := command(t, pgtest.URL(t), "sync", "-c", configured(t, simulated(t), server.URL))
	if code != exitFailed || heard != 0 || !strings.Contains(stderr, "redirects are refused") || time.Since(began) > time.Minute {
		t.Errorf("exit %d, %d requests elsewhere\n%s%s", code, heard, stdout, stderr)
	}
}
