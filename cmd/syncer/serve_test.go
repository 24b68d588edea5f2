package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"syncer/pgtemp/pgtest"
)

// scan asks the database for one value.
func scan[T any](t *testing.T, database, query string, args ...any) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var value T
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

const endedRuns = "SELECT count(*) FROM runs WHERE outcome IN ('changed', 'unchanged')"

// TestServeNotifiesSystemd plays systemd: ready when the database was reached,
// signs of life, a configuration that is read again or refused, stopping.
func TestServeNotifiesSystemd(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	p := startServe(t, database, path)
	eventually(t, "READY=1", func() bool { return p.count("READY=1") == 1 })
	eventually(t, "a first run", func() bool { return scan[int](t, database, endedRuns) > 0 })
	eventually(t, "a status of what comes", func() bool { return strings.HasPrefix(p.status(), "idle; next iwinv/zones at ") })
	alive := p.count("WATCHDOG=1")
	eventually(t, "signs of life", func() bool { return p.count("WATCHDOG=1") >= alive+3 })

	rewrite(t, path, endpoint.BaseURL, `{ images: { schedule: "0 0 31 2 *" } }`)
	p.signal(t, syscall.SIGHUP)
	eventually(t, "RELOADING=1 and READY=1", func() bool { return p.count("RELOADING=1\nMONOTONIC_USEC=") == 1 && p.count("READY=1") == 2 })
	if log := p.text(); !strings.Contains(log, "the configuration is refused; the old one stays") || !strings.Contains(log, ":5:24: sources.iwinv.lists.images.schedule:") {
		t.Errorf("a bad configuration: logged\n%s", log)
	}
	runs := scan[int](t, database, endedRuns)
	eventually(t, "a run by the old configuration", func() bool { return scan[int](t, database, endedRuns) > runs })

	rewrite(t, path, endpoint.BaseURL, `{ images: { schedule: "@every 5s" } }`)
	p.signal(t, syscall.SIGHUP)
	eventually(t, "READY=1 again", func() bool { return p.count("READY=1") == 3 })
	eventually(t, "a run by the new configuration", func() bool {
		return scan[int](t, database, endedRuns+" AND list_id = (SELECT max(id) FROM lists WHERE list = 'images')") > 0
	})

	p.signal(t, syscall.SIGTERM)
	if err := p.end(t); err != nil {
		t.Errorf("ended with %v", err)
	}
	eventually(t, "STOPPING=1", func() bool { return p.count("STOPPING=1") == 1 })
}

// TestServeStopsAfterTheGrace lets one run finish and cancels one that does
// not.
func TestServeStopsAfterTheGrace(t *testing.T) {
	for name, test := range map[string]struct {
		grace   string
		finish  bool
		outcome string
	}{
		"finished": {"30s", true, "changed"},
		"canceled": {"500ms", false, "failed canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database, endpoint := pgtest.URL(t), simulated(t)
			g := newGate(t, endpoint.BaseURL)
			g.hold("/zones")
			p := startServe(t, database, scheduled(t, endpoint, g.URL, `{ zones: { schedule: "@every 5s" } }`), "--grace", test.grace)
			eventually(t, "a run that waits", func() bool { return g.held.Load() == 1 })
			eventually(t, "its status", func() bool { return p.status() == "reading iwinv/zones" })
			p.signal(t, syscall.SIGTERM)
			if test.finish {
				time.Sleep(100 * time.Millisecond)
				g.release()
			}
			if err := p.end(t); err != nil {
				t.Errorf("ended with %v", err)
			}
			got := scan[string](t, database, "SELECT concat_ws(' ', outcome, error_class) FROM runs WHERE outcome <> 'skipped'")
			if got != test.outcome {
				t.Errorf("the run ended as %q, want %q", got, test.outcome)
			}
		})
	}
}

func TestSecondSignalEndsServeAtOnce(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	g := newGate(t, endpoint.BaseURL)
	g.hold("/zones")
	p := startServe(t, database, scheduled(t, endpoint, g.URL, `{ zones: { schedule: "@every 5s" } }`), "--grace", "1h")
	eventually(t, "a run that waits", func() bool { return g.held.Load() == 1 })
	p.signal(t, syscall.SIGTERM)
	eventually(t, "STOPPING=1", func() bool { return p.count("STOPPING=1") == 1 })
	p.signal(t, syscall.SIGTERM)
	if err := p.end(t); killedBy(err) != syscall.SIGTERM {
		t.Errorf("ended with %v", err)
	}
}

// TestServeWaitsForTheDatabase has none at the start and none for a while
// later. It is logged once in all that time, and a run that waited is made.
func TestServeWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	d, began := newDoor(t, database), time.Now()
	p := startServe(t, d.url, scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`))
	waiting := func() bool { return strings.HasPrefix(p.status(), "waiting for the database since ") }
	eventually(t, "a status that it waits", waiting)
	time.Sleep(2 * time.Second)
	if p.count("READY=1") != 0 {
		t.Error("it says that it is ready")
	}
	d.unlock(t)
	eventually(t, "READY=1", func() bool { return p.count("READY=1") == 1 })
	eventually(t, "a run", func() bool { return scan[int](t, database, endedRuns) > 0 })

	d.shut()
	eventually(t, "a status that it waits", waiting)
	alive := p.count("WATCHDOG=1")
	eventually(t, "signs of life meanwhile", func() bool { return p.count("WATCHDOG=1") >= alive+3 })
	runs := scan[int](t, database, endedRuns)
	d.unlock(t)
	eventually(t, "a run after it", func() bool { return scan[int](t, database, endedRuns) > runs })
	log := p.text()
	if n, minutes := strings.Count(log, "the database is away"), int(time.Since(began)/time.Minute); n < 1 || n > 1+minutes {
		t.Errorf("logged %d times in %d minutes and a bit", n, minutes)
	}
	if strings.Count(log, "the database is back") != 2 {
		t.Error("it was not logged that the database is back")
	}
	if config, err := pgx.ParseConfig(d.url); err != nil || config.Password != "" && strings.Contains(log, config.Password) {
		t.Errorf("the log holds the password, or %v", err)
	}
}

func TestServeRefusesWhatCannotWork(t *testing.T) {
	endpoint := simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	p := startServe(t, pgtest.EmptyURL(t), path)
	if err := p.end(t); err == nil || !strings.Contains(p.text(), "run `syncer migrate up`") {
		t.Errorf("no schema: %v, %s", err, p.text())
	}
	if err := os.WriteFile(strings.Replace(path, "syncer.yaml", "secret_key", 1), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p = startServe(t, pgtest.EmptyURL(t), path)
	if err := p.end(t); err == nil || !strings.Contains(p.text(), "secret_key: is empty") {
		t.Errorf("no secret: %v, %s", err, p.text())
	}
}

// TestServeLogsItsLastError wants it once, in the format of the log, as an
// error: a bare line has no priority and is no JSON.
func TestServeLogsItsLastError(t *testing.T) {
	for format, want := range map[string]string{"json": `"level":"ERROR"`, "auto": `"level":"ERROR"`, "text": "level=ERROR"} {
		code, stdout, stderr := command(t, "postgres://nobody@127.0.0.1:1/x?sslmode=bad", "serve", "-c", emptyConfig(t), "--log-format", format)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		last := lines[len(lines)-1]
		if code != exitFailed || stdout != "" || !strings.Contains(last, want) || strings.Contains(stderr, "syncer: ") ||
			strings.Count(stderr, "level") != strings.Count(stderr, "\n") {
			t.Errorf("%s: exit %d\n%s%s", format, code, stdout, stderr)
		}
		if format != "text" && !json.Valid([]byte(last)) {
			t.Errorf("%s: no JSON: %s", format, last)
		}
	}
	if code, _, stderr := command(t, "", "serve", "--grace", "-1s"); code != exitUsage || !strings.HasPrefix(stderr, "syncer: --grace") {
		t.Errorf("wrong usage: exit %d, %s", code, stderr)
	}
}
