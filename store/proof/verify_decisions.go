package proof

import (
	"slices"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/store/record"
)

// decisions compares what persons decided with the runs by which they did, and
// snapshots that were taken back with the decisions that say so: neither is without
// the other.
func (v *verify) decisions() {
	made := make(map[int64]bool)          // by the run that made or ended one
	takenBack := make(map[time.Time]bool) // snapshots
	for i := range v.accounts.decisions {
		row := &v.accounts.decisions[i]
		made[row.RecordedBy], made[postgres.ID(row.EndedBy)] = true, true
		v.decided(row)
		if row.Kind == "retract" && row.Key == nil && row.EndedBy == nil {
			takenBack[row.TakenAt.UTC()] = true
		}
	}
	for i := range v.accounts.snapshots {
		row := &v.accounts.snapshots[i]
		if retracted := row.Status == string(record.StatusRetracted); retracted != takenBack[row.TakenAt.UTC()] {
			v.contradict("snapshots", "", row.TakenAt, "it is %s, and what was decided about it says otherwise", row.Status)
		}
	}
	for i := range v.accounts.runs {
		run := &v.accounts.runs[i]
		if slices.Contains([]string{"retract", "restore", "believe"}, run.Kind) && endedWell(run) && !made[run.ID] {
			v.contradict("runs", "", run.StartedAt, "run %d, a %s, decided nothing", run.ID, run.Kind)
		}
	}
}

// decided compares one decision with its runs and its snapshot.
func (v *verify) decided(row *sqlcgen.Decision) {
	key := postgres.Text(row.Key)
	by := []string{row.Kind}
	if row.Kind == "believe" && row.Key == nil { // all that an accepted snapshot shows, or that an archive says was
		by = append(by, "accept")
	}
	if run := v.accounts.byID[row.RecordedBy]; !endedWell(run) || !slices.Contains(by, run.Kind) {
		v.contradict("decisions", key, row.TakenAt, "run %d, which decided to %s, did not", row.RecordedBy, row.Kind)
	}
	if row.EndedBy != nil {
		if run := v.accounts.byID[*row.EndedBy]; !endedWell(run) || run.Kind != "restore" || row.Kind != "retract" {
			v.contradict("decisions", key, row.TakenAt, "run %d, which ended it, did not", *row.EndedBy)
		}
	}
	if v.accounts.at(row.TakenAt) == nil {
		v.contradict("decisions", key, row.TakenAt, "there is no snapshot of that moment")
	}
}
