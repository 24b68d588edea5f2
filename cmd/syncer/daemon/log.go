package daemon

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
)

// NewLog returns the log of a daemon. Its format is text, json, or auto, which
// is text on a terminal and JSON elsewhere. The journal gets each line with its priority in front,
// so that `journalctl -p warning` finds what it should.
func NewLog(w io.Writer, format string, lookup config.Lookup) *slog.Logger {
	format = logFormat(w, format)
	if !journal(w, lookup) {
		return slog.New(handler(w, format))
	}
	out := &prioritized{out: w}
	return slog.New(journalHandler{handler(out, format), out})
}

// LoggedForPeople says whether the log of NewLog is text on a terminal, where
// somebody reads it.
func LoggedForPeople(w io.Writer, format string) bool {
	return terminal.IsTerminal(w) && logFormat(w, format) == "text"
}

// logFormat is text or json.
func logFormat(w io.Writer, format string) string {
	switch {
	case format != "auto":
		return format
	case terminal.IsTerminal(w):
		return "text"
	}
	return "json"
}

func handler(w io.Writer, format string) slog.Handler {
	if format == "json" {
		return slog.NewJSONHandler(w, nil)
	}
	return slog.NewTextHandler(w, nil)
}

// journal says whether a file is the journal's stream: JOURNAL_STREAM names its
// device and inode (systemd.exec(5)), for it is inherited by whoever writes
// elsewhere.
func journal(w io.Writer, lookup config.Lookup) bool {
	file, ok := w.(*os.File)
	named, set := lookup("JOURNAL_STREAM")
	if !ok || !set {
		return false
	}
	info, err := file.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && named == fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

// journalHandler writes each line with its priority.
type journalHandler struct {
	slog.Handler
	out *prioritized
}

// Handle writes one line.
func (h journalHandler) Handle(ctx context.Context, record slog.Record) error {
	h.out.mutex.Lock()
	defer h.out.mutex.Unlock()
	h.out.priority = priority(record.Level)
	return h.Handler.Handle(ctx, record)
}

// WithAttrs is the handler of a logger with attributes.
func (h journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return journalHandler{h.Handler.WithAttrs(attrs), h.out}
}

// WithGroup is the handler of a logger with a group.
func (h journalHandler) WithGroup(name string) slog.Handler {
	return journalHandler{h.Handler.WithGroup(name), h.out}
}

// prioritized puts the priority before what a handler writes: a line at a time.
type prioritized struct {
	out      io.Writer
	mutex    sync.Mutex
	priority string
}

// Write writes one line.
func (p *prioritized) Write(line []byte) (int, error) {
	if _, err := p.out.Write(append([]byte(p.priority), line...)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// priority is the prefix that sd-daemon(3) gives to a level.
func priority(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "<3>"
	case level >= slog.LevelWarn:
		return "<4>"
	case level >= slog.LevelInfo:
		return "<6>"
	}
	return "<7>"
}
