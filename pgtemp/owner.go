package pgtemp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const pollEvery = 20 * time.Millisecond

// postmaster is what a running server writes about itself.
type postmaster struct {
	pid, port int
	socket    string
}

// ownOrJoin decides who runs the server of this folder. The lock is held as
// long as its owner lives, and the kernel frees it however the owner dies. So
// with the lock in hand a server that still runs is an orphan; without it the
// owner's server is there, or about to be.
func (s *Server) ownOrJoin(ctx context.Context) (owned bool, err error) {
	for {
		if s.lock, err = tryLock(s.folder.lockFile()); err != nil {
			return false, err
		}
		if s.lock != nil {
			return true, endOrphan(ctx, s.folder.data())
		}
		if s.join(ctx) {
			return false, nil
		}
		if err := pause(ctx); err != nil {
			return false, fmt.Errorf("another process holds the folder, and its server does not answer: %w", err)
		}
	}
}

// tryLock takes the lock of a folder, or returns nil when it is held.
func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// join uses the server that the owner of the lock runs.
func (s *Server) join(ctx context.Context) bool {
	running, ok := readPostmaster(s.folder.data())
	if !ok || running.socket == "" {
		return false
	}
	s.port, s.socket = running.port, running.socket
	if answers(ctx, s.urlOf(Owner)) != nil {
		return false
	}
	s.folder.temporary = false // its owner removes it
	s.log.Debug("postgres joined", "dir", s.folder.dir, "port", s.port)
	return true
}

// endOrphan stops a server whose owner died, and clears what a server that
// died left behind: its process number may be another program's by now.
func endOrphan(ctx context.Context, data string) error {
	running, ok := readPostmaster(data)
	if !ok {
		return nil
	}
	if !isPostgres(ctx, running.pid) {
		return os.Remove(filepath.Join(data, "postmaster.pid"))
	}
	for {
		err := syscall.Kill(running.pid, syscall.SIGINT)
		if errors.Is(err, syscall.ESRCH) {
			break
		}
		if err != nil {
			return fmt.Errorf("stop a server without owner: %w", err)
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("a server without owner (process %d) does not stop: %w", running.pid, err)
		}
	}
	if err := os.Remove(filepath.Join(data, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func readPostmaster(data string) (postmaster, bool) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	lines := append(strings.Split(string(text), "\n"), make([]string, 5)...)
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 1 {
		return postmaster{}, false
	}
	port, _ := strconv.Atoi(lines[3]) // 0 until the server has written it
	return postmaster{pid: pid, port: port, socket: lines[4]}, true
}

// isPostgres reports whether a process number is a Postgres now. Linux needs no
// program for that, and a minimal installation of it has no ps.
func isPostgres(ctx context.Context, pid int) bool {
	name, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	if _, missing := os.Stat("/proc/self"); missing != nil {
		name, err = exec.CommandContext(ctx, "ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec // a number
	}
	return err == nil && strings.Contains(filepath.Base(strings.TrimSpace(string(name))), "postgres")
}

func answers(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(conn.Ping(ctx), conn.Close(ctx))
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pollEvery):
		return nil
	}
}
