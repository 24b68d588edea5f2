package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
)

// overTCP is an address by which the server asks for the password: on its socket
// the tests' own server trusts everybody.
func overTCP(t *testing.T, database, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("host", "127.0.0.1")
	query.Set("port", scan[string](t, database, "SHOW port"))
	at.RawQuery = query.Encode()
	return at.String()
}

// TestServeOutlastsADatabaseThatRefuses has a database that answers, and for a
// while takes no writes or no login: a due time of that while is run after it,
// nothing counts as a failed run, and the log is not filled.
func TestServeOutlastsADatabaseThatRefuses(t *testing.T) {
	for name, c := range map[string]struct{ code, begin, end string }{
		"takes no writes":      {"25006", "ALTER ROLE %s SET default_transaction_read_only = on", "ALTER ROLE %s RESET default_transaction_read_only"},
		"refuses the role":     {"28000", "ALTER ROLE %s NOLOGIN", "ALTER ROLE %s LOGIN"},
		"refuses the password": {"28P01", "ALTER ROLE %s PASSWORD 'another'", "ALTER ROLE %s PASSWORD 'secret'"},
		"has no room":          {"53300", "ALTER ROLE %s CONNECTION LIMIT 0", "ALTER ROLE %s CONNECTION LIMIT -1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database, endpoint := pgtest.URL(t), simulated(t)
			prefix, as := rolesOf(t, database)
			writer := prefix + "_writer"
			path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
			at, began := listening(t, path), time.Now()
			refuse := func() {
				must(t, database, fmt.Sprintf(c.begin, writer))
				must(t, database, fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'", writer))
			}
			refuse()
			p := startServe(t, overTCP(t, database, as("writer")), path)
			waiting := func() bool { return strings.HasPrefix(p.status(), "waiting for the database since ") }
			eventually(t, "a status that it waits from the start on", waiting)
			must(t, database, fmt.Sprintf(c.end, writer))
			eventually(t, "a run", func() bool { return scan[int](t, database, endedRuns) > 0 })
			answers(t, at+"/readyz", "200 ready")

			refuse()
			refused := scan[time.Time](t, database, "SELECT clock_timestamp()")
			eventually(t, "a status that it waits", waiting)
			answers(t, at+"/readyz", "503 not ready")
			time.Sleep(8 * time.Second) // a due time, and the looks for those of dead daemons
			back := scan[time.Time](t, database, "SELECT clock_timestamp()")
			must(t, database, fmt.Sprintf(c.end, writer))
			eventually(t, "a run for a due time of the outage", func() bool {
				return scan[int](t, database, endedRuns+" AND due_at BETWEEN $1 AND $2", refused, back) > 0
			})
			runs := scan[int](t, database, endedRuns)
			eventually(t, "more runs", func() bool { return scan[int](t, database, endedRuns) > runs+1 })
			answers(t, at+"/readyz", "200 ready")
			log := p.text()
			if n, minutes := strings.Count(log, "the database is away"), int(time.Since(began)/time.Minute); n < 1 || n > 1+minutes {
				t.Errorf("logged %d times in %d minutes and a bit", n, minutes)
			}
			if strings.Contains(log, "run failed") || !strings.Contains(log, c.code) {
				t.Errorf("want %s and no failed run in the log", c.code)
			}
		})
	}
}

// TestServeOutlivesTheReaderOfItsLog is `syncer serve 2>&1 | head -1`.
func TestServeOutlivesTheReaderOfItsLog(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	serve := exec.Command("syncer", "serve", "-c", scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`))
	serve.Env = append(os.Environ(), "DATABASE_URL="+database)
	serve.Stdout, serve.Stderr = write, write
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()
	t.Cleanup(func() { serve.Process.Kill() })
	write.Close()
	if line, err := bufio.NewReader(read).ReadString('\n'); err != nil {
		t.Fatalf("the first line is %q, %v", line, err)
	}
	read.Close()
	eventually(t, "runs that nobody reads of", func() bool { return scan[int](t, database, endedRuns) > 1 })
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(patience):
		t.Error("it does not end")
	}
}

// TestServeWithoutAReaderOfItsLastError wants its exit code all the same.
func TestServeWithoutAReaderOfItsLastError(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	serve := exec.Command("syncer", "serve", "-c", emptyConfig(t))
	serve.Env = append(os.Environ(), "DATABASE_URL=postgres://nobody@127.0.0.1:1/x?sslmode=bad")
	serve.Stdout, serve.Stderr = write, write
	_ = serve.Run()
	if code := serve.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit %d, %v", code, serve.ProcessState)
	}
}

// TestServeOutlivesItsServer kills the embedded server across a due time: it is
// started again, and the due time is run.
func TestServeOutlivesItsServer(t *testing.T) {
	t.Parallel()
	endpoint := simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	dir := reachable(t)
	appended(t, path, "database: { embedded: "+dir+" }\n")
	at := listening(t, path)
	p := startServe(t, "", path, "--migrate")
	runs := func() int { return strings.Count(p.text(), `"msg":"run ended"`) }
	eventually(t, "a run", func() bool { return runs() > 0 })
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
	eventually(t, "a word that the server ended and came again", func() bool {
		return strings.Contains(p.text(), "postgres ended") && strings.Contains(p.text(), "postgres is started again")
	})
	answers(t, at+"/readyz", "200 ready")
	before := runs()
	eventually(t, "more runs", func() bool { return runs() > before+1 })
	p.signal(t, syscall.SIGTERM)
	if err := p.end(t); err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the new server runs on: %v", err)
	}
}
