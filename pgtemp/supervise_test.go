package pgtemp_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp"
)

// lines is a log that a test reads while it is written.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write keeps a line.
func (l *lines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

// String is all that was written.
func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// kill ends the server of a folder as the kernel does when memory is short.
func kill(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server is gone", func() bool { return syscall.Kill(pid, 0) != nil })
}

func answers(t *testing.T, url string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	return err == nil && conn.Close(ctx) == nil
}

// TestKilledServerIsStartedAgain wants the same data at the same address, each
// time, and a server that stops when it is to.
func TestKilledServerIsStartedAgain(t *testing.T) {
	t.Parallel()
	needServer(t)
	dir, log := folder(t), &lines{}
	o := options(dir)
	o.Logger = slog.New(slog.NewTextHandler(log, nil))
	s, err := pgtemp.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	keep(t, s.URL())
	for range 2 {
		kill(t, dir)
		eventually(t, "a server again", func() bool { return answers(t, s.URL()) })
		if got := query(t, s.URL(), "SELECT word FROM kept"); got != "here" {
			t.Errorf("kept %q", got)
		}
	}
	eventually(t, "two lines for each death", func() bool {
		return strings.Count(log.String(), "postgres ended") == 2 && strings.Count(log.String(), "postgres is started again") == 2
	})
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if answers(t, s.URL()) {
		t.Error("the server runs on after it was stopped")
	}
}

// TestServerWaitsForRoom has a disk without any for a while.
func TestServerWaitsForRoom(t *testing.T) {
	t.Parallel()
	needServer(t)
	dir, log := folder(t), &lines{}
	o := options(dir)
	o.Logger = slog.New(slog.NewTextHandler(log, nil))
	bin, err := pgtemp.FindServer(t.Context(), o.BinDir)
	if err != nil {
		t.Fatal(err)
	}
	o.BinDir = filepath.Join(filepath.Dir(dir), "bin")
	if err := os.Mkdir(o.BinDir, 0o755); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(o.BinDir, "full")
	for program, script := range map[string]string{
		"initdb":   fmt.Sprintf("exec '%s/initdb' \"$@\"", bin),
		"postgres": fmt.Sprintf("[ ! -e '%s' ] || [ \"$1\" = --version ] || { echo 'PANIC:  could not write to file \"pg_wal/xlogtemp.9\": No space left on device' >&2; exit 1; }\nexec '%s/postgres' \"$@\"", full, bin),
	} {
		if err := os.WriteFile(filepath.Join(o.BinDir, program), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s, err := pgtemp.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	if err := os.WriteFile(full, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	kill(t, dir)
	eventually(t, "a word about the disk", func() bool { return strings.Contains(log.String(), "is full: make room") })
	time.Sleep(4 * time.Second)
	if n := strings.Count(log.String(), "make room"); n != 1 {
		t.Errorf("said %d times within seconds", n)
	}
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a server again", func() bool { return answers(t, s.URL()) })
}

// TestStopOfAServerThatCannotStart ends at once.
func TestStopOfAServerThatCannotStart(t *testing.T) {
	t.Parallel()
	dir, log := folder(t), &lines{}
	needServer(t)
	o := options(dir)
	o.Logger = slog.New(slog.NewTextHandler(log, nil))
	s, err := pgtemp.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	version := filepath.Join(dir, "data", "PG_VERSION")
	if err := os.Remove(version); err != nil {
		t.Fatal(err)
	}
	kill(t, dir)
	eventually(t, "a word about the start", func() bool { return strings.Contains(log.String(), "PG_VERSION") })
	began := time.Now()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

// TestGuestGoesOnWhenTheOwnerLeaves has a second process, as a daemon that joined
// the server of a command, which ends.
func TestGuestGoesOnWhenTheOwnerLeaves(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner, guest := start(t, dir), start(t, dir)
	if !guest.Joined() {
		t.Fatal("two servers on one folder")
	}
	keep(t, owner.URL())
	if err := owner.Stop(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a server of the guest", func() bool { return !guest.Joined() && answers(t, guest.URL()) })
	if got := query(t, guest.URL(), "SELECT word FROM kept"); got != "here" {
		t.Errorf("kept %q", got)
	}
}
