package pgtemp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// initialize makes the data folder the first time. It is built beside its
// place and renamed when whole, so that a start that was cut off leaves no
// half database behind.
func (s *Server) initialize(ctx context.Context) error {
	if s.folder.dataVersion() != "" {
		return nil
	}
	if err := s.writePassword(); err != nil {
		return err
	}
	fresh := s.folder.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := s.initdb(ctx, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, s.folder.data())
}

// initdb makes a cluster that trusts its private socket and asks for the
// password everywhere else.
func (s *Server) initdb(ctx context.Context, data string) error {
	args := []string{
		"--pgdata", data, "--username", Owner, "--pwfile", s.folder.passwordFile(),
		"--auth-local", "trust", "--auth-host", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C", "--data-checksums",
	}
	if s.folder.temporary {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"), args...) //nolint:gosec // a found or given server
	prepare(cmd, s.folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// writePassword keeps the password of TCP connections where only its owner
// (and root) can read it.
func (s *Server) writePassword() error {
	path := s.folder.passwordFile()
	if err := os.WriteFile(path, []byte(rand.Text()+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep the password: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("keep the password: %w", err)
	}
	return s.folder.give(path)
}

// choosePort takes the port asked for, or the remembered one, or a free one.
// A remembered port that somebody else took is replaced for this run only:
// syncing matters more than the port.
func (s *Server) choosePort(ctx context.Context, wanted int) (int, error) {
	if wanted != 0 {
		if !portFree(ctx, wanted) {
			return 0, fmt.Errorf("%w: 127.0.0.1:%d", ErrPortTaken, wanted)
		}
		return wanted, s.rememberPort(wanted)
	}
	remembered := s.rememberedPort()
	if remembered != 0 && portFree(ctx, remembered) {
		return remembered, nil
	}
	port, err := freePort(ctx)
	if err != nil {
		return 0, err
	}
	if remembered != 0 {
		s.log.Warn("postgres port is taken, using another this time", "port", remembered, "instead", port)
		return port, nil
	}
	return port, s.rememberPort(port)
}

func (s *Server) rememberedPort() int {
	text, err := os.ReadFile(s.folder.portFile())
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(strings.TrimSpace(string(text))) // damaged: as if there was none
	return port
}

func (s *Server) rememberPort(port int) error {
	if err := os.WriteFile(s.folder.portFile(), []byte(strconv.Itoa(port)+"\n"), 0o600); err != nil {
		return fmt.Errorf("remember the port: %w", err)
	}
	return nil
}

func portFree(ctx context.Context, port int) bool {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
	return err == nil && listener.Close() == nil
}

func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil || !ok {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return address.Port, nil
}

// createDatabase makes the database named like its owner, once.
func createDatabase(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", Owner).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+Owner)
	if err != nil {
		return errors.Join(errors.New("create the database"), err)
	}
	return nil
}
