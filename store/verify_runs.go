package store

import (
	"encoding/json"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// bookkeeping compares snapshots with the runs that brought and decided them,
// and runs with the snapshots that they left: neither is without the other.
func (v *verify) bookkeeping() {
	for i := range v.books.snapshots {
		one := &v.books.snapshots[i]
		v.broughtBy(one)
		v.decidedBy(one)
	}
	for i := range v.books.runs {
		v.left(&v.books.runs[i])
	}
}

func (v *verify) broughtBy(one *sqlcgen.Snapshot) {
	run, held := v.books.byID[one.RunID], one.HeldFor != nil
	switch {
	case !endedWell(run):
		v.contradict("snapshots", "", one.TakenAt, "run %d, which brought it, did not end well", one.RunID)
		return
	case run.Kind != one.Origin:
		v.contradict("snapshots", "", one.TakenAt, "it came by %s, and run %d, which brought it, is a %s", one.Origin, run.ID, run.Kind)
	case (run.Outcome == string(Held)) != held:
		v.contradict("snapshots", "", one.TakenAt, "run %d, which brought it, ended as %s; what it was held for says otherwise", run.ID, run.Outcome)
	}
	if held != (one.Delta != nil) || one.Status != string(StatusCommitted) && !held {
		v.contradict("snapshots", "", one.TakenAt, "it is %s; what it was held for, or what it would change, is missing or too much", one.Status)
		return
	}
	if held {
		v.heldDelta(one, run)
	}
}

// heldDelta compares what a held snapshot would change with what its run
// counted.
func (v *verify) heldDelta(one *sqlcgen.Snapshot, run *sqlcgen.Run) {
	var delta Delta
	if err := json.Unmarshal(one.Delta, &delta); err != nil {
		v.contradict("snapshots", "", one.TakenAt, "what it would change cannot be read: %v", err)
		return
	}
	noted := counted(run)
	if told := (tally{delta.Entries, len(delta.Added), len(delta.Changed), len(delta.Removed)}); told != noted {
		v.contradict("snapshots", "", one.TakenAt, "what it would change is %s, and run %d counted %s", told, run.ID, noted)
	}
}

// decidedBy wants a decision exactly where a snapshot had to wait for one.
func (v *verify) decidedBy(one *sqlcgen.Snapshot) {
	if one.HeldFor == nil || one.Status == string(StatusHeld) {
		if one.RecordedBy != one.RunID || one.DecidedBy != nil || one.DecidedReason != nil {
			v.contradict("snapshots", "", one.TakenAt, "nobody had to decide it, and somebody did")
		}
		return
	}
	v.takenBack(one)
	kind := "accept"
	if one.Status == string(StatusRejected) {
		kind = "reject"
	}
	run := v.books.byID[one.RecordedBy]
	switch {
	case !endedWell(run) || run.Kind != kind:
		v.contradict("snapshots", "", one.TakenAt, "it is %s, and run %d, which should say so, does not", one.Status, one.RecordedBy)
	case !postgres.EqualText(run.Actor, one.DecidedBy) || !postgres.EqualText(run.Reason, one.DecidedReason):
		v.contradict("snapshots", "", one.TakenAt, "run %d was decided by somebody else or for another reason", run.ID)
	}
}

// takenBack wants a rejection that was taken back to be one.
func (v *verify) takenBack(one *sqlcgen.Snapshot) {
	if one.RejectedBy == nil {
		return
	}
	if run := v.books.byID[*one.RejectedBy]; !endedWell(run) || run.Kind != "reject" || one.Status != string(StatusCommitted) {
		v.contradict("snapshots", "", one.TakenAt, "run %d, which rejected it before, did not", *one.RejectedBy)
	}
}

// left wants what a run that recorded something must have left.
func (v *verify) left(run *sqlcgen.Run) {
	at := run.StartedAt
	if run.RecordedAt != nil {
		at = *run.RecordedAt
	}
	switch {
	case run.Outcome == skipped:
		return
	case !endedWell(run):
		v.contradict("runs", "", at, "run %d recorded something, and is %s", run.ID, run.Outcome)
	case run.RecordedAt == nil:
		v.contradict("runs", "", at, "run %d ended as %s, and recorded nothing", run.ID, run.Outcome)
	case run.Kind == string(Sync) || run.Kind == string(Backfill):
		v.leftSnapshot(run, at, v.books.brought[run.ID])
	case postgres.Text(run.Actor) == "" || postgres.Text(run.Reason) == "":
		v.contradict("runs", "", at, "run %d, a %s, names nobody or no reason", run.ID, run.Kind)
	case run.Kind != "rebuild":
		v.leftSnapshot(run, at, v.books.decided[run.ID])
	}
	if sum := run.Added + run.Changed + run.Removed; run.Outcome == string(Unchanged) && sum > 0 || run.Outcome == string(Changed) && sum == 0 && run.Kind != "rebuild" {
		v.contradict("runs", "", at, "run %d is %s, and counted %d changes", run.ID, run.Outcome, sum)
	}
}

func (v *verify) leftSnapshot(run *sqlcgen.Run, at time.Time, left *sqlcgen.Snapshot) {
	if left == nil {
		v.contradict("runs", "", at, "the snapshot of run %d, a %s that ended as %s, is gone", run.ID, run.Kind, run.Outcome)
	}
}
