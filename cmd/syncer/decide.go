package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
	"syncer/store"
)

// decision is what accept and reject take.
type decision struct {
	List   string `arg:"" help:"SOURCE/LIST, such as iwinv/flavors."`
	Time   string `arg:"" optional:"" help:"The held snapshot's moment, as syncer held shows it; without it, all that are newer than history."`
	Reason string `help:"Why; it is kept." required:""`
	Actor  string `help:"Who decides; it is kept (default: the user's name)."`
	JSON   bool   `help:"Write JSON." name:"json"`
}

func (d *decision) moment() (*time.Time, error) {
	if d.Time == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339Nano, d.Time)
	if err != nil {
		return nil, usageError{fmt.Errorf("%q: want a moment such as 2026-01-31T06:00:00Z, as syncer held shows it", d.Time)}
	}
	return &at, nil
}

// decided is who decides and why.
func (s *session) decided(actor, reason string) store.Decision {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if actor == "" {
			actor, _ = s.Lookup(name)
		}
	}
	if actor == "" {
		actor = processUser()
	}
	return store.Decision{Actor: actor, Reason: reason}
}

// processUser is who runs this process, by name or by number.
func processUser() string {
	if me, err := user.Current(); err == nil && me.Username != "" {
		return me.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

// acceptCommand is `syncer accept`.
type acceptCommand struct {
	decision `embed:""`
}

// Help is the longer text of `syncer accept --help`.
func (acceptCommand) Help() string {
	return `Makes held snapshots part of history, as if they had just come: a late snapshot, nothing more. Later good snapshots stay as they are.`
}

// Run accepts.
func (c *acceptCommand) Run(s *session) error {
	at, err := c.moment()
	if err != nil {
		return err
	}
	return s.eachKnown([]string{c.List}, func(w *workshop, list config.List, known store.List) error {
		fetcher, err := s.fetcher(w, list, s.offline)
		if err != nil {
			return err
		}
		reports, err := w.runner.Accept(s.ctx, known, fetcher, at, s.decided(c.Actor, c.Reason))
		if kept := w.runner.AfterLoad(s.ctx, known); kept.Mirror.Err != nil {
			fmt.Fprintf(s.Stderr, "syncer: %s: the evidence was not copied to the mirror; the next run tries again\n", known.ID)
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

// rejectCommand is `syncer reject`.
type rejectCommand struct {
	decision `embed:""`
}

// Help is the longer text of `syncer reject --help`.
func (rejectCommand) Help() string {
	return `Decides that held snapshots never become part of history. Their pages, the reason and the name stay.`
}

// Run rejects.
func (c *rejectCommand) Run(s *session) error {
	at, err := c.moment()
	if err != nil {
		return err
	}
	return s.eachKnown([]string{c.List}, func(w *workshop, _ config.List, known store.List) error {
		moments, err := w.runner.Reject(s.ctx, known, at, s.decided(c.Actor, c.Reason))
		if c.JSON {
			return errors.Join(err, s.showJSON(append([]time.Time{}, moments...)))
		}
		for _, moment := range moments {
			fmt.Fprintf(s.screen, "%s: rejected the snapshot of %s\n", known.ID, moment.Format(time.RFC3339Nano))
		}
		return err
	})
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
