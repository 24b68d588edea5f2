package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// canaries are a configuration in which every secret is in a file: those of all
// providers, the database's password and the heartbeat's path.
func canaries(t *testing.T) (database, path string, secrets []string) {
	t.Helper()
	const password, ping = "canary-password-5c1e", "canary-ping-90ab"
	database = pgtest.URL(t)
	prefix, _ := rolesOf(t, database)
	must(t, database, fmt.Sprintf("ALTER ROLE %s_writer PASSWORD '%s'", prefix, password))
	at, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("user", prefix+"_writer")
	query.Set("password", password)
	at.User, at.RawQuery = nil, query.Encode()
	path = everySource(t, simulate.WorldStart)
	for name, text := range map[string]string{
		"database": at.String(), "beat": "http://127.0.0.1:1/" + ping,
		"syncer.yaml": strings.ReplaceAll(read(t, path), "@daily", "@every 15s") +
			"database: { url_file: database }\nheartbeat_url_file: beat\npprof_socket: profiles\nevidence: { mirror: mirror }\n",
	} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return database, path, append(secretsOf(t, path), password, ping)
}

// TestCanariesOfADaemonAreNowhere lets a daemon read every list with every secret
// in a file, looks at all that it shows, and aborts it.
func TestCanariesOfADaemonAreNowhere(t *testing.T) {
	t.Parallel()
	database, path, secrets := canaries(t)
	at := listening(t, path)
	p := startServe(t, "", path)
	eventually(t, "a run of every list", func() bool {
		return scan[int](t, database, "SELECT count(DISTINCT list_id) FROM runs WHERE outcome IN ('changed', 'unchanged')") == len(everyList())
	})
	client := &http.Client{Transport: &http.Transport{DialContext: unixDial(&net.Dialer{}, filepath.Join(filepath.Dir(path), "profiles"))}}
	for _, page := range []string{"/", "/metrics", "/readyz", "/livez"} {
		hidesAll(t, page, answers(t, at+page, "200 "), secrets)
	}
	for _, profile := range []string{"goroutine?debug=2", "heap?debug=1"} {
		text := asked(client, "http://socket/debug/pprof/"+profile)
		if !strings.HasPrefix(text, "200") {
			t.Errorf("%s: %.100s", profile, text)
		}
		hidesAll(t, profile, text, secrets)
	}
	of := func(name string) string { return read(t, fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name)) }
	hidesAll(t, "cmdline", of("cmdline"), secrets)
	if syscall.Geteuid() == 0 { // nobody else may look
		if environ := of("environ"); !strings.Contains(environ, "NOTIFY_SOCKET=") {
			t.Errorf("environ: %q", environ)
		} else {
			hidesAll(t, "environ", environ, secrets)
		}
	}
	hidesAll(t, "the messages to systemd", strings.Join(p.heard(), "\n"), secrets)
	report := filepath.Join(t.TempDir(), "report.tar.gz")
	for _, args := range [][]string{{"check", "--bundle", report}, {"status"}, {"status", "--json"}, {"lists"}, {"verify"}, {"complete", "--", "sync", ""}} {
		text, err := syncerSays(t, "", append(args[:1:1], append([]string{"-c", path}, args[1:]...)...)...)
		if text == "" && args[0] != "complete" {
			t.Errorf("%v said nothing: %v", args, err)
		}
		if args[0] == "check" && !strings.Contains(text, "heartbeat_url: from ") {
			t.Errorf("check does not look at the heartbeat:\n%s", text)
		}
		hidesAll(t, fmt.Sprint(args), text, secrets)
	}
	for name, text := range unpacked(t, report) {
		hidesAll(t, "the bug report's "+name, text, secrets)
	}
	hidesAll(t, "a table", everyRow(t, database), secrets)
	p.signal(t, syscall.SIGQUIT)
	if err := p.end(t); err == nil || !strings.Contains(p.text(), "goroutine ") {
		t.Errorf("no trace: %v", err)
	}
	hidesAll(t, "the log and the trace", p.text(), secrets)
}

// TestNoCoreIsDumped aborts the program, which asks for a core by its environment
// and may dump one by its limit, and finds none. Others of its user cannot read its
// environment.
func TestNoCoreIsDumped(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(testBinary(t))
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "syncer") // the name by which it is the program
	if err := os.WriteFile(program, body, 0o755); err != nil {
		t.Fatal(err)
	}
	process := exec.Command("sh", "-c", `ulimit -c unlimited 2>/dev/null; exec "$0" simulate`, program)
	process.Dir, process.Env = dir, append(os.Environ(), "GOTRACEBACK=crash", "HOME="+dir)
	if syscall.Geteuid() == 0 { // root may dump and read everything: be somebody else
		process.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if n, err := out.Read(make([]byte, 1)); n == 0 {
		t.Fatalf("it did not begin: %v", err)
	}
	at := fmt.Sprintf("/proc/%d/", process.Process.Pid)
	if limits := read(t, at+"limits"); !strings.Contains(strings.Join(strings.Fields(limits), " "), "Max core file size 0 0 bytes") {
		t.Errorf("limits:\n%s", limits)
	}
	if info, err := os.Stat(at + "environ"); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("environ is not root's: %v, %v", info, err)
	}
	if err := process.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	err = process.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGABRT || exit.Sys().(syscall.WaitStatus).CoreDump() {
		t.Errorf("ended with %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*core*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
