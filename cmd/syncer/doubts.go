package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"syncer/fetchers"
	"syncer/ingest"
)

// doubts is the log of a command that runs once: what a person should know of
// what is read. On a terminal it leaves out how each run ended, which the
// command shows, and the line, if there is one, tells of requests that are repeated.
func (s *session) doubts(line *reading) *slog.Logger {
	if line == nil && !onTerminal(s.Stderr) {
		return slog.New(doubtful(s.Stderr))
	}
	return slog.New(liveHandler{doubtful(s.Stderr), line, ""})
}

func doubtful(w io.Writer) slog.Handler {
	return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn})
}

// liveHandler is the log where somebody watches.
type liveHandler struct {
	slog.Handler
	line   *reading
	source string
}

// Handle writes a line aside, or leaves it to what is shown.
func (h liveHandler) Handle(ctx context.Context, record slog.Record) error {
	switch {
	case record.Message == ingest.RunEnded:
		return nil
	case record.Message == fetchers.Repeating && h.line != nil:
		why, wait := whyAgain(record)
		h.line.wait(h.source, why, wait)
		return nil
	}
	return h.line.aside(func() error { return h.Handler.Handle(ctx, record) })
}

// whyAgain is why a request is repeated, without what was asked, and when.
func whyAgain(record slog.Record) (why string, wait time.Duration) {
	var asked []string
	record.Attrs(func(attr slog.Attr) bool {
		switch attr.Key {
		case "method", "path":
			asked = append(asked, attr.Value.String())
		case "wait":
			wait = attr.Value.Duration()
		case "err":
			why = attr.Value.String()
		}
		return true
	})
	return briefly(strings.TrimPrefix(why, strings.Join(asked, " ")+": ")), wait
}

// briefly is what fits beside the rest: the status of an answer, or what the
// system said last.
func briefly(why string) string {
	if words := strings.Fields(why); len(words) > 1 && words[0] == "status" {
		return "status " + strings.Trim(words[1], ":;,")
	}
	return why[strings.LastIndex(": "+why, ": "):]
}

// WithAttrs keeps the source, by which the line knows whose request it is.
func (h liveHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, attr := range attrs {
		if attr.Key == "source" {
			h.source = attr.Value.String()
		}
	}
	h.Handler = h.Handler.WithAttrs(attrs)
	return h
}

// WithGroup is the handler of a logger with a group.
func (h liveHandler) WithGroup(name string) slog.Handler {
	h.Handler = h.Handler.WithGroup(name)
	return h
}
