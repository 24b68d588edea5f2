package main

import (
	"errors"
	"fmt"
	"time"

	"syncer/archive"
	"syncer/catalog"
	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/pipeline"
)

// backfillCommand is `syncer backfill`.
type backfillCommand struct {
	List    string `arg:"" help:"SOURCE/LIST."`
	Archive string `arg:"" help:"Folder or tar of dated snapshots."`
	Since   string `help:"Take snapshots from then on, an RFC 3339 time; without it, none before 2000." placeholder:"TIME"`
	Until   string `help:"Take snapshots up to then; without it, none of the future." placeholder:"TIME"`
	Accept  bool   `help:"Let all snapshots pass the guard, also those that an earlier load held."`
	JSON    bool   `help:"Write JSON, one object a snapshot and line." name:"json"`
}

// Help is the longer text of `syncer backfill --help`.
func (backfillCommand) Help() string {
	return `ARCHIVE holds ARCHIVE/<RFC 3339 time>/page-0001.json (or .xml), the provider's answers as they came, or ARCHIVE/<RFC 3339 time>.jsonl, one entry a line in a form of its own; each also with .gz or .zst. It may also be one .tar, .tar.gz or .tar.zst of that. docs/backfill.md describes both.

Moments may come in any order and between those that are known; what is there already is passed over and writes nothing, so that a load that was stopped is simply started again. A snapshot that leaves a doubt is named and left out; the others are loaded. Exits with 1 if one was left out, else with 3 if the guard holds one or a person rejected one, else with 0.`
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
	options, err := c.bounds()
	if err != nil {
		return err
	}
	opened, err := archive.Open(c.Archive, s.Now(), options...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	p, err := pipeline.OpenToLoad(s.ctx, loaded, s.pipelineEnvironment())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if hidden := opened.Hidden(); len(hidden) > 0 {
		fmt.Fprintf(s.Stderr, "syncer: %d names were not looked at, because they begin with a dot: %q is the first\n", len(hidden), hidden[0])
	}
	return c.load(s, p, lists[0], opened)
}

// bounds are the moments that are taken beside those that are taken anyway.
func (c *backfillCommand) bounds() ([]archive.Option, error) {
	var options []archive.Option
	for _, bound := range []struct {
		flag, text string
		option     func(time.Time) archive.Option
	}{{"--since", c.Since, archive.Since}, {"--until", c.Until, archive.Until}} {
		if bound.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, bound.text)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s %q: want a moment such as 1998-01-31T06:00:00Z", bound.flag, bound.text)}
		}
		options = append(options, bound.option(at))
	}
	return options, nil
}

func (c *backfillCommand) load(s *session, p *pipeline.Pipeline, list config.List, opened *archive.Archive) error {
	fetcher, err := p.OfflineFetcher(list)
	if err != nil {
		return err
	}
	stored, err := p.Ensure(s.ctx, list, fetcher.List())
	if err != nil {
		return err
	}
	of, decisions, err := opened.Decisions()
	if err == nil && of != "" && of != list.ID.String() {
		err = fmt.Errorf("what was decided is of %s, not of %s", of, list.ID)
	}
	if err != nil {
		return err
	}
	snapshots := opened.Snapshots()
	run := newBackfillRun(s, len(snapshots))
	run.runner, run.list, run.fetcher, run.decisions = p.Runner, stored, fetcher, decisions
	if c.JSON {
		run.writeJSON()
	}
	if c.Accept {
		decision := s.decided("", "backfill --accept")
		run.accept = &decision
	}
	return run.all(snapshots)
}
