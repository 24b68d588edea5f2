package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/ingest"
	"syncer/pgtemp"
	"syncer/store"
	"syncer/store/postgres"
	"syncer/store/record"
	"syncer/store/schema"
	"syncer/timeline"
)

// fullAt is the size in 512 bytes at which files of the test's server end. It is
// no whole number of Postgres' pages, so that the last one is written in part, as
// on a full disk; segments of the WAL are smaller.
const fullAt = (20<<20 + 4096) / 512

// cramped is a server of its own, whose files cannot grow beyond fullAt.
func cramped(t *testing.T) *pgxpool.Pool {
	t.Helper()
	bin, err := pgtemp.FindServer(t.Context(), os.Getenv("SYNCER_PG_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "syncer-cramped-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, text := range map[string]string{
		"initdb":   fmt.Sprintf("#!/bin/sh\nexec %s/initdb \"$@\"\n", bin),
		"postgres": fmt.Sprintf("#!/bin/sh\nulimit -f %d\nexec %s/postgres \"$@\"\n", fullAt, bin),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the server's user has to get there
		t.Fatal(err)
	}
	server, err := pgtemp.Start(t.Context(), pgtemp.Options{Dir: filepath.Join(dir, "pg"), BinDir: dir, Settings: map[string]string{"autovacuum": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop() })
	if _, err := schema.Migrate(t.Context(), server.URL()); err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// TestFullDatabaseFailsTheRunAndNothingElse fills the table of pages of a real
// server until it refuses, runs, makes room, and runs again.
func TestFullDatabaseFailsTheRunAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	s.spoiled = true
	s.pool = cramped(t)
	s.runner.Store = store.New(s.pool)
	known, err := s.runner.Store.EnsureList(t.Context(), s.fetcher.List(), record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	s.list = known
	const filler = `INSERT INTO pages (list_id, sha256, media_type, size, body)
		SELECT (SELECT id FROM lists), sha256(n::text::bytea || random()::text::bytea), 'application/json', 1900, decode(string_agg(md5(random()::text), ''), 'hex')
		FROM generate_series(1, 400) n, generate_series(1, 118) m GROUP BY n`
	var full error
	for full == nil {
		_, full = s.pool.Exec(t.Context(), filler)
	}
	if !postgres.DiskFull(full) {
		if !strings.Contains(full.Error(), "could not extend file") {
			t.Fatalf("fill the disk: %v", full)
		}
		t.Logf("a server that says %q of a limit, where a full disk is class 53100: a trigger says so instead", full)
		s.execute(t, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$")
		s.execute(t, "CREATE TRIGGER refuse BEFORE INSERT ON pages EXECUTE FUNCTION refuse()")
	}
	before := s.counts(t)
	_, err = s.sync(t)
	if !postgres.DiskFull(err) || !strings.Contains(err.Error(), "iwinv/flavors") || !strings.Contains(err.Error(), "the database's disk is full, nothing was written") {
		t.Fatalf("got error %v", err)
	}
	s.mustBeFailed(t, err, "disk_full", []string{"iwinv/flavors", "make room"})
	if diff := cmp.Diff(before, s.counts(t)); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
	s.execute(t, "DELETE FROM pages WHERE size = 1900")
	s.execute(t, "VACUUM pages")
	s.execute(t, "DROP TRIGGER IF EXISTS refuse ON pages")
	s.mustSync(t, record.Changed)
	s.mustBeConsistent(t)
}

// TestSparedPagesAreKeptAgain has no room for pages for a while. History is what
// it is with them; a held snapshot keeps those that its decision needs; and
// with room the next snapshot keeps its own, though nothing changed.
func TestSparedPagesAreKeptAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, "iwinv", "flavors")
	s.runner.Guard.MaxChangedPercent = 100
	_, said := s.mirrored(t)
	none := ingest.Paused{Pages: "full", Mirror: "full"}
	var paused ingest.Paused
	s.runner.Room = func() ingest.Paused { return paused }
	run := func(day int, faults ...string) ingest.Report {
		t.Helper()
		s.simulatedAt(t, "iwinv", at(min(day, 31)), faults...) // the world stands still after that
		report, err := s.runner.SyncAt(t.Context(), s.list, s.fetcher, at(day))
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	proven := func() int { return one[int](t, s.pool, "SELECT count(DISTINCT taken_at) FROM snapshot_pages") }
	run(0)
	paused = none
	for _, day := range []int{7, 31, 32} {
		if report := run(day); report.Mirror.Paused != "full" || report.Mirror.Err != nil || (report.Outcome == record.Changed) != (day < 32) {
			t.Errorf("day %d: %+v", day, report)
		}
	}
	if n := proven(); n != 1 {
		t.Errorf("%d snapshots have pages, want the first alone", n)
	}
	if report := run(33, "iwinv:shrink:fraction=0.1"); report.Outcome != record.Held || proven() != 2 {
		t.Errorf("held: %+v, %d have pages", report, proven())
	}
	paused = ingest.Paused{}
	if report := run(34); report.Outcome != record.Unchanged || proven() != 3 || report.Mirror.Written != 1 || report.Mirror.Gone != 3 {
		t.Errorf("with room again: %+v, %d have pages", report, proven())
	}
	if report := run(35); report.Outcome != record.Unchanged || proven() != 3 || report.Mirror.Written != 1 {
		t.Errorf("after that: %+v, %d have pages", report, proven())
	}
	verified, err := s.runner.Verify(t.Context(), s.list, s.fetcher)
	if err != nil || len(verified.Contradictions) > 0 || verified.Proven != 3 || verified.ProvenSince == nil || !verified.ProvenSince.Equal(at(34)) {
		t.Errorf("verified %+v, %v", verified, err)
	}
	if !strings.Contains(said.String(), "given up or spared") {
		t.Errorf("said\n%s", said)
	}
	s.mustBeConsistent(t)
}
