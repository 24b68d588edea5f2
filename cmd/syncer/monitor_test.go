package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// listening adds an address for the page to a configuration, and returns it.
func listening(t *testing.T, path string, more ...string) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := fmt.Fprintf(file, "listen: %s\n%s\n", free.Addr(), strings.Join(more, "\n")); err != nil {
		t.Fatal(err)
	}
	return "http://" + free.Addr().String()
}

// asked is an answer as "STATUS text"; an error is "0 ...".
func asked(client *http.Client, address string) string {
	response, err := client.Get(address)
	if err != nil {
		return "0 " + err.Error()
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return fmt.Sprintf("%d %s", response.StatusCode, text)
}

// answers waits until an address says something.
func answers(t *testing.T, address string, want ...string) (text string) {
	t.Helper()
	eventually(t, address+" says "+strings.Join(want, " and "), func() bool {
		text = asked(http.DefaultClient, address)
		for _, one := range want {
			if !strings.Contains(text, one) {
				return false
			}
		}
		return true
	})
	return text
}

// shrinking is the simulated iwinv with most of its catalog gone.
func shrinking(t *testing.T) simulate.Endpoint {
	t.Helper()
	fault, err := simulate.ParseFault("iwinv:shrink:fraction=0.3")
	if err != nil {
		t.Fatal(err)
	}
	simulation, err := simulate.New(simulate.Options{Now: time.Now, Faults: []simulate.Fault{fault}})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { simulation.Close() })
	return simulation.Endpoints()[0]
}

// TestHeldListIsSeenWhereverOneLooks has a good snapshot, and then a daemon
// whose provider lost most of its catalog: metrics, page and status say so.
func TestHeldListIsSeenWhereverOneLooks(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	good := configured(t, endpoint, endpoint.BaseURL)
	if code, _, stderr := command(t, database, "sync", "-c", good, "iwinv/flavors"); code != exitOK {
		t.Fatalf("sync: %d %s", code, stderr)
	}
	lost := shrinking(t)
	path := scheduled(t, lost, lost.BaseURL, `{ flavors: { schedule: "@every 5s" }, zones: { schedule: "@every 5s" } }`)
	at := listening(t, path)
	p := startServe(t, database, path)
	metrics := answers(t, at+"/metrics", `syncer_list_state{list="iwinv/flavors",provider="iwinv",state="held"} 1`,
		`syncer_runs_total{list="iwinv/flavors",outcome="held"}`, `syncer_runs_total{list="iwinv/zones",outcome="changed"} 1`)
	for _, want := range []string{
		"syncer_database_up 1\n", `syncer_list_stale{list="iwinv/zones",provider="iwinv"} 0`,
		`syncer_list_next_due_timestamp_seconds{list="iwinv/zones",provider="iwinv"}`, "go_goroutines", "process_open_fds", "syncer_pool_max_connections",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s among the metrics", want)
		}
	}
	for _, wrong := range []string{
		`syncer_list_held_snapshots{list="iwinv/flavors",provider="iwinv"} 0`, `syncer_http_requests_total{provider="iwinv",status="2xx"} 0`,
		`syncer_run_bytes_total{list="iwinv/zones"} 0`, `syncer_entries_added_total{list="iwinv/zones"} 0`,
	} {
		if strings.Contains(metrics, wrong) {
			t.Errorf("%s", wrong)
		}
	}
	page := answers(t, at+"/", "held", "syncer accept iwinv/flavors ", "would be removed")
	_, status, _ := command(t, database, "status", "-c", path)
	if !strings.Contains(status, "held") || !strings.Contains(status, "HELD") {
		t.Errorf("status:\n%s", status)
	}
	for _, secret := range endpoint.Credentials {
		if strings.Contains(page+metrics+status+p.text(), secret) {
			t.Error("a secret is shown")
		}
	}
}

// TestHealthWhileTheDatabaseIsAway wants a process that lives and is not ready,
// from the first second on, and metrics that say so.
func TestHealthWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	d := newDoor(t, database)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	at := listening(t, path)
	startServe(t, d.url, path)
	answers(t, at+"/livez", "200 alive")
	answers(t, at+"/readyz", "503 not ready: the database was not reached yet")
	answers(t, at+"/metrics", "syncer_database_up 0", `state="never"} 1`)
	answers(t, at+"/", "the database was not reached yet", "zones")
	d.unlock(t)
	answers(t, at+"/readyz", "200 ready")
	answers(t, at+"/metrics", "syncer_database_up 1", `syncer_list_snapshot_age_seconds{list="iwinv/zones",provider="iwinv"}`)
	d.shut()
	text := answers(t, at+"/readyz", "503 not ready: the database does not answer")
	if strings.Contains(text, "postgres") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("it names the database: %s", text)
	}
	answers(t, at+"/metrics", "syncer_database_up 0", `syncer_list_snapshot_age_seconds{list="iwinv/zones",provider="iwinv"}`)
	answers(t, at+"/livez", "200 alive")
}

// TestProfilesAreOnTheSocketAlone wants pprof there, for its owner only, and
// nowhere else.
func TestProfilesAreOnTheSocketAlone(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@daily" } }`)
	at := listening(t, path, "pprof_socket: profile")
	startServe(t, database, path)
	answers(t, at+"/livez", "200")
	if text := asked(http.DefaultClient, at+"/debug/pprof/"); !strings.HasPrefix(text, "404") {
		t.Errorf("pprof on TCP: %.100s", text)
	}
	socket := filepath.Join(filepath.Dir(path), "profile")
	dial := &net.Dialer{}
	client := &http.Client{Transport: &http.Transport{DialContext: unixDial(dial, socket)}}
	eventually(t, "pprof on the socket", func() bool { return strings.Contains(asked(client, "http://socket/debug/pprof/"), "goroutine") })
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
}

// TestListenAddressThatIsTaken wants lists to be read all the same.
func TestListenAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	path := scheduled(t, endpoint, endpoint.BaseURL, `{ zones: { schedule: "@every 5s" } }`)
	at := listening(t, path)
	taken, err := net.Listen("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := startServe(t, database, path)
	eventually(t, "a run", func() bool { return scan[int](t, database, endedRuns) > 0 })
	eventually(t, "an error in the log", func() bool { return strings.Contains(p.text(), "cannot be served; lists are read all the same") })
}
