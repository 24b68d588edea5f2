package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"syncer/cmd/syncer/config"
	"syncer/pgtemp/pgtest"
)

// foundBy runs init with an environment and returns what it said and wrote.
func foundBy(t *testing.T, values map[string]string, args ...string) (said, text, dir string) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, "syncer.yaml")
	code, said, stderr := withValues(t, values, append([]string{"init", "-c", path}, args...)...)
	if code != exitOK {
		t.Fatalf("init: %d: %s", code, stderr)
	}
	text = read(t, path)
	if _, err := config.Load(path, configProviders(), func(string) (string, bool) { return "", false }); err != nil {
		t.Errorf("what was written: %v", err)
	}
	return said + stderr, text, dir
}

func TestInitTakesTheTimeZoneOfTheMachine(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{
		"Europe/Berlin": "Europe/Berlin", ":America/New_York": "America/New_York", "UTC": "Asia/Seoul", "": "Asia/Seoul", "Mars/Olympus": "Asia/Seoul", "EST5EDT4,M3": "Asia/Seoul",
	} {
		said, text, _ := foundBy(t, map[string]string{"TZ": zone}, "iwinv")
		if !strings.Contains(text, "\nreport_timezone: "+want+"\n") || !strings.Contains(said, "reports are in "+want) {
			t.Errorf("%q: said\n%s", zone, said)
		}
	}
}

// TestInitFindsPostgres has programs, a server that answers, both and neither.
func TestInitFindsPostgres(t *testing.T) {
	at, err := url.Parse(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	socket, nobody := at.Query().Get("host"), t.TempDir()
	answering := map[string]string{"PGHOST": socket, "PGPORT": at.Query().Get("port")}
	if !strings.HasPrefix(socket, "/") { // a server that was named for the tests
		answering = nil
	}
	const own = "\ndatabase: { embedded: data }\n"
	said, text, _ := foundBy(t, map[string]string{"PGHOST": nobody, "SYNCER_PG_BIN": os.Getenv("SYNCER_PG_BIN")}, "iwinv")
	if !strings.Contains(said, "syncer runs a database of its own with it") || !strings.Contains(text, own) || strings.Contains(said, "one answers") {
		t.Errorf("programs:\n%s", said)
	}
	said, text, _ = foundBy(t, map[string]string{"PGHOST": nobody, "SYNCER_PG_BIN": nobody}, "iwinv")
	if !strings.Contains(said, "not found: install a server, 15 or newer") || !strings.Contains(text, own) {
		t.Errorf("nothing:\n%s", said)
	}
	if answering == nil {
		return
	}
	said, text, _ = foundBy(t, answering, "iwinv")
	if !strings.Contains(said, "one answers in "+socket+"; syncer.yaml shows how") || !strings.Contains(text, own+"# The server that answers on this machine:\n# database: { url: \"postgres:///syncer?host=") {
		t.Errorf("programs and a server:\n%s", said)
	}
	answering["SYNCER_PG_BIN"] = nobody
	said, text, _ = foundBy(t, answering, "iwinv")
	if !strings.Contains(said, "createdb syncer") || !strings.Contains(text, "\ndatabase: { url: \"postgres:///syncer?host=") || strings.Contains(text, own) {
		t.Errorf("a server alone:\n%s", said)
	}
}

// TestInitOffersTheCredentialsOfTheEnvironment by name, never by value, and puts
// them into files only when it is asked to.
func TestInitOffersTheCredentialsOfTheEnvironment(t *testing.T) {
	values := map[string]string{
		"NCLOUD_ACCESS_KEY": "canary-1", "NCLOUD_SECRET_KEY": " ", "HW_SECRET_KEY": "canary-2", "SYNCER_IWINV_SECRET_KEY": "canary-3",
		"HUAWEICLOUD_SDK_AK": "canary-4", "HW_ACCESS_KEY": "canary-5", "SCP_TF_SECRET_KEY": "canary-6", "ZSTACK_ACCOUNT_PASSWORD": "canary-7\n",
	}
	want := map[string]string{
		"ncp_access_key": "canary-1", "ncp_secret_key": config.Placeholder, "huawei_secret_key": "canary-2", "iwinv_secret_key": "canary-3", "huawei_access_key": "canary-4",
		"scp_secret_key": "canary-6", "zstack_password": "canary-7", "iwinv_access_key": config.Placeholder,
	}
	said, text, dir := foundBy(t, values)
	for _, name := range []string{"NCLOUD_ACCESS_KEY is set: ncp access_key", "HUAWEICLOUD_SDK_AK is set", "The environment holds 6 of these secrets"} {
		if !strings.Contains(said, name) {
			t.Errorf("not said: %s\n%s", name, said)
		}
	}
	for name := range want {
		if got := strings.TrimSpace(read(t, filepath.Join(dir, "secrets", name))); got != config.Placeholder {
			t.Errorf("%s: %q, without being asked", name, got)
		}
	}
	asked, textAsked, dir := foundBy(t, values, "--from-environment")
	for name, wanted := range want {
		path := filepath.Join(dir, "secrets", name)
		if got := read(t, path); got != wanted+"\n" {
			t.Errorf("%s: %q, want %q", name, got, wanted)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if strings.Contains(said+asked+text+textAsked, "canary") {
		t.Error("a secret is shown")
	}
}
