package timeline

import "time"

// Plan says how stored rows become the wanted ones. A row that opens is closed
// in place only when the new end is the newest snapshot; whatever else becomes
// untrue is superseded and its replacement inserted, so that what was once
// published stays on record.
type Plan[C comparable] struct {
	Close     []Version[C] // stored open rows, with the To they get
	Supersede []Version[C] // stored rows, as stored
	Insert    []Version[C]
}

// Empty reports that nothing is to be written.
func (p Plan[C]) Empty() bool { return len(p.Close)+len(p.Supersede)+len(p.Insert) == 0 }

// Reconcile compares rows of one key by their From and Content. newest is the
// moment of the snapshot just inserted if it is the newest of its list, else
// zero.
func Reconcile[C comparable](stored, wanted []Version[C], newest time.Time) Plan[C] {
	var plan Plan[C]
	left := make(map[int64]Version[C], len(wanted))
	for _, want := range wanted {
		left[want.From.UnixMicro()] = want
	}
	for _, row := range stored {
		want, found := left[row.From.UnixMicro()]
		switch {
		case !found || want.Content != row.Content:
			plan.Supersede = append(plan.Supersede, row)
			continue
		case want.To.Equal(row.To):
		case row.To.IsZero() && !newest.IsZero() && want.To.Equal(newest):
			plan.Close = append(plan.Close, want)
		default:
			plan.Supersede = append(plan.Supersede, row)
			continue
		}
		delete(left, row.From.UnixMicro())
	}
	for _, want := range wanted {
		if _, ok := left[want.From.UnixMicro()]; ok {
			plan.Insert = append(plan.Insert, want)
		}
	}
	return plan
}

// AbsencePlan is a Plan for absences.
type AbsencePlan struct {
	Update    []Absence // stored open rows, with the To or ConfirmedAt they get
	Supersede []Absence
	Insert    []Absence
}

// ReconcileAbsences compares absences of one key by their From. An open row is
// updated in place when all that changes happened at the newest snapshot.
func ReconcileAbsences(stored, wanted []Absence, newest time.Time) AbsencePlan {
	var plan AbsencePlan
	left := make(map[int64]Absence, len(wanted))
	for _, want := range wanted {
		left[want.From.UnixMicro()] = want
	}
	for _, row := range stored {
		want, found := left[row.From.UnixMicro()]
		switch {
		case found && want.To.Equal(row.To) && want.ConfirmedAt.Equal(row.ConfirmedAt):
		case found && grows(row.To, want.To, newest) && grows(row.ConfirmedAt, want.ConfirmedAt, newest):
			plan.Update = append(plan.Update, want)
		default:
			plan.Supersede = append(plan.Supersede, row)
			continue
		}
		delete(left, row.From.UnixMicro())
	}
	for _, want := range wanted {
		if _, ok := left[want.From.UnixMicro()]; ok {
			plan.Insert = append(plan.Insert, want)
		}
	}
	return plan
}

// grows reports that a moment stays, or is set to the newest snapshot.
func grows(stored, wanted, newest time.Time) bool {
	return wanted.Equal(stored) || stored.IsZero() && !newest.IsZero() && wanted.Equal(newest)
}
