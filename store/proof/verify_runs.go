package proof

import (
	"encoding/json"
	"slices"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/store/record"
)

// bookkeeping compares snapshots with the runs that brought and decided them,
// and runs with the snapshots that they left: neither is without the other.
func (v *verify) bookkeeping() {
	for i := range v.accounts.snapshots {
		row := &v.accounts.snapshots[i]
		v.broughtBy(row)
		v.decidedBy(row)
	}
	for i := range v.accounts.runs {
		v.left(&v.accounts.runs[i])
	}
}

func (v *verify) broughtBy(row *sqlcgen.Snapshot) {
	run, held := v.accounts.byID[row.RunID], row.HeldFor != nil
	switch {
	case !endedWell(run):
		v.contradict("snapshots", "", row.TakenAt, "run %d, which brought it, did not end well", row.RunID)
		return
	case run.Kind != row.Origin:
		v.contradict("snapshots", "", row.TakenAt, "it came by %s, and run %d, which brought it, is a %s", row.Origin, run.ID, run.Kind)
	case (run.Outcome == string(record.Held)) != held:
		v.contradict("snapshots", "", row.TakenAt, "run %d, which brought it, ended as %s; what it was held for says otherwise", run.ID, run.Outcome)
	}
	if waits(row) && run.RecordedAt != nil && !run.RecordedAt.Equal(row.RecordedAt) { // else WritesInOrder says
		v.contradict("snapshots", "", row.TakenAt, "run %d, which brought it, was recorded at another moment than it", run.ID)
	}
	if held != (row.Delta != nil) || waits(row) && !held {
		v.contradict("snapshots", "", row.TakenAt, "it is %s; what it was held for, or what it would change, is missing or too much", row.Status)
		return
	}
	if held {
		v.heldDelta(row, run)
	}
}

// waits says that a snapshot is no member of history because the guard held it.
func waits(row *sqlcgen.Snapshot) bool {
	return row.Status == string(record.StatusHeld) || row.Status == string(record.StatusRejected)
}

// heldDelta compares what a held snapshot would change with what its run
// counted.
func (v *verify) heldDelta(row *sqlcgen.Snapshot, run *sqlcgen.Run) {
	var delta struct { // of delta.Delta, as it was written
		Entries                 int
		Added, Changed, Removed []string
	}
	if err := json.Unmarshal(row.Delta, &delta); err != nil {
		v.contradict("snapshots", "", row.TakenAt, "what it would change cannot be read: %v", err)
		return
	}
	noted := counted(run)
	if changes := (tally{delta.Entries, len(delta.Added), len(delta.Changed), len(delta.Removed)}); changes != noted {
		v.contradict("snapshots", "", row.TakenAt, "what it would change is %s, and run %d counted %s", changes, run.ID, noted)
	}
}

// decidedBy wants a decision exactly where a snapshot had to wait for row.
func (v *verify) decidedBy(row *sqlcgen.Snapshot) {
	if row.HeldFor == nil || row.Status == string(record.StatusHeld) {
		if row.RecordedBy != row.RunID || row.DecidedBy != nil || row.DecidedReason != nil {
			v.contradict("snapshots", "", row.TakenAt, "nobody had to decide it, and somebody did")
		}
		return
	}
	v.takenBack(row)
	kind := "accept"
	if row.Status == string(record.StatusRejected) {
		kind = "reject"
	}
	run := v.accounts.byID[row.RecordedBy]
	switch {
	case !endedWell(run) || run.Kind != kind:
		v.contradict("snapshots", "", row.TakenAt, "it is %s, and run %d, which should say so, does not", row.Status, row.RecordedBy)
	case !postgres.EqualText(run.Actor, row.DecidedBy) || !postgres.EqualText(run.Reason, row.DecidedReason):
		v.contradict("snapshots", "", row.TakenAt, "run %d was decided by somebody else or for another reason", run.ID)
	}
}

// takenBack wants a rejection that was taken back to be row.
func (v *verify) takenBack(row *sqlcgen.Snapshot) {
	if row.RejectedBy == nil {
		return
	}
	if run := v.accounts.byID[*row.RejectedBy]; !endedWell(run) || run.Kind != "reject" || waits(row) {
		v.contradict("snapshots", "", row.TakenAt, "run %d, which rejected it before, did not", *row.RejectedBy)
	}
}

// left wants what a run that recorded something must have left.
func (v *verify) left(run *sqlcgen.Run) {
	at := run.StartedAt
	if run.RecordedAt != nil {
		at = *run.RecordedAt
	}
	switch {
	case run.Outcome == string(record.Skipped):
		return
	case !endedWell(run):
		v.contradict("runs", "", at, "run %d recorded something, and is %s", run.ID, run.Outcome)
	case run.RecordedAt == nil:
		v.contradict("runs", "", at, "run %d ended as %s, and recorded nothing", run.ID, run.Outcome)
	case run.Kind == string(record.Sync) || run.Kind == string(record.Backfill):
		v.leftSnapshot(run, at, v.accounts.brought[run.ID])
	case postgres.Text(run.Actor) == "" || postgres.Text(run.Reason) == "":
		v.contradict("runs", "", at, "run %d, a %s, names nobody or no reason", run.ID, run.Kind)
	case !rewrites(run.Kind):
		v.leftSnapshot(run, at, v.accounts.decided[run.ID])
	}
	if run.ErrorClass != nil || run.ErrorText != nil {
		v.contradict("runs", "", at, "run %d ended as %s, and has an error", run.ID, run.Outcome)
	}
	if sum := run.Added + run.Changed + run.Removed; run.Outcome == string(record.Unchanged) && sum > 0 || run.Outcome == string(record.Changed) && sum == 0 && !rewrites(run.Kind) {
		v.contradict("runs", "", at, "run %d is %s, and counted %d changes", run.ID, run.Outcome, sum)
	}
}

// rewrites says that a run writes history anew from all its pages.
func rewrites(kind string) bool {
	return slices.Contains([]string{"rebuild", "retract", "restore", "believe"}, kind)
}

func (v *verify) leftSnapshot(run *sqlcgen.Run, at time.Time, left *sqlcgen.Snapshot) {
	if left == nil {
		v.contradict("runs", "", at, "the snapshot of run %d, a %s that ended as %s, is gone", run.ID, run.Kind, run.Outcome)
	}
}
