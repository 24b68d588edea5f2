package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"syncer/store/postgres"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// bouncer is a pgbouncer in transaction mode before a server.
type bouncer struct {
	command *exec.Cmd
	address string
	dir     string
}

// errNoBouncer means that the machine has no pgbouncer.
var errNoBouncer = errors.New("no pgbouncer on this machine (Debian: apt-get install pgbouncer)")

// startBouncer runs a pooler with fewer connections than its clients want, so
// that transactions of one client go through different ones.
func startBouncer(ctx context.Context, server string) (*bouncer, error) {
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		return nil, errNoBouncer
	}
	config, err := pgconn.ParseConfig(server)
	if err != nil {
		return nil, errors.New("the server's address cannot be read")
	}
	b := &bouncer{}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("/tmp", "soak-bouncer-"); err != nil {
		return nil, err
	}
	b.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	account, err := b.write(config, port)
	if err != nil {
		return nil, err
	}
	args := []string{filepath.Join(b.dir, "pgbouncer.ini")}
	if account != "" {
		args = append([]string{"-u", account}, args...)
	}
	b.command = exec.CommandContext(ctx, path, args...)
	if err := b.command.Start(); err != nil {
		return nil, fmt.Errorf("start pgbouncer: %w", err)
	}
	return b, b.ready(ctx, config.Database)
}

// write writes the configuration, and returns the account that may read the
// server's socket where that is not ours: pgbouncer refuses to be root.
func (b *bouncer) write(config *pgconn.Config, port int) (account string, err error) {
	password := ""
	if config.Password != "" {
		password = " password=" + config.Password
	}
	text := fmt.Sprintf(`[databases]
* = host=%s port=%d user=%s%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
`, config.Host, config.Port, config.User, password, port)
	path := filepath.Join(b.dir, "pgbouncer.ini")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil || os.Geteuid() != 0 {
		return "", err
	}
	return b.give(path, config.Host)
}

func (b *bouncer) give(path, socket string) (string, error) {
	name := "nobody"
	if info, err := os.Stat(socket); err == nil {
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 {
			found, err := user.LookupId(strconv.Itoa(int(owner.Uid)))
			if err != nil {
				return "", err
			}
			name = found.Username
		}
	}
	account, err := user.Lookup(name)
	if err != nil {
		return "", err
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return "", err
	}
	return name, errors.Join(os.Chown(b.dir, uid, -1), os.Chown(path, uid, -1))
}

func freePort(ctx context.Context) (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	at, _ := listener.Addr().(*net.TCPAddr) // of a TCP listener
	return at.Port, listener.Close()
}

// url is a database by way of the pooler.
func (b *bouncer) url(database string) string {
	at := url.URL{Scheme: "postgres", Host: b.address, Path: "/" + database, User: url.User("anybody"), RawQuery: "sslmode=disable"}
	return at.String()
}

func (b *bouncer) ready(ctx context.Context, database string) error {
	plain, err := postgres.WithExecMode(b.url(database), "simple_protocol")
	if err != nil {
		return err
	}
	for began := time.Now(); time.Since(began) < patience; time.Sleep(25 * time.Millisecond) {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(ctx, plain); err == nil {
			return conn.Close(ctx)
		}
	}
	return errors.Join(fmt.Errorf("pgbouncer does not answer: %w", err), b.stop())
}

func (b *bouncer) stop() error {
	_ = b.command.Process.Kill() // it may have ended
	_ = b.command.Wait()
	return os.RemoveAll(b.dir)
}

// pooled does everything by way of a pooler: migrates an empty database, and
// runs four processes at once, one of which is killed.
func (p *pair) pooled(ctx context.Context, b *bouncer) (result, error) {
	r := result{kind: "behind pgbouncer", kill: true}
	empty := p.pool.Config().ConnConfig.Database + "_pooled"
	if err := execute(ctx, p.server, "CREATE DATABASE "+empty+" TEMPLATE template0"); err != nil {
		return r, err
	}
	direct := p.url
	defer func() { p.url = direct }()
	p.url = b.url(empty)
	err := p.do(ctx, work{args: []string{"migrate", "-c", "bouncer.yaml"}})
	if err := errors.Join(err, execute(ctx, p.server, "DROP DATABASE "+empty+" WITH (FORCE)")); err != nil {
		return r, err
	}
	p.url = b.url(p.pool.Config().ConnConfig.Database)
	before, err := p.newestRun(ctx)
	if err != nil {
		return r, err
	}
	var works []work
	var all []*process
	for i := range 4 {
		w := p.sync("bouncer.yaml")
		if i >= 2 {
			if w, err = p.backfill(ctx, 3); err != nil {
				return r, err
			}
			w.args[3] = "bouncer.yaml"
		}
		v, err := p.program.start(ctx, p.url, w.args...)
		if err != nil {
			return r, err
		}
		works, all = append(works, w), append(all, v)
	}
	time.Sleep(30*time.Millisecond + p.someTime(60*time.Millisecond))
	all[0].kill()
	for _, v := range all {
		if err := v.wait(); err != nil {
			return r, err
		}
		if v.code() != 0 && !v.dead() {
			return r, violated("behind pgbouncer: %s", v)
		}
	}
	r.landed, err = p.finish(ctx, before, works, all)
	r.landed = r.landed && all[0].dead()
	return r, err
}
