// Package pgtemp runs a Postgres server of our own: the embedded database and
// the one that tests use. It needs the server's programs on the machine and
// nothing else: no root, no service, no download.
//
// A server listens on a private Unix socket, which only the account that owns
// the folder can reach, and on a loopback TCP port that asks for a generated
// password, so that psql and BI tools can connect.
package pgtemp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Owner is the superuser of every server started here, and the name of the
// database that it creates.
const Owner = "syncer"

// patience bounds how long a server may take to start, to recover after a
// crash, or to stop.
const patience = 60 * time.Second

// ErrPortTaken means that the TCP port asked for is in use.
var ErrPortTaken = errors.New("port is taken")

// Options say where a server lives and how it runs. The zero value is a
// temporary server with any free port.
type Options struct {
	// Dir keeps data, password, port and log across restarts. Empty means a
	// temporary folder that Stop removes.
	Dir string
	// TempParent is where a temporary folder is made; empty is the system's.
	TempParent string
	// BinDir holds postgres and initdb. Empty searches the usual places.
	BinDir string
	// Port is the loopback TCP port. 0 is the one remembered in Dir, and the
	// first time a free one.
	Port int
	// Settings are given to postgres as they are, name to value.
	Settings map[string]string
	// Logger receives what is done: a server that ended by itself as an error, a
	// start and a stop for debugging. nil discards it.
	Logger *slog.Logger
}

// Server is a running Postgres, or one that another process of ours runs on
// the same folder.
type Server struct {
	folder  folder
	port    int
	socket  string
	bin     string
	lock    *os.File
	log     *slog.Logger
	logFrom int64 // where the log of this start begins in its file
	stop    func() error

	unsupervised context.CancelFunc // ends supervise
	supervised   chan struct{}      // closed when supervise has ended

	mutex   sync.Mutex
	process *process // nil: another process owns the server
}

// Start runs a server on the folder and returns once it answers. When another
// process of ours runs one there already, that server is used, and Stop leaves
// it alone. A server that ends by itself, or with its owner, is started again at
// the same address until Stop (see supervise).
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	at, err := prepareFolder(o)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: at, log: o.Logger, supervised: make(chan struct{})}
	s.stop = sync.OnceValue(s.end)
	starting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.start(starting, o); err != nil {
		return nil, errors.Join(fmt.Errorf("start Postgres in %s: %w", at.dir, orFull(at.dir, err)), s.abandon())
	}
	ctx, s.unsupervised = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(s.supervised)
		s.supervise(ctx, o)
	}()
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	owned, err := s.ownOrJoin(ctx)
	if err != nil || !owned {
		return err
	}
	if s.bin, err = findServer(ctx, o.BinDir, s.folder.dataVersion()); err != nil {
		return err
	}
	if err := s.initialize(ctx); err != nil {
		return err
	}
	if err := s.launch(ctx, o); err != nil {
		return err
	}
	s.log.Debug("postgres started", "dir", s.folder.dir, "port", s.port)
	return createDatabase(ctx, s.urlOf("postgres"))
}

// Stop ends the server (a fast shutdown: open transactions roll back), and
// removes a temporary folder. A server of another process keeps running.
// Stopping again does nothing more.
func (s *Server) Stop() error { return s.stop() }

func (s *Server) end() error {
	s.unsupervised()
	<-s.supervised
	if s.running() == nil {
		return nil
	}
	if err := s.abandon(); err != nil {
		return fmt.Errorf("stop Postgres in %s: %w", s.folder.dir, err)
	}
	s.log.Debug("postgres stopped", "dir", s.folder.dir)
	return nil
}

func (s *Server) abandon() error {
	var stopped, unlocked error
	if p := s.running(); p != nil {
		stopped = p.stop()
	}
	if s.lock != nil {
		unlocked = s.lock.Close()
	}
	return errors.Join(stopped, unlocked, s.folder.remove())
}

// running is the process that we started; nil where another process owns the
// server.
func (s *Server) running() *process {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.process
}

// URL is the address of the database over the private socket, which asks for no
// password.
func (s *Server) URL() string { return s.urlOf(Owner) }

// Joined reports whether another process runs the server.
func (s *Server) Joined() bool { return s.running() == nil }

// Dir returns the folder of the server.
func (s *Server) Dir() string { return s.folder.dir }

// PasswordFile holds the password for TCP, and nothing else; only its owner
// may read it.
func (s *Server) PasswordFile() string { return s.folder.passwordFile() }

// TCPURL is the address over loopback TCP. The password is not in it: see
// PasswordFile.
func (s *Server) TCPURL() string {
	return "postgres://" + Owner + "@127.0.0.1:" + strconv.Itoa(s.port) + "/" + Owner + "?sslmode=disable"
}

// PSQL returns the shell line that opens psql on the database.
func (s *Server) PSQL() string {
	return fmt.Sprintf(`PGPASSWORD="$(cat %s)" psql %s`, shellQuote(s.PasswordFile()), shellQuote(s.TCPURL()))
}

func (s *Server) urlOf(database string) string {
	where := url.Values{"host": {s.socket}, "port": {strconv.Itoa(s.port)}, "user": {Owner}}
	// A blank is %20: pgx, like libpq, takes a + for itself.
	return "postgres:///" + database + "?" + strings.ReplaceAll(where.Encode(), "+", "%20")
}

func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// logTail is the end of the log of this start, for an error that has to say why.
func (s *Server) logTail() string {
	text, err := os.ReadFile(s.logFile())
	if err != nil || int64(len(text)) < s.logFrom {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(text[s.logFrom:])), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "; ")
}

func (s *Server) logFile() string { return filepath.Join(s.folder.dir, "log") }
