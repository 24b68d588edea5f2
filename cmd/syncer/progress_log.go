package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"syncer/cmd/syncer/terminal"
	"syncer/fetchers"
	"syncer/ingest"
)

// runLog is the log of runs for a command that runs once: what a person should
// know of what is read. On a terminal it leaves out how each run ended, which the
// command shows, and requests that are repeated are shown by the progress, if
// there is one.
func runLog(stderr io.Writer, shown *progress) *slog.Logger {
	warnings := slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})
	if shown == nil && !terminal.IsTerminal(stderr) {
		return slog.New(warnings)
	}
	return slog.New(watchedHandler{warnings, shown, ""})
}

// watchedHandler is the log where somebody watches.
type watchedHandler struct {
	slog.Handler
	progress *progress
	source   string
}

// Handle writes a line aside, or leaves it to what is shown.
func (h watchedHandler) Handle(ctx context.Context, record slog.Record) error {
	switch {
	case record.Message == ingest.RunEnded:
		return nil
	case record.Message == fetchers.Repeating && h.progress != nil:
		why, wait := whyAgain(record)
		h.progress.wait(h.source, why, wait)
		return nil
	}
	return h.progress.aside(func() error { return h.Handler.Handle(ctx, record) })
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

// WithAttrs keeps the source, by which the progress knows whose request it is.
func (h watchedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, attr := range attrs {
		if attr.Key == "source" {
			h.source = attr.Value.String()
		}
	}
	h.Handler = h.Handler.WithAttrs(attrs)
	return h
}

// WithGroup is the handler of a logger with a group.
func (h watchedHandler) WithGroup(name string) slog.Handler {
	h.Handler = h.Handler.WithGroup(name)
	return h
}
