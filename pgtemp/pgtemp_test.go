package pgtemp_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/pgtemp"
	"syncer/store/postgres"
)

// needServer skips loudly where there is no Postgres; in CI start fails.
func needServer(t *testing.T) {
	t.Helper()
	_, err := pgtemp.FindServer(t.Context(), os.Getenv("SYNCER_PG_BIN"))
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, NOT TESTED: %v", err)
	}
}

// start runs a server on the folder for the length of the test.
func start(t *testing.T, dir string) *pgtemp.Server {
	t.Helper()
	needServer(t)
	s, err := pgtemp.Start(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

func options(dir string) pgtemp.Options {
	return pgtemp.Options{Dir: dir, BinDir: os.Getenv("SYNCER_PG_BIN"), Logger: slog.New(slog.DiscardHandler)}
}

// memory is where a sync costs nothing, if there is room for a few servers.
func memory() string {
	var stat syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &stat); err != nil || stat.Bavail*uint64(stat.Bsize) < 1<<30 {
		return ""
	}
	return "/dev/shm"
}

// folder is one that the server's account can enter: t.TempDir is private to root.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory(), "pgtemp-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "pg")
}

func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var text string
	if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// keep leaves a table to find again.
func keep(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'here' AS word"); err != nil {
		t.Fatal(err)
	}
}

func TestDataAndPortSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	keep(t, first.URL())
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	second := start(t, dir)
	if got := query(t, second.URL(), "SELECT word FROM kept"); got != "here" {
		t.Errorf("kept %q", got)
	}
	if diff := cmp.Diff(first.TCPURL(), second.TCPURL()); diff != "" {
		t.Errorf("TCP address after a restart (-before +after):\n%s", diff)
	}
}

func TestTCPAsksForThePassword(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	if conn, err := pgx.Connect(t.Context(), s.TCPURL()); err == nil {
		_ = conn.Close(t.Context())
		t.Error("TCP let us in without a password")
	}
	password, err := os.ReadFile(s.PasswordFile())
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(s.TCPURL())
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword(pgtemp.Owner, strings.TrimSpace(string(password)))
	if got := query(t, at.String(), "SELECT current_database()"); got != pgtemp.Owner {
		t.Errorf("connected to %q", got)
	}
}

func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	got := map[string]os.FileMode{}
	for _, name := range []string{"password", "data", "socket", "log", ""} {
		info, err := os.Stat(filepath.Join(s.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = info.Mode().Perm()
	}
	want := map[string]os.FileMode{"password": 0o600, "data": 0o700, "socket": 0o700, "log": 0o600, "": 0o700}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("modes (-want +got):\n%s", diff)
	}
}

func TestSecondStartJoinsTheRunningServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner, guest := start(t, dir), start(t, dir)
	if owner.Joined() || !guest.Joined() {
		t.Fatalf("joined: owner %t, guest %t", owner.Joined(), guest.Joined())
	}
	if err := guest.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := query(t, owner.URL(), "SELECT 'alive'"); got != "alive" {
		t.Errorf("after the guest left: %q", got)
	}
}

func TestStalePostmasterFileOfAnotherProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := start(t, dir).Stop(); err != nil {
		t.Fatal(err)
	}
	stale := strconv.Itoa(os.Getpid()) + "\n" + dir + "/data\n0\n5432\n\n"
	if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := query(t, start(t, dir).URL(), "SELECT 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
}

func TestDataOfAnotherVersionIsRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := start(t, dir).Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bin, err := pgtemp.FindServer(t.Context(), os.Getenv("SYNCER_PG_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = pgtemp.Start(t.Context(), options(dir))
	if !errors.Is(err, pgtemp.ErrDataVersion) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"written by 9, and here is ", bin, dir, "install PostgreSQL 9", "SYNCER_PG_BIN", "pg_upgrade", "pg_dump", "syncer backfill"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "data", "PG_VERSION")); err != nil || string(text) != "9\n" {
		t.Errorf("the folder was touched: %q, %v", text, err)
	}
}

func TestTemporaryFolderIsRemoved(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", s.Dir(), err)
	}
}

// Not parallel: a program that another test is just starting holds our open
// files, and so the lock, for a moment, and a sweep does not wait.
func TestLeftoverFolderIsSwept(t *testing.T) {
	o := options("")
	o.TempParent = filepath.Dir(folder(t))
	leftover := start(t, filepath.Join(o.TempParent, "syncer-pg-left"))
	if err := leftover.Stop(); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(leftover.Dir(), "lock"), long, long); err != nil {
		t.Fatal(err)
	}
	s, err := pgtemp.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	if _, err := os.Stat(leftover.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", leftover.Dir(), err)
	}
}

func TestLongFolderStillHasASocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 30))
	if got := query(t, start(t, dir).URL(), "SELECT 'up'"); got != "up" {
		t.Errorf("got %q", got)
	}
}

// TestFolderOfAnyName wants the server, and whoever reads its address again, to
// bear what people call their folders.
func TestFolderOfAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"my data", "a, b", `100%25 "it's" 가격+a&b=c#d?e@f`} {
		t.Run(name, func(t *testing.T) {
			s := start(t, filepath.Join(filepath.Dir(folder(t)), name))
			address, err := postgres.WithExecMode(s.URL(), "exec")
			if err != nil {
				t.Fatal(err)
			}
			for _, url := range []string{s.URL(), address} {
				if got := query(t, url, "SELECT 'up'"); got != "up" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
}

// TestMachineWithoutTimeZones has a server that finds none, as where it was built
// to use the system's and tzdata is not installed.
func TestMachineWithoutTimeZones(t *testing.T) {
	t.Parallel()
	o := options(folder(t))
	o.BinDir = filepath.Join(filepath.Dir(o.Dir), "bin")
	if err := os.Mkdir(o.BinDir, 0o755); err != nil {
		t.Fatal(err)
	}
	for program, script := range map[string]string{
		"initdb": `mkdir "$2" && echo 15 >"$2/PG_VERSION"`,
		"postgres": `[ "$1" != --version ] || { echo "postgres (PostgreSQL) 15.20"; exit; }
			echo '2026-12-01 00:55:01.186 GMT [25673] FATAL:  invalid value for parameter "TimeZone": "UTC"' >&2; exit 1`,
	} {
		if err := os.WriteFile(filepath.Join(o.BinDir, program), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pgtemp.Start(t.Context(), o); !errors.Is(err, pgtemp.ErrNoTimeZones) || !strings.Contains(err.Error(), "apt-get install tzdata") {
		t.Errorf("got %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	first := start(t, folder(t))
	at, err := url.Parse(first.TCPURL())
	if err != nil {
		t.Fatal(err)
	}
	taken, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	o := options(folder(t))
	o.Port = taken
	if _, err := pgtemp.Start(t.Context(), o); !errors.Is(err, pgtemp.ErrPortTaken) {
		t.Errorf("got %v", err)
	}
}

func TestNoServerInTheGivenFolder(t *testing.T) {
	t.Parallel()
	o := options(folder(t))
	o.BinDir = t.TempDir()
	_, err := pgtemp.Start(t.Context(), o)
	if !errors.Is(err, pgtemp.ErrNoServer) || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("got %v", err)
	}
}

func TestFolderThatTheServerCannotEnter(t *testing.T) {
	t.Parallel()
	if syscall.Geteuid() != 0 {
		t.Log("an ordinary user's server runs as that user: its private folder is fine")
		private := filepath.Join(folder(t), "private", "pg")
		query(t, start(t, private).URL(), "SELECT 'up'")
		return
	}
	private := folder(t)
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := pgtemp.Start(t.Context(), options(filepath.Join(private, "pg")))
	if err == nil || !strings.Contains(err.Error(), "cannot enter") {
		t.Errorf("got %v", err)
	}
}
