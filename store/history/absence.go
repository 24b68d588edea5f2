package history

import (
	"context"
	"fmt"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// loadAbsences reads the absences that end after the snapshot before, sets the
// windows of all entries, and returns the moment at which the oldest absence
// began; zero: there is none.
func (t Tables) loadAbsences(ctx context.Context, state *State, ids []int64, before *time.Time) (oldest time.Time, err error) {
	var since time.Time
	var window Window
	if before != nil {
		since, window = *before, Window{Since: before.Add(time.Microsecond), After: *before}
	}
	for _, id := range ids {
		state.windows[id] = window
	}
	rows, err := t.q.AbsenceLoad(ctx, t.db, sqlcgen.AbsenceLoadParams{ListID: t.list, EntryIds: ids, Since: &since})
	if err != nil {
		return oldest, fmt.Errorf("load absences: %w", err)
	}
	for _, row := range rows {
		absence := timeline.Absence{From: row.AbsentFrom.UTC(), To: postgres.Time(row.AbsentTo), ConfirmedAt: postgres.Time(row.ConfirmedAt)}
		history := state.Histories[row.EntryID]
		history.Absences = append(history.Absences, absence)
		state.Histories[row.EntryID] = history
		if before != nil && !absence.From.After(since) {
			state.windows[row.EntryID] = Window{Since: absence.From, After: absence.From}
		}
		if oldest.IsZero() || absence.From.Before(oldest) {
			oldest = absence.From
		}
	}
	return oldest, nil
}

// AbsenceEdits are what a write does to absences. Those that end or are confirmed
// do so at the newest snapshot.
type AbsenceEdits struct {
	End, Confirm []int64 // entries whose open absence it is
	Supersede    []VersionKey
	Insert       []Absence
}

// Absence is a row of absences.
type Absence struct {
	ID int64 // of the entry
	timeline.Absence
}

func (e *AbsenceEdits) plan(id int64, plan timeline.AbsencePlan, newest time.Time) {
	for _, want := range plan.Update {
		if want.To.Equal(newest) {
			e.End = append(e.End, id)
		}
		if want.ConfirmedAt.Equal(newest) {
			e.Confirm = append(e.Confirm, id)
		}
	}
	for _, row := range plan.Supersede {
		e.Supersede = append(e.Supersede, VersionKey{id, row.From})
	}
	for _, want := range plan.Insert {
		e.Insert = append(e.Insert, Absence{id, want})
	}
}

func (t Tables) retireAbsences(ctx context.Context, edits *Edits) error {
	if ids := edits.Absences.Confirm; len(ids) > 0 {
		if err := t.q.AbsenceConfirm(ctx, t.db, sqlcgen.AbsenceConfirmParams{ListID: t.list, EntryIds: ids, At: edits.Newest}); err != nil {
			return fmt.Errorf("confirm absences: %w", err)
		}
	}
	if ids := edits.Absences.End; len(ids) > 0 {
		if err := t.q.AbsenceEnd(ctx, t.db, sqlcgen.AbsenceEndParams{ListID: t.list, EntryIds: ids, At: edits.Newest}); err != nil {
			return fmt.Errorf("end absences: %w", err)
		}
	}
	if len(edits.Absences.Supersede) == 0 {
		return nil
	}
	params := sqlcgen.AbsenceSupersedeParams{ListID: t.list, RunID: &edits.Run}
	for _, key := range edits.Absences.Supersede {
		params.EntryIds, params.AbsentFroms = append(params.EntryIds, key.ID), append(params.AbsentFroms, key.From)
	}
	if err := t.q.AbsenceSupersede(ctx, t.db, params); err != nil {
		return fmt.Errorf("supersede absences: %w", err)
	}
	return nil
}

func (t Tables) insertAbsences(ctx context.Context, edits *Edits) error {
	if len(edits.Absences.Insert) == 0 {
		return nil
	}
	rows := make([]sqlcgen.AbsenceCopyParams, len(edits.Absences.Insert))
	for i, absence := range edits.Absences.Insert {
		rows[i] = sqlcgen.AbsenceCopyParams{
			ListID: t.list, RecordedBy: edits.Run, AbsentFrom: absence.From,
			AbsentTo: postgres.NullTime(absence.To), ConfirmedAt: postgres.NullTime(absence.ConfirmedAt),
		}
		t.entries.ownAbsence(&rows[i], absence.ID)
	}
	if _, err := t.q.AbsenceCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write absences: %w", err)
	}
	return nil
}

// AbsencesEver returns every absence of some entries that was ever recorded,
// superseded ones too, by entry and in time order.
func (t Tables) AbsencesEver(ctx context.Context, entries []Named) (map[int64][]Recorded[timeline.Absence], error) {
	rows, err := t.q.AbsencesEver(ctx, t.db, sqlcgen.AbsencesEverParams{ListID: t.list, EntryIds: ids(entries)})
	if err != nil {
		return nil, fmt.Errorf("read absences: %w", err)
	}
	all := make(map[int64][]Recorded[timeline.Absence])
	for _, row := range rows {
		all[row.EntryID] = append(all[row.EntryID], Recorded[timeline.Absence]{
			Row: timeline.Absence{From: row.AbsentFrom.UTC(), To: postgres.Time(row.AbsentTo), ConfirmedAt: postgres.Time(row.ConfirmedAt)},
			By:  row.RecordedBy, Until: postgres.ID(row.SupersededBy),
		})
	}
	return all, nil
}
