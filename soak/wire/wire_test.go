package wire_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp"
	"syncer/pgtemp/pgtest"
	"syncer/soak/wire"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// between is a database with a table t, and a proxy before it.
func between(t *testing.T, decide func(wire.Message) wire.Action) (direct *pgx.Conn, proxy *wire.Proxy) {
	t.Helper()
	url := pgtest.EmptyURL(t)
	direct = connect(t, url)
	if _, err := direct.Exec(t.Context(), "CREATE TABLE t (n integer)"); err != nil {
		t.Fatal(err)
	}
	proxy, err := wire.Listen(t.Context(), url, decide)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	return direct, proxy
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	})
	return conn
}

// insert writes a row in a transaction and returns the error of its COMMIT.
func insert(t *testing.T, conn *pgx.Conn) error {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES ($1)", 1); err != nil {
		t.Fatal(err)
	}
	return tx.Commit(t.Context())
}

func rows(t *testing.T, direct *pgx.Conn) int {
	t.Helper()
	var n int
	if err := direct.QueryRow(t.Context(), "SELECT count(*) FROM t").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMessagesAreSeen wants every message to pass, and to be seen for what it is.
func TestMessagesAreSeen(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	var seen []wire.Message
	direct, proxy := between(t, func(m wire.Message) wire.Action {
		mutex.Lock()
		defer mutex.Unlock()
		seen = append(seen, m)
		return wire.Forward
	})
	conn := connect(t, proxy.URL("seen"))
	var name string
	if err := conn.QueryRow(t.Context(), "SELECT current_setting('application_name')").Scan(&name); err != nil || name != "seen" {
		t.Errorf("application_name %q, %v", name, err)
	}
	if err := insert(t, conn); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"t"}, []string{"n"}, pgx.CopyFromRows([][]any{{2}, {3}})); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, direct); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	mutex.Lock()
	defer mutex.Unlock()
	var story []string
	for i, m := range seen {
		if m.Number != i+1 || m.Conn != 1 {
			t.Errorf("message %d: %+v", i+1, m)
		}
		if m.Write {
			story = append(story, string(m.Type)+" "+m.SQL)
		}
	}
	got := strings.Join(story, "|")
	if !strings.HasPrefix(got, "Q begin|P INSERT INTO t VALUES ($1)|") || !strings.HasSuffix(got, "|E |S |Q commit") {
		t.Errorf("the transaction was seen as %s", got)
	}
	if !slices.ContainsFunc(seen, func(m wire.Message) bool { return m.Type == 'c' }) {
		t.Error("the end of COPY was not seen")
	}
	if proxy.Messages() != len(seen) {
		t.Errorf("%d messages counted, %d seen", proxy.Messages(), len(seen))
	}
}

// TestCommit breaks the connection around COMMIT: what the client hears is the
// same each time, what the server did is not.
func TestCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action wire.Action
		rows   []int // what may be there afterwards
	}{
		{wire.Forward, []int{1}},
		{wire.Cut, []int{0}},
		{wire.ForwardAndCut, []int{0, 1}},
		{wire.LoseAnswer, []int{1}},
		{wire.CutThenForward, []int{1}},
	} {
		t.Run(c.action.String(), func(t *testing.T) {
			t.Parallel()
			direct, proxy := between(t, func(m wire.Message) wire.Action {
				if m.Commit() {
					return c.action
				}
				return wire.Forward
			})
			conn := connect(t, proxy.URL("commit"))
			if err := insert(t, conn); (err == nil) != (c.action == wire.Forward) {
				t.Errorf("the client hears %v", err)
			}
			alone(t, direct)
			if n := rows(t, direct); !slices.Contains(c.rows, n) {
				t.Errorf("%d rows, want any of %v", n, c.rows)
			}
		})
	}
}

// alone waits until the client's backend has ended, or has nothing to do.
func alone(t *testing.T, direct *pgx.Conn) {
	t.Helper()
	const others = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'commit'
		AND datname = current_database() AND state <> 'idle'`
	for began := time.Now(); time.Since(began) < 5*time.Minute; time.Sleep(10 * time.Millisecond) {
		var n int
		if err := direct.QueryRow(t.Context(), others).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	t.Error("the client's backend does not end")
}

// TestCancel wants a request to cancel to pass: it comes on a connection of
// its own, in a packet without a type.
func TestCancel(t *testing.T) {
	t.Parallel()
	direct, proxy := between(t, func(wire.Message) wire.Action { return wire.Forward })
	conn := connect(t, proxy.URL("cancel"))
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), "SELECT pg_sleep(600)")
		ended <- err
	}()
	for sleeps := false; !sleeps && len(ended) == 0; time.Sleep(5 * time.Millisecond) {
		const asleep = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'cancel' AND wait_event = 'PgSleep')"
		if err := direct.QueryRow(t.Context(), asleep).Scan(&sleeps); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.PgConn().CancelRequest(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "57014") {
		t.Errorf("got %v", err)
	}
}

// TestPassword wants a client to be able to prove who it is (SCRAM): its
// messages can only be read by who knows what the server asked for.
func TestPassword(t *testing.T) {
	t.Parallel()
	server, err := pgtemp.Start(t.Context(), pgtemp.Options{BinDir: os.Getenv("SYNCER_PG_BIN")})
	if errors.Is(err, pgtemp.ErrNoServer) && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, NOT TESTED: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	password, err := os.ReadFile(server.PasswordFile())
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(server.TCPURL())
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword(pgtemp.Owner, strings.TrimSpace(string(password)))
	proxy, err := wire.Listen(t.Context(), at.String(), func(wire.Message) wire.Action { return wire.Forward })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	var name string
	if err := connect(t, proxy.URL("password")).QueryRow(t.Context(), "SELECT current_user").Scan(&name); err != nil || name != pgtemp.Owner {
		t.Errorf("connected as %q, %v", name, err)
	}
}
