package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestWatching(t *testing.T) {
	c, err := Parse("/etc/syncer/s.yaml", []byte("listen: off\nheartbeat_url: http://localhost:1/canary\npprof_socket: profile\n"), providers(), environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "" || c.PprofSocket != "/etc/syncer/profile" || c.Heartbeat.Reveal() != "http://localhost:1/canary" {
		t.Errorf("got %q, %q, %q", c.Listen, c.PprofSocket, c.Heartbeat.Reveal())
	}
	if strings.Contains(fmt.Sprintf("%+v", c), "canary") {
		t.Error("the heartbeat's address is shown with the configuration")
	}
	_, err = Parse("s.yaml", []byte("heartbeat_url: http://example.com/canary\n"), providers(), environment(nil))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("an error that shows the address: %v", err)
	}
}
