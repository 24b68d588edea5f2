package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWatching(t *testing.T) {
	c, err := Parse("/etc/syncer/s.yaml", []byte("listen: off\nheartbeat_url: http://localhost:1/canary\npprof_socket: profile\n"), providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "" || c.PprofSocket != "/etc/syncer/profile" || c.Heartbeat.Clear.Reveal() != "http://localhost:1/canary" {
		t.Errorf("got %q, %q, %q", c.Listen, c.PprofSocket, c.Heartbeat.Clear.Reveal())
	}
	if strings.Contains(fmt.Sprintf("%+v", c), "canary") {
		t.Error("the heartbeat's address is shown with the configuration")
	}
	_, err = Parse("s.yaml", []byte("heartbeat_url: http://example.com/canary\n"), providers(), environment(nil))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("an error that shows the address: %v", err)
	}
}

// TestHeartbeatIsASecretLikeOthers reads it from a file, from a credential and
// from the environment, and refuses what the others refuse.
func TestHeartbeatIsASecretLikeOthers(t *testing.T) {
	const address = "https://hc.example.com/ping/canary"
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file("credential", address+"\n", 0o440)
	for _, test := range []struct {
		setting string
		values  map[string]string
		want    string // of the address, or of the error
		from    string
	}{
		{"", nil, "", ""},
		{"heartbeat_url: " + address, nil, address, "heartbeat_url"},
		{"heartbeat_url_file: " + file("good", address+"\n", 0o600), nil, address, filepath.Join(dir, "good")},
		{"heartbeat_url_file: $CREDENTIALS_DIRECTORY/credential", map[string]string{"CREDENTIALS_DIRECTORY": dir}, address, "$CREDENTIALS_DIRECTORY/credential"},
		{"heartbeat_url: https://example.com/other", map[string]string{"SYNCER_HEARTBEAT_URL": address}, address, "SYNCER_HEARTBEAT_URL"},
		{"heartbeat_url_file: " + file("open", address, 0o644), nil, "others can read it", filepath.Join(dir, "open")},
		{"heartbeat_url_file: " + file("clear", "http://hc.example.com/ping/canary", 0o600), nil, "want https", filepath.Join(dir, "clear")},
		{"heartbeat_url_file: " + filepath.Join(dir, "none"), nil, "no such file", filepath.Join(dir, "none")},
		{"", map[string]string{"SYNCER_HEARTBEAT_URL": "ftp://canary"}, "want an address such as", "SYNCER_HEARTBEAT_URL"},
	} {
		c, err := Parse("s.yaml", []byte(test.setting), providers(), environment(test.values))
		if err != nil {
			t.Fatalf("%s: %v", test.setting, err)
		}
		read, err := c.Heartbeat.URL(environment(test.values))
		got := read.Reveal()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) || test.want == "" && got != "" || err != nil && strings.Contains(got, "canary") {
			t.Errorf("%s: got %q", test.setting, got)
		}
		if from := c.Heartbeat.From(environment(test.values)); from != test.from {
			t.Errorf("%s: from %q", test.setting, from)
		}
		if strings.Contains(fmt.Sprintf("%+v", c), "canary") {
			t.Errorf("%s: shown with the configuration", test.setting)
		}
	}
	_, err := Parse("s.yaml", []byte("heartbeat_url: "+address+"\nheartbeat_url_file: x\n"), providers(), environment(nil))
	if err == nil || !strings.Contains(err.Error(), "s.yaml:2:1: heartbeat_url_file: want heartbeat_url or heartbeat_url_file, not both") || strings.Contains(err.Error(), "canary") {
		t.Errorf("both: %v", err)
	}
}

// TestBundleHidesTheHeartbeat shows where it is, and not what it is.
func TestBundleHidesTheHeartbeat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(path, []byte("heartbeat_url: https://hc.example.com/ping/canary\nheartbeat_url_file: secrets/beat\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := Redacted(path)
	if err != nil || strings.Contains(text, "canary") || !strings.Contains(text, "heartbeat_url: '[redacted]'") && !strings.Contains(text, "heartbeat_url: \"[redacted]\"") && !strings.Contains(text, "heartbeat_url: [redacted]") || !strings.Contains(text, "secrets/beat") {
		t.Errorf("%v\n%s", err, text)
	}
}
