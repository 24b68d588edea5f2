package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// command runs syncer with a database and returns what it said.
func command(t *testing.T, database string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	values := map[string]string{"DATABASE_URL": database}
	code = run(context.Background(), args, environment{
		Stdout: &out, Stderr: &errs, Now: time.Now,
		Lookup: func(name string) (string, bool) { value, found := values[name]; return value, found },
	})
	return code, out.String(), errs.String()
}

// configured writes a configuration for the simulated iwinv at the address.
func configured(t *testing.T, endpoint simulate.Endpoint, address string) string {
	t.Helper()
	dir := t.TempDir()
	for field, secret := range endpoint.Credentials {
		if err := os.WriteFile(filepath.Join(dir, field), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "syncer.yaml")
	text := fmt.Sprintf("sources:\n  iwinv:\n    base_url: %s\n    credentials: { access_key_file: access_key, secret_key_file: secret_key }\n    lists: { zones: , flavors: }\n", address)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func simulated(t *testing.T) simulate.Endpoint {
	t.Helper()
	simulation, err := simulate.New(simulate.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	return simulation.Endpoints()[0]
}

func TestSyncReadsWhatIsConfigured(t *testing.T) {
	database, endpoint := pgtest.URL(t), simulated(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	for _, want := range []string{"iwinv/zones  changed", "iwinv/zones  unchanged"} {
		code, stdout, stderr := command(t, database, "sync", "-c", path, "iwinv/zones")
		if code != exitOK || stderr != "" || !strings.Contains(stdout, want) {
			t.Fatalf("want %s, got %d:\n%s%s", want, code, stdout, stderr)
		}
	}
}

func TestFailedListIsShownOnceAndExitsWithOne(t *testing.T) {
	database, endpoint := pgtest.URL(t), simulated(t)
	code, stdout, stderr := command(t, database, "sync", "-c", configured(t, endpoint, endpoint.BaseURL), "--json", "iwinv/nothing")
	if code != exitUsage || stdout != "" || !strings.Contains(stderr, "syncer: iwinv/nothing is not configured") {
		t.Errorf("unknown list: got %d:\n%s%s", code, stdout, stderr)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	code, stdout, stderr = command(t, database, "sync", "-c", configured(t, endpoint, gone.URL), "iwinv/zones")
	if code != exitFailed || !strings.Contains(stdout, "failed") || strings.Count(stderr, "syncer: iwinv/zones: ") != 1 {
		t.Errorf("provider gone: got %d:\n%s%s", code, stdout, stderr)
	}
}

func TestBackfillLoadsAnArchiveAndNamesWhatItLeavesOut(t *testing.T) {
	database, endpoint := pgtest.URL(t), simulated(t)
	path, dir := configured(t, endpoint, endpoint.BaseURL), t.TempDir()
	page := `{"code":"0000","error_code":"NO_ERROR","count":0,"result":[]}`
	for name, text := range map[string]string{"2026-01-05T00:00:00Z": page, "2026-01-06T00:00:00Z": `{"cut":`} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "page-0001.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := command(t, database, "backfill", "-c", path, "iwinv/zones", dir)
	if code != exitFailed || !strings.Contains(stderr, "snapshot 2026-01-06T00:00:00Z: page-0001.json: is no whole JSON value") {
		t.Errorf("got %d:\n%s%s", code, stdout, stderr)
	}
	if !strings.Contains(stdout, "2 snapshots") {
		t.Errorf("got %q", stdout)
	}
}

func TestHeldAndFailedExitCodes(t *testing.T) {
	held, failed := syncLine{HeldFor: "too many"}, syncLine{Error: "gone"}
	for _, test := range []struct {
		lines []syncLine
		want  int
	}{
		{nil, exitOK}, {[]syncLine{held}, exitHeld}, {[]syncLine{failed}, exitFailed},
		{[]syncLine{held, failed}, exitFailed}, {[]syncLine{failed, held}, exitFailed},
	} {
		s := &session{environment: environment{Stderr: io.Discard}}
		if got := exit(io.Discard, verdict(s, test.lines)); got != test.want {
			t.Errorf("%+v: got %d, want %d", test.lines, got, test.want)
		}
	}
}
