package proof

import (
	"cmp"
	"slices"
	"time"

	"syncer/sqlcgen"
)

// slack is how much later than its end a run may say that it was recorded: both
// are taken by one statement.
const slack = time.Second

// clock wants each run to be recorded while it ran, and runs to be recorded after
// those before them began. A clock that was set back is no contradiction: what is
// recorded then follows the write before by the least there is.
func (v *verify) clock() {
	noted := make(map[int64]bool, len(v.accounts.runs))
	for i := range v.accounts.runs {
		if at := v.accounts.runs[i].RecordedAt; at != nil {
			noted[at.UnixMicro()] = true
		}
	}
	byID := slices.Clone(v.accounts.runs)
	slices.SortFunc(byID, func(a, b sqlcgen.Run) int { return cmp.Compare(a.ID, b.ID) })
	var begun sqlcgen.Run // the one before that began last
	for _, run := range byID {
		if run.RecordedAt == nil || run.EndedAt == nil {
			continue
		}
		setBack := run.EndedAt.Before(run.StartedAt)
		switch at := *run.RecordedAt; {
		case noted[at.UnixMicro()-1]: // by a clock that was set back
		case !setBack && at.Before(run.StartedAt) || at.After(latest(run.StartedAt, *run.EndedAt).Add(slack)):
			v.contradict("runs", "", at, "run %d says it was recorded then, and it began %s and ended %s", run.ID, instant(run.StartedAt), instant(*run.EndedAt))
		case at.Before(begun.StartedAt):
			v.contradict("runs", "", at, "run %d says it was recorded then, and run %d, before it, began %s", run.ID, begun.ID, instant(begun.StartedAt))
		}
		if !setBack && run.StartedAt.After(begun.StartedAt) {
			begun = run
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func instant(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
