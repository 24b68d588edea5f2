package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
	"syncer/cmd/syncer/terminal"
	"syncer/store/delta"
	"syncer/store/record"
)

// syncCommand is `syncer sync`.
type syncCommand struct {
	Lists  []string `arg:"" optional:"" name:"list" help:"SOURCE/LIST, or SOURCE for all of its lists (default: all that are configured)."`
	DryRun bool     `help:"Show what would change and write nothing."`
	JSON   bool     `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer sync --help`.
func (syncCommand) Help() string {
	return `Each list is read page by page and becomes part of history only when it is complete. Lists of different sources are read side by side. Exits with 1 if a list failed, else with 3 if one is held, else with 0.`
}

// syncLine is what came of one list, as --json writes it.
type syncLine struct {
	List    string `json:"list"`
	Outcome string `json:"outcome"`
	Entries int    `json:"entries"`
	Added   int    `json:"added"`
	Changed int    `json:"changed"`
	Removed int    `json:"removed"`
	// SetAside is the number of rows of which something was set aside.
	SetAside int    `json:"set_aside,omitempty"`
	HeldFor  string `json:"held_for,omitempty"`
	// MirrorError says that the evidence could not be copied; the run is well.
	MirrorError string `json:"mirror_error,omitempty"`
	Error       string `json:"error,omitempty"`
}

// Run reads the lists.
func (c *syncCommand) Run(s *session) error {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	lists, err := selectLists(loaded, c.Lists)
	if err != nil {
		return err
	}
	lists = readable(loaded, lists, c.Lists)
	open := pipeline.OpenToLoad
	if c.DryRun {
		open = pipeline.Open
	}
	p, err := open(s.ctx, loaded, s.pipelineEnvironment())
	if err != nil {
		return err
	}
	shown := newProgress(terminal.NewScreen(s.Stderr, s.Lookup), len(lists), s.Now)
	if shown != nil && !c.JSON { // the table says what is paused
		p.Disks.Quiet()
	}
	shown.follow(p.Runner, s.Stderr)
	lines := c.all(s, p, lists, shown)
	shown.end()
	if !c.DryRun {
		p.DeliverOnce(s.ctx)
	}
	end := verdict(s, lines)
	if err := errors.Join(c.show(s, p, lines), p.Close()); err != nil {
		return err
	}
	return end
}

// all runs the lists: those of one source one after the other, sources side by
// side. The lines come in the order of the lists.
func (c *syncCommand) all(s *session, p *pipeline.Pipeline, lists []config.List, shown *progress) []syncLine {
	lines := make([]syncLine, len(lists))
	var sources sync.WaitGroup
	for from := 0; from < len(lists); {
		to := from
		for to < len(lists) && lists[to].ID.Source == lists[from].ID.Source {
			to++
		}
		first, last := from, to
		sources.Go(func() {
			for i := first; i < last; i++ {
				shown.begin(lists[i].ID)
				lines[i] = c.read(s, p, lists[i])
				shown.ended(lists[i].ID)
			}
		})
		from = to
	}
	sources.Wait()
	return lines
}

// read reads a list, and says what came of it.
func (c *syncCommand) read(s *session, p *pipeline.Pipeline, list config.List) syncLine {
	line, err := c.result(s, p, list)
	line.List = list.ID.String()
	if err != nil {
		line.Outcome, line.Error = "failed", err.Error()
	}
	return line
}

func (c *syncCommand) result(s *session, p *pipeline.Pipeline, list config.List) (syncLine, error) {
	fetcher, err := p.Fetcher(list)
	if err != nil {
		return syncLine{}, err
	}
	if c.DryRun {
		delta, heldFor, err := p.Runner.Preview(s.ctx, fetcher.List(), fetcher, time.Now())
		return lineOf(previewOutcome(delta, heldFor), delta, heldFor), err
	}
	report, err := p.Runner.Sync(s.ctx, p.Describe(list, fetcher.List()), fetcher, nil)
	line := lineOf(report.Outcome, report.Delta, report.HeldFor)
	line.SetAside = report.SetAside
	if report.Mirror.Err != nil {
		line.MirrorError = report.Mirror.Err.Error()
	} else if report.Mirror.Paused != "" {
		line.MirrorError = mirrorPaused + report.Mirror.Paused
	}
	return line, err
}

func previewOutcome(delta delta.Delta, heldFor string) record.Outcome {
	switch {
	case heldFor != "":
		return record.Held
	case delta.Empty() && !delta.First:
		return record.Unchanged
	}
	return record.Changed
}

func lineOf(outcome record.Outcome, delta delta.Delta, heldFor string) syncLine {
	return syncLine{
		Outcome: string(outcome), Entries: delta.Entries, SetAside: delta.SetAside, HeldFor: heldFor,
		Added: len(delta.Added), Changed: len(delta.Changed), Removed: len(delta.Removed),
	}
}

func (c *syncCommand) show(s *session, p *pipeline.Pipeline, lines []syncLine) error {
	if c.JSON {
		return s.showJSON(lines)
	}
	return errors.Join(showSync(s, lines), showPaused(s.screen, p.Disks.Paused()))
}

func showSync(s *session, lines []syncLine) error {
	table := terminal.Table{
		Head: []string{"LIST", "OUTCOME", "ENTRIES", "ADDED", "CHANGED", "REMOVED", "NOTE"}, Right: []int{2, 3, 4, 5},
	}
	for _, line := range lines {
		table.Add(line.List, line.Outcome, terminal.Count(line.Entries), terminal.Count(line.Added),
			terminal.Count(line.Changed), terminal.Count(line.Removed), line.note())
		table.Rows[len(table.Rows)-1][1].Style = outcomeStyle(line.Outcome)
	}
	return table.Show(s.screen)
}

// mirrorPaused begins the reason why a mirror was left alone.
const mirrorPaused = "paused: "

// note is what a person has to know of a list beside its outcome.
func (l syncLine) note() string {
	var notes []string
	if l.HeldFor != "" {
		notes = append(notes, l.HeldFor)
	}
	if l.SetAside > 0 {
		notes = append(notes, "rows set aside: "+terminal.Count(l.SetAside))
	}
	switch {
	case l.MirrorError == "":
	case l.HeldFor != "" || strings.HasPrefix(l.MirrorError, mirrorPaused): // why stands below the table
		notes = append(notes, "not mirrored")
	default:
		notes = append(notes, "not mirrored: "+l.MirrorError)
	}
	return strings.Join(notes, "; ")
}

func outcomeStyle(outcome string) terminal.Style {
	switch outcome {
	case "failed":
		return terminal.Bad
	case string(record.Held):
		return terminal.Warn
	case string(record.Changed):
		return terminal.Good
	}
	return terminal.Plain
}

// verdict writes every failure to stderr, and is how the command ends.
func verdict(s *session, lines []syncLine) error {
	var end error
	for _, line := range lines {
		switch {
		case line.Error != "":
			fmt.Fprintf(s.Stderr, "syncer: %s\n", line.Error)
			end = errShown
		case line.HeldFor != "" && end == nil:
			end = errHeld
		}
	}
	return end
}
