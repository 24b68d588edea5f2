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

// backfillRun is a backfill at work.
type backfillRun struct {
	session *session
	runner  *ingest.Runner
	list    record.List
	fetcher catalog.Fetcher
	accept  *store.Decision // nil: the guard judges
	// decisions are those of persons that the archive carries.
	decisions []archive.Decision
	lines     *json.Encoder // nil: for people
	progress  *terminal.Progress
	begun     time.Time

	total, done int
	counts      map[string]int // by outcome
	entries     int
	aside       int // snapshots of which something was set aside
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

// newBackfillRun shows to people what comes of the snapshots.
func newBackfillRun(s *session, total int) *backfillRun {
	screen := terminal.NewScreen(s.Stderr, s.Lookup)
	return &backfillRun{
		session: s, total: total, counts: make(map[string]int), begun: s.Now(),
		progress: terminal.NewProgress(screen, "backfill", total, s.Now).Rate("snapshots", "entries"),
	}
}

// writeJSON writes for machines what comes of the snapshots.
func (r *backfillRun) writeJSON() {
	r.progress = nil
	r.lines = json.NewEncoder(r.session.Stdout)
	r.lines.SetEscapeHTML(false)
}

// mostFailures is how many writes in a row the database may fail before the load
// stops: the rest would fail alike.
const mostFailures = 3

// all makes every snapshot part of history and shows what came of each.
func (r *backfillRun) all(snapshots []*archive.Snapshot) error {
	for read := range ingest.Ahead(r.session.ctx, snapshots, r.read) {
		if r.isStopped() {
			break
		}
		snapshot := read.From
		line, err := r.load(read)
		if r.session.ctx.Err() != nil {
			break // the snapshot was not refused, only not reached
		}
		if err := r.report(snapshot, line, err); err != nil {
			return err
		}
	}
	err := r.decide()
	r.mirror()
	return errors.Join(err, r.sum(), r.verdict())
}

// decide makes the decisions of the archive, after all snapshots that they may be
// about. One that cannot be made is named, and the others are made all the same.
func (r *backfillRun) decide() error {
	if r.isStopped() {
		return nil
	}
	failed, made := false, 0
	for _, decision := range r.decisions {
		is, err := r.runner.DecideAgain(r.session.ctx, r.list, r.fetcher, decision)
		if err != nil {
			failed = true
			if r.progress != nil {
				r.progress.Clear()
			}
			fmt.Fprintf(r.session.Stderr, "syncer: %s of %s, decided by %s: %v\n", decision.Kind, decision.TakenAt.Format(time.RFC3339Nano), decision.Actor, err)
		}
		if is {
			made++
		}
	}
	if made > 0 && r.progress != nil {
		r.progress.Clear()
		fmt.Fprintf(r.session.Stdout, "%s: %d decisions of persons made again\n", r.list.ID, made)
	}
	if failed {
		return errShown
	}
	return nil
}

// mirror copies and gives up evidence as after a live run, unless the load was
// stopped.
func (r *backfillRun) mirror() {
	if r.isStopped() {
		return
	}
	if r.progress != nil {
		r.progress.Clear()
	}
	if kept := r.runner.AfterLoad(r.session.ctx, r.list); kept.Mirror.Err != nil {
		fmt.Fprintf(r.session.Stderr, "syncer: %s: the evidence was not copied to the mirror; the next run tries again\n", r.list.ID)
	}
}

// isStopped reports that the load ended before all was done.
func (r *backfillRun) isStopped() bool { return r.session.ctx.Err() != nil || r.broken == mostFailures }

// read reads and decodes a snapshot's files.
func (r *backfillRun) read(before *snapshot.Snapshot, snapshot *archive.Snapshot) (*snapshot.Snapshot, error) {
	if snapshot.Problem == nil && snapshot.List != "" && snapshot.List != r.list.ID.String() {
		return nil, fmt.Errorf("snapshot %s: its manifest says that it is one of %s, not of %s", snapshot.Name, snapshot.List, r.list.ID)
	}
	pages, err := snapshot.Load()
	if err != nil {
		return nil, err
	}
	collected, err := ingest.CollectAfter(r.fetcher, before, snapshot.TakenAt, pages)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", snapshot.Name, err)
	}
	return collected, nil
}

// load makes a snapshot part of history.
func (r *backfillRun) load(read ingest.Collected[*archive.Snapshot]) (syncLine, error) {
	if read.Err != nil {
		return syncLine{}, read.Err
	}
	report, err := r.write(read.Snapshot, read.From.TakenAt)
	if err != nil {
		return syncLine{}, fmt.Errorf("snapshot %s: %w", read.From.Name, err)
	}
	line := lineOf(report.Outcome, report.Delta, report.HeldFor)
	line.Entries, line.SetAside = report.Entries, report.SetAside
	return line, nil
}

// write writes a snapshot, and counts the writes in a row that failed.
func (r *backfillRun) write(snapshot *snapshot.Snapshot, takenAt time.Time) (report ingest.Report, err error) {
	if r.accept != nil {
		report, err = r.runner.ImportAccepted(r.session.ctx, r.list, snapshot, takenAt, *r.accept)
	} else {
		report, err = r.runner.Import(r.session.ctx, r.list, snapshot, takenAt)
	}
	if r.broken++; err == nil || errors.Is(err, store.ErrExists) {
		r.broken = 0
	}
	return report, err
}

// report shows what came of a snapshot, at once.
func (r *backfillRun) report(snapshot *archive.Snapshot, line syncLine, err error) error {
	line.List = r.list.ID.String()
	if err != nil {
		line.Outcome, line.Error = "failed", err.Error()
	}
	r.done++
	r.counts[line.Outcome]++
	r.entries += line.Entries
	if line.SetAside > 0 {
		r.aside++
	}
	if r.progress != nil {
		r.progress.Clear()
	}
	if err != nil {
		fmt.Fprintf(r.session.Stderr, "syncer: %s\n", line.Error)
	}
	if r.lines != nil {
		return r.lines.Encode(backfillLine{snapshot.Name, snapshot.TakenAt, r.done, r.total, line})
	}
	if line.HeldFor != "" {
		fmt.Fprintf(r.session.Stdout, "%s %s: %s\n", line.Outcome, snapshot.Name, line.HeldFor)
	}
	r.progress.Add(line.Entries)
	r.progress.Step(r.done, snapshot.Name+" "+line.Outcome)
	return nil
}

// sum shows to people what came of all.
func (r *backfillRun) sum() error {
	if r.lines != nil {
		return nil
	}
	r.progress.End()
	_, err := fmt.Fprintf(r.session.Stdout, "%s: %s snapshots: %d changed, %d unchanged, %d held, %s%d failed; %s entries in %s%s\n",
		r.list.ID, terminal.Count(r.done), r.counts["changed"], r.counts["unchanged"], r.counts["held"], r.rejected(), r.counts["failed"],
		terminal.Count(r.entries), terminal.Duration(r.session.Now().Sub(r.begun)), r.setAside())
	return err
}

// setAside is the part of the sum about snapshots that did not speak for everything.
func (r *backfillRun) setAside() string {
	if r.aside == 0 {
		return ""
	}
	return fmt.Sprintf("; rows were set aside in %s snapshots", terminal.Count(r.aside))
}

// rejected is the part of the sum that is seldom wanted.
func (r *backfillRun) rejected() string {
	if n := r.counts[string(record.Rejected)]; n > 0 {
		return fmt.Sprintf("%d rejected before, ", n)
	}
	return ""
}

// verdict is how the command ends. What was refused has been shown.
func (r *backfillRun) verdict() error {
	left := r.total - r.done
	switch {
	case r.session.ctx.Err() != nil:
		return fmt.Errorf("%s: stopped with %d snapshots to go; start it again to go on: %w", r.list.ID, left, r.session.ctx.Err())
	case left > 0:
		return fmt.Errorf("%s: stopped with %d snapshots to go, for the database failed %d times in a row; start it again to go on", r.list.ID, left, mostFailures)
	case r.counts["failed"] > 0:
		return errShown
	case r.counts["held"]+r.counts[string(record.Rejected)] > 0:
		return errHeld
	}
	return nil
}
