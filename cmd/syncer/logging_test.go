package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func noEnvironment(string) (string, bool) { return "", false }

func TestLogFormats(t *testing.T) {
	for format, prefix := range map[string]string{"auto": "{", "json": "{", "text": "time="} {
		var out bytes.Buffer
		newLog(&out, format, noEnvironment).Info("run ended")
		if !strings.HasPrefix(out.String(), prefix) {
			t.Errorf("%s: %s", format, out.String())
		}
	}
}

// TestJournalGetsPriorities wants a priority before each line, and only where
// the file is the journal's own.
func TestJournalGetsPriorities(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var stat syscall.Stat_t
	if err := syscall.Fstat(int(file.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	journal := func(stream string) func(string) (string, bool) {
		return func(name string) (string, bool) { return stream, name == "JOURNAL_STREAM" }
	}
	own := newLog(file, "auto", journal(fmt.Sprintf("%d:%d", stat.Dev, stat.Ino))).With("a", 1).WithGroup("g")
	own.Error("one")
	own.Warn("two")
	own.Info("three")
	newLog(file, "auto", journal("1:1")).Info("another's")
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i, want := range []string{"<3>", "<4>", "<6>", ""} {
		line, found := strings.CutPrefix(lines[i], want)
		if !found || !json.Valid([]byte(line)) {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
	if priority(slog.LevelDebug) != "<7>" {
		t.Error("debug has another priority")
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
