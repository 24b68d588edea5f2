package pgtemp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// maxLog is the size in bytes at which a log is put aside at the next start.
const maxLog = 10 << 20

// process is a postgres that we started.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it is gone
}

// prepare drops root, and keeps the person's environment (PGDATA, PGPORT,
// locale) and working folder away from the server's programs.
func prepare(cmd *exec.Cmd, f folder) {
	cmd.Dir = f.dir
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = processAttributes()
	// Ctrl-C in a terminal reaches every process of the group: the server has
	// to outlive our own orderly end.
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Credential = f.account
}

// launch runs postgres and waits until it answers.
func (s *Server) launch(ctx context.Context, o Options) error {
	if err := s.folder.makeSocketDir(); err != nil {
		return err
	}
	s.socket = s.folder.socketDir
	var err error
	if s.port, err = s.choosePort(ctx, o.Port); err != nil {
		return err
	}
	return s.run(ctx, o)
}

func (s *Server) arguments(settings map[string]string) []string {
	args := []string{
		"-D", s.folder.data(), "-k", s.socket, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_permissions=0700",
		"-c", "password_encryption=scram-sha-256", "-c", "logging_collector=off",
		"-c", "log_checkpoints=off", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
	}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// run runs postgres at the server's address and waits until it answers.
func (s *Server) run(ctx context.Context, o Options) error {
	log, err := s.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), s.arguments(o.Settings)...) //nolint:gosec,noctx // a found or given server; it outlives the start's context
	prepare(cmd, s.folder)
	cmd.Stdout, cmd.Stderr = log, log
	p := &process{cmd: cmd, ended: make(chan struct{})}
	s.mutex.Lock()
	s.process = p
	s.mutex.Unlock()
	if err := p.start(); err != nil {
		return err
	}
	return s.untilReady(ctx, p)
}

func (s *Server) openLog() (*os.File, error) {
	path := s.logFile()
	if info, err := os.Stat(path); err == nil {
		s.logFrom = info.Size()
	}
	if s.logFrom > maxLog {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("put the log aside: %w", err)
		}
		s.logFrom = 0
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// start keeps the thread that starts the process for as long as it runs: the
// kernel sends the death signal when that thread ends, not the program.
func (p *process) start() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // the log says why it ended
		}
		close(p.ended)
	}()
	return <-started
}

func (s *Server) untilReady(ctx context.Context, p *process) error {
	for {
		err := answers(ctx, s.urlOf("postgres"))
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			tail := s.logTail()
			if strings.Contains(tail, `invalid value for parameter "TimeZone"`) {
				return ErrNoTimeZones
			}
			if tail != "" {
				return fmt.Errorf("the server ended at once: %s", tail)
			}
			return fmt.Errorf("the server ended at once: %w", emptyLogCause(s.folder.dir))
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w (%s)", errors.Join(ctx.Err(), err), s.logTail())
		case <-time.After(pollEvery):
		}
	}
}

// stop is a fast shutdown, and a harder one for a server that hangs.
func (p *process) stop() error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if p.cmd.Process == nil {
			return nil
		}
		if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		select {
		case <-p.ended:
			return nil
		case <-time.After(patience / 3):
		}
	}
	return fmt.Errorf("process %d does not end", p.cmd.Process.Pid)
}
