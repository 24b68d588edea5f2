package main

import (
	"errors"
	"fmt"
	"time"

	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
)

// acceptCommand is `syncer accept`.
type acceptCommand struct {
	decision `embed:""`
	Key      string `help:"Believe what is doubted of this product or contract, or restore what was taken back of it."`
}

// Help is the longer text of `syncer accept --help`.
func (acceptCommand) Help() string {
	return `Makes held snapshots part of history, as if they had just come: a late snapshot, nothing more. Later good snapshots stay as they are. With the moment of a snapshot that was taken back, it is part of history again. With --key, what is doubted of that entry is believed: its newest doubt, or that of the moment.`
}

// Run accepts.
func (c *acceptCommand) Run(s *session) error {
	at, err := c.moment()
	if err != nil {
		return err
	}
	return s.eachOpen([]string{c.List}, func(list openList) error {
		if done, err := c.undo(s, list, at); done || err != nil {
			return err
		}
		reports, err := list.runner.Accept(s.ctx, list.List, list.fetcher, at, s.decided(c.Actor, c.Reason))
		if kept := list.runner.AfterLoad(s.ctx, list.List); kept.Mirror.Err != nil {
			fmt.Fprintf(s.Stderr, "syncer: %s: the evidence was not copied to the mirror; the next run tries again\n", list.ID)
		}
		if c.JSON {
			return errors.Join(err, s.showJSON(acceptedLines(reports)))
		}
		table := terminal.Table{Head: []string{"ACCEPTED", "OUTCOME", "ENTRIES", "ADDED", "CHANGED", "REMOVED"}, Right: []int{2, 3, 4, 5}}
		for _, r := range reports {
			table.Add(r.TakenAt.Format(time.RFC3339Nano), string(r.Outcome), terminal.Count(r.Entries), terminal.Count(len(r.Delta.Added)),
				terminal.Count(len(r.Delta.Changed)), terminal.Count(len(r.Delta.Removed)))
		}
		if len(reports) > 0 {
			err = errors.Join(table.Show(s.screen), err)
		}
		return err
	})
}

// undo restores what was taken back, or believes what is doubted; it reports whether
// that was asked for.
func (c *acceptCommand) undo(s *session, list openList, at *time.Time) (bool, error) {
	decision := s.decided(c.Actor, c.Reason)
	if at != nil {
		takenBack, err := list.runner.Store.TakenBack(s.ctx, list.List, at.UTC(), c.Key)
		if err != nil {
			return false, err
		}
		if takenBack {
			report, err := list.runner.Restore(s.ctx, list.List, list.fetcher, *at, c.Key, decision)
			if err != nil {
				return true, err
			}
			return true, s.showRewritten(list.ID.String()+": restored", *at, c.Key, c.JSON, report)
		}
	}
	if c.Key == "" {
		return false, nil
	}
	report, err := list.runner.Believe(s.ctx, list.List, list.fetcher, c.Key, at, decision)
	if err != nil {
		return true, err
	}
	return true, s.showRewritten(list.ID.String()+": believed", time.Time{}, c.Key, c.JSON, report)
}

// acceptedLine is one accepted snapshot as --json writes it.
type acceptedLine struct {
	TakenAt time.Time `json:"taken_at"`
	syncLine
}

func acceptedLines(reports []ingest.Report) []acceptedLine {
	lines := []acceptedLine{}
	for _, r := range reports {
		line := lineOf(r.Outcome, r.Delta, r.HeldFor)
		line.List = r.List.String()
		lines = append(lines, acceptedLine{r.TakenAt, line})
	}
	return lines
}
