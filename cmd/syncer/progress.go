package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
)

// progress is the line on a terminal that says what a sync does now, and what it
// waits for. A nil progress shows nothing.
type progress struct {
	mutex sync.Mutex
	line  *terminal.Progress
	done  int
	now   map[string]activity // by source: its lists are read one after the other
}

// activity is what is done for a source.
type activity struct {
	text  string
	waits bool
}

// newProgress is nil where nobody watches.
func newProgress(screen terminal.Screen, lists int, now func() time.Time) *progress {
	if !screen.Live {
		return nil
	}
	return &progress{line: terminal.NewProgress(screen, "sync", lists, now).Uneven(), now: make(map[string]activity)}
}

// follow shows the pages of a runner, and its requests that are repeated.
func (p *progress) follow(runner *ingest.Runner, stderr io.Writer) {
	if p != nil {
		runner.Notice, runner.Log = p.page, runLog(stderr, p)
	}
}

// begin shows that a list is read.
func (p *progress) begin(list catalog.ListID) {
	p.note(list.Source, activity{text: list.String()})
}

// page shows how far the walk of a list is.
func (p *progress) page(read ingest.Progress) {
	p.note(read.List.Source, activity{text: fmt.Sprintf("%s: page %d, %s entries", read.List, read.Pages, terminal.Count(read.Entries))})
}

func (p *progress) note(source string, what activity) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.now[source] = what
	p.show()
}

// wait shows why a source's request is made again, and when.
func (p *progress) wait(source, why string, length time.Duration) {
	p.mutex.Lock()
	list, _, _ := strings.Cut(p.now[source].text, ":")
	p.mutex.Unlock()
	p.note(source, activity{fmt.Sprintf("%s: %s, again in %s", list, why, terminal.Duration(length.Round(100*time.Millisecond))), true})
}

// ended counts a list that was read.
func (p *progress) ended(list catalog.ListID) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done++
	delete(p.now, list.Source)
	p.show()
}

// show draws the line: what waits stands first, for it is what a person wonders
// about.
func (p *progress) show() {
	var waiting, busy []string
	for _, what := range p.now {
		if what.waits {
			waiting = append(waiting, what.text)
		} else {
			busy = append(busy, what.text)
		}
	}
	slices.Sort(waiting)
	slices.Sort(busy)
	p.line.Step(p.done, strings.Join(append(waiting, busy...), "; "))
}

// aside takes the line away while something else is written.
func (p *progress) aside(write func() error) error {
	if p == nil {
		return write()
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.line.Clear()
	defer p.show()
	return write()
}

// end takes the line away for good.
func (p *progress) end() {
	if p != nil {
		p.line.Clear()
	}
}
