package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/terminal"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
)

// watched runs a sync whose line is written to out, as on a terminal.
func watched(t *testing.T, path, database string) (line string, lines []syncLine) {
	t.Helper()
	var out bytes.Buffer
	values := map[string]string{"DATABASE_URL": database}
	s := newSession(t.Context(), environment{
		Stdout: &out, Stderr: &out, Now: time.Now,
		Lookup: func(name string) (string, bool) { value, found := values[name]; return value, found },
	}, path)
	loaded, err := s.config()
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.OpenToLoad(t.Context(), loaded, s.pipelineEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	shown := newProgress(terminal.Screen{Writer: &out, Live: true, Width: 120}, len(loaded.Lists()), time.Now)
	shown.follow(p.Runner, &out)
	lines = (&syncCommand{}).all(s, p, loaded.Lists(), shown)
	shown.end()
	return out.String(), lines
}

// TestSyncSaysWhatItWaitsFor has a provider that fails once.
func TestSyncSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	fault, err := simulate.ParseFault("iwinv:http500:times=2")
	if err != nil {
		t.Fatal(err)
	}
	path := everySource(t, simulate.WorldStart, fault)
	line, _ := watched(t, path, pgtest.URL(t))
	for _, want := range []string{"  iwinv/block-storage-types: status 500, again in ", "huawei/availability-zones: page 1, "} {
		if !strings.Contains(line, want) {
			t.Errorf("no %q in\n%q", want, line)
		}
	}
	if strings.Contains(line, "repeating") || strings.Contains(line, "run ended") {
		t.Errorf("raw lines in\n%q", line)
	}
	for _, written := range strings.Split(line, "\r") {
		if len([]rune(written)) > 120 && !strings.Contains(written, "doubtful entry") {
			t.Errorf("too long: %q", written)
		}
	}
}

// TestHeldRunIsShownByTheTableAlone on a terminal.
func TestHeldRunIsShownByTheTableAlone(t *testing.T) {
	t.Parallel()
	database, endpoint := pgtest.URL(t), simulated(t)
	path := configured(t, endpoint, endpoint.BaseURL)
	watched(t, path, database)
	gone, err := simulate.ParseFault("iwinv:shrink:fraction=0.1")
	if err != nil {
		t.Fatal(err)
	}
	line, lines := watched(t, everySource(t, simulate.WorldStart, gone), database)
	held := 0
	for _, list := range lines {
		if list.HeldFor != "" {
			held++
		}
	}
	if held == 0 || strings.Contains(line, "run ended") {
		t.Errorf("%d held\n%q", held, line)
	}
}

func TestWhatIsWaitedForIsBrief(t *testing.T) {
	for why, want := range map[string]string{
		"status 500 (UNKNOWN 0x99): Check request.": "status 500", "status 503: Service Unavailable": "status 503", "unexpected EOF": "unexpected EOF",
		"dial tcp 127.0.0.1:1: connect: connection refused": "connection refused", "": "",
	} {
		if got := briefly(why); got != want {
			t.Errorf("%q: got %q", why, got)
		}
	}
}
