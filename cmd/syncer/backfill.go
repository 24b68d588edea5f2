package main

import (
	"errors"
	"fmt"

	"syncer/archive"
	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
	"syncer/store"
)

// backfillCommand is `syncer backfill`.
type backfillCommand struct {
	List    string `arg:"" help:"SOURCE/LIST."`
	Archive string `arg:"" help:"Folder or tar of dated snapshots."`
	Accept  bool   `help:"Let the guard pass everything."`
	JSON    bool   `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer backfill --help`.
func (backfillCommand) Help() string {
	return `ARCHIVE holds ARCHIVE/<RFC 3339 time>/page-0001.json (or .xml; also with .gz or .zst), or is one .tar, .tar.gz or .tar.zst of that. Moments may come in any order and between those that are known; what is there already is passed over, so that a load that was stopped is simply started again. A snapshot that leaves a doubt is named and left out; the others are loaded.`
}

// backfillLine is what came of one snapshot, as --json writes it.
type backfillLine struct {
	Snapshot string `json:"snapshot"`
	syncLine
}

// Run loads the archive.
func (c *backfillCommand) Run(s *session) (err error) {
	loaded, err := s.config()
	if err != nil {
		return err
	}
	if _, err := catalog.ParseListID(c.List); err != nil {
		return usageError{err}
	}
	lists, err := selectLists(loaded, []string{c.List})
	if err != nil {
		return err
	}
	opened, err := archive.Open(c.Archive, s.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	w, err := s.openWith(loaded)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	return c.load(s, w, lists[0], opened.Snapshots())
}

func (c *backfillCommand) load(s *session, w *workshop, list config.List, snapshots []*archive.Snapshot) error {
	if c.Accept {
		w.runner.Guard.Enabled = false
	}
	fetcher, err := s.fetcher(w, list, func(source config.Source) (catalog.Source, error) { return source.Offline(s.Lookup), nil })
	if err != nil {
		return err
	}
	stored, err := w.ensure(s.ctx, list, fetcher.List())
	if err != nil {
		return err
	}
	lines := c.all(s, w.runner, stored, fetcher, snapshots)
	plain := make([]syncLine, len(lines))
	for i, line := range lines {
		plain[i] = line.syncLine
	}
	end := verdict(s, plain)
	if err := errors.Join(c.show(s, lines), s.ctx.Err()); err != nil {
		return err
	}
	return end
}

func (c *backfillCommand) all(s *session, runner *ingest.Runner, list store.List, fetcher catalog.Fetcher, snapshots []*archive.Snapshot) []backfillLine {
	progress := terminal.NewProgress(terminal.NewScreen(s.Stderr, s.Lookup), "backfill", len(snapshots), s.Now)
	defer progress.End()
	var lines []backfillLine
	for i, snapshot := range snapshots {
		if s.ctx.Err() != nil {
			return lines
		}
		line, err := one(s, runner, list, fetcher, snapshot)
		if err != nil {
			line.Outcome, line.Error = "failed", err.Error()
		}
		line.List = list.ID.String()
		lines = append(lines, backfillLine{snapshot.Name, line})
		progress.Step(i+1, snapshot.Name+" "+line.Outcome)
	}
	return lines
}

// one makes one snapshot part of history.
func one(s *session, runner *ingest.Runner, list store.List, fetcher catalog.Fetcher, snapshot *archive.Snapshot) (syncLine, error) {
	if snapshot.List != "" && snapshot.List != list.ID.String() {
		return syncLine{}, fmt.Errorf("snapshot %s: its manifest says that it is one of %s, not of %s", snapshot.Name, snapshot.List, list.ID)
	}
	pages, err := snapshot.Load()
	if err != nil {
		return syncLine{}, err
	}
	collected, err := ingest.Collect(fetcher, pages)
	if err != nil {
		return syncLine{}, fmt.Errorf("snapshot %s: %w", snapshot.Name, err)
	}
	report, err := runner.Import(s.ctx, list, collected, snapshot.TakenAt)
	if err != nil {
		return syncLine{}, fmt.Errorf("snapshot %s: %w", snapshot.Name, err)
	}
	return lineOf(report.Outcome, report.Delta, report.HeldFor), nil
}

func (c *backfillCommand) show(s *session, lines []backfillLine) error {
	if c.JSON {
		return s.showJSON(lines)
	}
	counts := make(map[string]int)
	for _, line := range lines {
		counts[line.Outcome]++
		if line.HeldFor != "" {
			fmt.Fprintf(s.Stdout, "held %s: %s\n", line.Snapshot, line.HeldFor)
		}
	}
	_, err := fmt.Fprintf(s.Stdout, "%s: %s snapshots: %d changed, %d unchanged, %d held, %d failed\n", c.List,
		terminal.Count(len(lines)), counts["changed"], counts["unchanged"], counts["held"], counts["failed"])
	return err
}
