package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
)

// reading is the line on a terminal that says what a sync does now, and what it
// waits for. A nil one is nowhere to be seen.
type reading struct {
	mutex    sync.Mutex
	progress *terminal.Progress
	done     int
	now      map[string]activity // by source: its lists are read one after the other
}

// activity is what is done for a source.
type activity struct {
	text  string
	waits bool
}

// newReading is nil where nobody watches.
func newReading(s *session, lists int) *reading {
	screen := terminal.NewScreen(s.Stderr, s.Lookup)
	if !screen.Live {
		return nil
	}
	return readingOn(screen, lists, s.Now)
}

func readingOn(screen terminal.Screen, lists int, now func() time.Time) *reading {
	return &reading{progress: terminal.NewProgress(screen, "sync", lists, now).Uneven(), now: make(map[string]activity)}
}

// follow lets the line hear of pages and of requests that are repeated.
func (r *reading) follow(s *session, w *workshop) {
	if r != nil {
		w.runner.Notice, w.runner.Log = r.page, s.doubts(r)
	}
}

func (r *reading) begin(list catalog.ListID) {
	r.note(list.Source, activity{text: list.String()})
}

func (r *reading) page(p ingest.Progress) {
	r.note(p.List.Source, activity{text: fmt.Sprintf("%s: page %d, %s entries", p.List, p.Pages, terminal.Count(p.Entries))})
}

func (r *reading) note(source string, what activity) {
	if r == nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.now[source] = what
	r.show()
}

// wait tells why a source's request is made again, and when.
func (r *reading) wait(source, why string, length time.Duration) {
	r.mutex.Lock()
	list, _, _ := strings.Cut(r.now[source].text, ":")
	r.mutex.Unlock()
	r.note(source, activity{fmt.Sprintf("%s: %s, again in %s", list, why, terminal.Duration(length.Round(100*time.Millisecond))), true})
}

func (r *reading) ended(list catalog.ListID) {
	if r == nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.done++
	delete(r.now, list.Source)
	r.show()
}

// show draws the line: what waits stands first, for it is what a person wonders
// about.
func (r *reading) show() {
	var waiting, busy []string
	for _, what := range r.now {
		if what.waits {
			waiting = append(waiting, what.text)
		} else {
			busy = append(busy, what.text)
		}
	}
	slices.Sort(waiting)
	slices.Sort(busy)
	r.progress.Step(r.done, strings.Join(append(waiting, busy...), "; "))
}

// aside takes the line away while something else is written.
func (r *reading) aside(write func() error) error {
	if r == nil {
		return write()
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.progress.Clear()
	defer r.show()
	return write()
}

func (r *reading) end() {
	if r != nil {
		r.progress.Clear()
	}
}
