package main

import (
	"os/user"
	"testing"
)

// TestSomebodyDecides wants a name where the environment has none, as in a
// service or a container.
func TestSomebodyDecides(t *testing.T) {
	nothing := &session{environment: environment{Lookup: func(string) (string, bool) { return "", false }}}
	got := nothing.decided("", "why").Actor
	if got == "" || got == "unknown" {
		t.Errorf("decided by %q", got)
	}
	if me, err := user.Current(); err == nil && got != me.Username {
		t.Errorf("decided by %q, want %q", got, me.Username)
	}
	sudo := &session{environment: environment{Lookup: func(name string) (string, bool) { return "kim", name == "SUDO_USER" }}}
	if got := sudo.decided("", "why").Actor; got != "kim" {
		t.Errorf("decided by %q, want kim", got)
	}
	if got := sudo.decided("lee", "why").Actor; got != "lee" {
		t.Errorf("decided by %q, want lee", got)
	}
}
