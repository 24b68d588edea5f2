package daemon

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
		NewLog(&out, format, noEnvironment).Info("run ended")
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
	own := NewLog(file, "auto", journal(fmt.Sprintf("%d:%d", stat.Dev, stat.Ino))).With("a", 1).WithGroup("g")
	own.Error("one")
	own.Warn("two")
	own.Info("three")
	NewLog(file, "auto", journal("1:1")).Info("another's")
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
