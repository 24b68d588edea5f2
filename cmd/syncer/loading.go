package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"syncer/archive"
	"syncer/catalog"
	"syncer/cmd/syncer/terminal"
	"syncer/ingest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
)

// loading is a backfill at work.
type loading struct {
	session  *session
	runner   *ingest.Runner
	list     store.List
	fetcher  catalog.Fetcher
	accept   *store.Decision // nil: the guard judges
	lines    *json.Encoder   // nil: for people
	progress *terminal.Progress
	begun    time.Time

	total, done int
	counts      map[string]int // by outcome
	entries     int
	broken      int // writes in a row that the database failed
}

// backfillLine is what came of one snapshot, as --json writes it.
type backfillLine struct {
	Snapshot string    `json:"snapshot"` // its name in the archive
	TakenAt  time.Time `json:"taken_at,omitzero"`
	Done     int       `json:"done"`
	Total    int       `json:"total"`
	syncLine
}

func newLoading(s *session, total int, asJSON bool) *loading {
	l := &loading{session: s, total: total, counts: make(map[string]int), begun: s.Now()}
	if asJSON {
		l.lines = json.NewEncoder(s.Stdout)
		l.lines.SetEscapeHTML(false)
	} else {
		screen := terminal.NewScreen(s.Stderr, s.Lookup)
		l.progress = terminal.NewProgress(screen, "backfill", total, s.Now).Rate("snapshots", "entries")
	}
	return l
}

// loadPatience is how many writes in a row the database may fail before the load
// stops: the rest would fail alike.
const loadPatience = 3

// all makes every snapshot part of history and tells how that went.
func (l *loading) all(snapshots []*archive.Snapshot) error {
	for read := range ingest.Ahead(l.session.ctx, snapshots, l.read) {
		if l.session.ctx.Err() != nil || l.broken == loadPatience {
			break
		}
		snapshot := read.From
		line, err := l.one(read)
		if l.session.ctx.Err() != nil {
			break // the snapshot was not refused, only not reached
		}
		if err := l.tell(snapshot, line, err); err != nil {
			return err
		}
	}
	l.mirror()
	return errors.Join(l.sum(), l.verdict())
}

// mirror copies and gives up evidence as after a live run, unless the load was
// stopped.
func (l *loading) mirror() {
	if l.session.ctx.Err() != nil || l.broken == loadPatience {
		return
	}
	if l.progress != nil {
		l.progress.Clear()
	}
	if kept := l.runner.AfterLoad(l.session.ctx, l.list); kept.Mirror.Err != nil {
		fmt.Fprintf(l.session.Stderr, "syncer: %s: the evidence was not copied to the mirror; the next run tries again\n", l.list.ID)
	}
}

// read reads and decodes a snapshot's files.
func (l *loading) read(before *snapshot.Snapshot, snapshot *archive.Snapshot) (*snapshot.Snapshot, error) {
	if snapshot.Problem == nil && snapshot.List != "" && snapshot.List != l.list.ID.String() {
		return nil, fmt.Errorf("snapshot %s: its manifest says that it is one of %s, not of %s", snapshot.Name, snapshot.List, l.list.ID)
	}
	pages, err := snapshot.Load()
	if err != nil {
		return nil, err
	}
	collected, err := ingest.CollectAfter(l.fetcher, before, pages)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", snapshot.Name, err)
	}
	return collected, nil
}

// one makes one snapshot part of history.
func (l *loading) one(read ingest.Collected[*archive.Snapshot]) (syncLine, error) {
	if read.Err != nil {
		return syncLine{}, read.Err
	}
	report, err := l.write(read.Snapshot, read.From.TakenAt)
	if err != nil {
		return syncLine{}, fmt.Errorf("snapshot %s: %w", read.From.Name, err)
	}
	line := lineOf(report.Outcome, report.Delta, report.HeldFor)
	line.Entries = report.Entries
	return line, nil
}

func (l *loading) write(snapshot *snapshot.Snapshot, takenAt time.Time) (report ingest.Report, err error) {
	if l.accept != nil {
		report, err = l.runner.ImportAccepted(l.session.ctx, l.list, snapshot, takenAt, *l.accept)
	} else {
		report, err = l.runner.Import(l.session.ctx, l.list, snapshot, takenAt)
	}
	if l.broken++; err == nil || errors.Is(err, store.ErrExists) {
		l.broken = 0
	}
	return report, err
}

// tell shows what came of a snapshot, at once.
func (l *loading) tell(snapshot *archive.Snapshot, line syncLine, err error) error {
	line.List = l.list.ID.String()
	if err != nil {
		line.Outcome, line.Error = "failed", err.Error()
	}
	l.done++
	l.counts[line.Outcome]++
	l.entries += line.Entries
	if l.progress != nil {
		l.progress.Clear()
	}
	if err != nil {
		fmt.Fprintf(l.session.Stderr, "syncer: %s\n", line.Error)
	}
	if l.lines != nil {
		return l.lines.Encode(backfillLine{snapshot.Name, snapshot.TakenAt, l.done, l.total, line})
	}
	if line.HeldFor != "" {
		fmt.Fprintf(l.session.Stdout, "%s %s: %s\n", line.Outcome, snapshot.Name, line.HeldFor)
	}
	l.progress.Add(line.Entries)
	l.progress.Step(l.done, snapshot.Name+" "+line.Outcome)
	return nil
}

func (l *loading) sum() error {
	if l.lines != nil {
		return nil
	}
	l.progress.End()
	_, err := fmt.Fprintf(l.session.Stdout, "%s: %s snapshots: %d changed, %d unchanged, %d held, %s%d failed; %s entries in %s\n",
		l.list.ID, terminal.Count(l.done), l.counts["changed"], l.counts["unchanged"], l.counts["held"], l.rejected(), l.counts["failed"],
		terminal.Count(l.entries), terminal.Duration(l.session.Now().Sub(l.begun)))
	return err
}

// rejected is the part of the sum that is seldom wanted.
func (l *loading) rejected() string {
	if n := l.counts[string(record.Rejected)]; n > 0 {
		return fmt.Sprintf("%d rejected before, ", n)
	}
	return ""
}

// verdict is how the command ends. What was refused has been shown.
func (l *loading) verdict() error {
	left := l.total - l.done
	switch {
	case l.session.ctx.Err() != nil:
		return fmt.Errorf("%s: stopped with %d snapshots to go; start it again to go on: %w", l.list.ID, left, l.session.ctx.Err())
	case left > 0:
		return fmt.Errorf("%s: stopped with %d snapshots to go, for the database failed %d times in a row; start it again to go on", l.list.ID, left, loadPatience)
	case l.counts["failed"] > 0:
		return errShown
	case l.counts["held"]+l.counts[string(record.Rejected)] > 0:
		return errHeld
	}
	return nil
}
