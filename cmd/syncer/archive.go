package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
)

// archiveCommand is `syncer archive`.
type archiveCommand struct {
	List string `arg:"" help:"SOURCE/LIST."`
	Dir  string `arg:"" help:"Folder to write into; it is made if need be."`
	JSON bool   `help:"Write JSON, one object a snapshot and line." name:"json"`
}

// Help is the longer text of `syncer archive --help`.
func (archiveCommand) Help() string {
	return `Writes every snapshot that is part of history with its pages, as DIR/<RFC 3339 time>/page-0001.json.zst and a manifest. Loading it into an empty database by syncer backfill --accept gives the same history (--accept, because every snapshot has been judged already). What stands in DIR is checked and left alone, so that an archive that was stopped is simply started again, and one of yesterday is brought up to date. A snapshot whose pages were given up is named; then exits with 1.`
}

// archiveLine is what came of one snapshot, as --json writes it.
type archiveLine struct {
	List    catalog.ListID `json:"list"`
	TakenAt time.Time      `json:"taken_at"`
	Done    int            `json:"done"`
	Total   int            `json:"total"`
	Error   string         `json:"error,omitempty"`
}

// Run writes the archive.
func (c *archiveCommand) Run(s *session) error {
	if _, err := catalog.ParseListID(c.List); err != nil {
		return usageError{err}
	}
	return s.eachOpen([]string{c.List}, func(list openList) error {
		a := archiving{session: s, list: list.ID}
		if c.JSON {
			a.lines = json.NewEncoder(s.Stdout)
		}
		if err := list.runner.Archive(s.ctx, list.List, c.Dir, a.report); err != nil {
			return err
		}
		return a.verdict(c.Dir)
	})
}

// archiving is an archive being written.
type archiving struct {
	session      *session
	list         catalog.ListID
	lines        *json.Encoder // nil: for people
	progress     *terminal.Progress
	done, failed int
	err          error // of writing the lines
}

// report shows what came of a snapshot, at once.
func (a *archiving) report(total int, snapshot ingest.Written) {
	if a.progress == nil && a.lines == nil {
		screen := terminal.NewScreen(a.session.Stderr, a.session.Lookup)
		a.progress = terminal.NewProgress(screen, "archive", total, a.session.Now)
	}
	a.done++
	line := archiveLine{List: a.list, TakenAt: snapshot.TakenAt, Done: a.done, Total: total}
	if snapshot.Err != nil {
		a.failed++
		line.Error = snapshot.Err.Error()
		if a.progress != nil {
			a.progress.Clear()
		}
		fmt.Fprintf(a.session.Stderr, "syncer: %s\n", line.Error)
	}
	if a.lines != nil {
		a.err = errors.Join(a.err, a.lines.Encode(line))
		return
	}
	a.progress.Step(a.done, snapshot.TakenAt.Format(time.RFC3339Nano))
}

// verdict is how the command ends. What failed has been shown.
func (a *archiving) verdict(dir string) error {
	if a.lines == nil {
		a.progress.End()
		_, err := fmt.Fprintf(a.session.Stdout, "%s: %s of %s snapshots stand in %s\n", a.list,
			terminal.Count(a.done-a.failed), terminal.Count(a.done), dir)
		a.err = errors.Join(a.err, err)
	}
	if a.failed > 0 {
		return errors.Join(a.err, errShown)
	}
	return a.err
}
