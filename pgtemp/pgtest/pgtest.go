// Package pgtest gives every test a Postgres database of its own, migrated and
// empty. Only tests import it.
//
// One server runs a test binary, started by the first test that needs it; its
// databases are clones of a template that is migrated once. With
// SYNCER_TEST_DATABASE_URL the databases are made on that server instead, and
// a failed test keeps its own there.
package pgtest

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// shared is the one server of a test binary: testing gives no other place to
// keep it between tests.
var shared struct {
	once   sync.Once
	server *server
	err    error
}

var databases atomic.Int64

// lazyGC is how much a test binary's heap may grow, in percent, before garbage is
// collected: it is small and soon ends. Where catalogs are read that takes a third
// less of the processor's time than the usual 100. Benchmarks measure what the
// program does, and keep that.
const lazyGC = 400

// Main runs the tests of a package, stops the server after them and does what
// else is to be done then; call it from TestMain. Without it the kernel stops the
// server when the binary ends, and the next test run removes its folder.
func Main(m *testing.M, after ...func() error) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		debug.SetGCPercent(lazyGC)
	}
	code := m.Run()
	for _, do := range after {
		if err := do(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if shared.server != nil {
		if err := shared.server.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// New returns a pool on a migrated, empty database of the test's own.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), URL(t))
	if err != nil {
		t.Fatalf("pgtest: connect: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL returns the address of a migrated, empty database of the test's own. It is
// dropped when the test ends, unless the test failed.
func URL(t testing.TB) string {
	t.Helper()
	s := require(t)
	return s.cloneURL(t, s.template)
}

// KeptURL returns the address of a migrated, empty database that stands until
// the test binary ends: what the first test that needs it puts there, CloneURL
// gives to others.
func KeptURL(t testing.TB) string {
	t.Helper()
	s := require(t)
	name := fmt.Sprintf("syncer_kept_%d_%d", os.Getpid(), databases.Add(1))
	if err := s.clone(t.Context(), name, s.template); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	s.keep(name)
	return s.databaseURL(name)
}

// CloneURL returns the address of a copy of a database of KeptURL, to which
// nobody may be connected meanwhile. The copy is the test's own, as that of URL.
func CloneURL(t testing.TB, kept string) string {
	t.Helper()
	at, err := url.Parse(kept)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return require(t).cloneURL(t, strings.TrimPrefix(at.Path, "/"))
}

func (s *server) cloneURL(t testing.TB, from string) string {
	t.Helper()
	name := fmt.Sprintf("syncer_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := s.clone(t.Context(), name, from); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { s.leave(t, name) })
	return s.databaseURL(name)
}

// EmptyURL returns the address of a database of the test's own that has no
// schema yet: for tests of migrations.
func EmptyURL(t testing.TB) string {
	t.Helper()
	s := require(t)
	name := fmt.Sprintf("syncer_empty_%d_%d", os.Getpid(), databases.Add(1))
	if err := s.exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { s.leave(t, name) })
	return s.databaseURL(name)
}

// require returns the server, or ends the test: a skip where Postgres is
// missing, a failure in CI, where nothing may be skipped.
func require(t testing.TB) *server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = startServer() })
	if shared.err == nil {
		return shared.server
	}
	if missing(shared.err) && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, NOT TESTED: %v", shared.err)
	}
	t.Fatalf("pgtest: %v", shared.err)
	return nil
}

// leave drops the test's database, or logs where a failed test left it.
func (s *server) leave(t testing.TB, name string) {
	if t.Failed() {
		t.Logf("database of the failed test: %s", s.keptAt(name))
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
		t.Errorf("pgtest: drop the database: %v", err)
	}
}

func (s *server) keptAt(name string) string {
	if s.own != nil {
		return "gone with its server; name a server in SYNCER_TEST_DATABASE_URL to keep it"
	}
	return s.databaseURL(name)
}

// databaseURL names another database in a server's address.
func (s *server) databaseURL(name string) string {
	at, err := url.Parse(s.url)
	if err != nil {
		panic("pgtest: an address that connected does not parse")
	}
	at.Path = "/" + name
	return at.String()
}

// clone copies a database, and the setting that migrating gave it, which no copy
// has. Both names are ours, so that they need no quoting.
func (s *server) clone(ctx context.Context, name, from string) error {
	if err := s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from+" STRATEGY file_copy"); err != nil {
		return err
	}
	return s.exec(ctx, "ALTER DATABASE "+name+" SET jit = off")
}

func (s *server) exec(ctx context.Context, sql string) error {
	if _, err := s.admin.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", strings.ToLower(sql), err)
	}
	return nil
}
