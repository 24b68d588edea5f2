package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"

	"syncer/pgtemp"
	"syncer/store/schema"
)

// memory is a folder in memory: clones take 6 ms there, 9 to 16 on disk.
const memory = "/dev/shm"

// memoryNeeded is the room in bytes that makes it worth it. Containers often
// have 64 MiB there, which the first clones would fill.
const memoryNeeded = 2 << 30

// server makes databases: our own, or the one of SYNCER_TEST_DATABASE_URL.
type server struct {
	url      string // to the database from which others are made
	admin    *pgxpool.Pool
	template string
	own      *pgtemp.Server // nil: given

	mu   sync.Mutex
	kept []string // databases that stand until stop
}

func startServer() (*server, error) {
	ctx := context.Background()
	s := &server{url: os.Getenv("SYNCER_TEST_DATABASE_URL")}
	if s.url == "" {
		own, err := pgtemp.Start(ctx, options())
		if err != nil {
			return nil, err
		}
		s.own, s.url = own, own.URL()
	}
	admin, err := pgxpool.New(ctx, s.url)
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	s.admin = admin
	s.template = fmt.Sprintf("syncer_template_%d", os.Getpid())
	if err := s.makeTemplate(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// options trade durability for speed: a test database is never read again.
func options() pgtemp.Options {
	return pgtemp.Options{
		TempParent: tempParent(),
		BinDir:     os.Getenv("SYNCER_PG_BIN"),
		Settings: map[string]string{
			"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
			"max_connections": "300", "wal_level": "minimal", "max_wal_senders": "0",
		},
	}
}

func tempParent() string {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(memory, &stat); err != nil {
		return ""
	}
	if stat.Bavail*uint64(stat.Bsize) < memoryNeeded { //nolint:gosec // a block size is positive
		return ""
	}
	return memory
}

func (s *server) makeTemplate(ctx context.Context) error {
	if err := s.exec(ctx, "CREATE DATABASE "+s.template+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	if _, err := schema.Migrate(ctx, s.databaseURL(s.template)); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	return nil
}

func (s *server) stop() error {
	if s.admin != nil {
		defer s.admin.Close()
	}
	if s.own != nil {
		return s.own.Stop() // fast: it waits for no connection
	}
	if s.admin == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var failed error
	for _, name := range append(s.kept, s.template) {
		failed = errors.Join(failed, s.exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"))
	}
	return failed
}

func (s *server) keep(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, name)
}

func missing(err error) bool { return errors.Is(err, pgtemp.ErrNoServer) }
