package proof

import (
	"fmt"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// tally is what a run counts of its snapshot.
type tally struct{ entries, added, changed, removed int }

// String reads "5 entries (+1 ~2 -0)".
func (t tally) String() string {
	return fmt.Sprintf("%d entries (+%d ~%d -%d)", t.entries, t.added, t.changed, t.removed)
}

// count is one key in the step from one snapshot to another.
func (t *tally) count(was, now *catalog.Digest) {
	switch {
	case was == nil && now != nil:
		t.added++
	case was != nil && now == nil:
		t.removed++
	case was != nil && *was != *now:
		t.changed++
	}
}

// within says that something was counted beside what is shown for at most so many
// entries more. Of an odd entry a run counts against what history shows, which is
// not always what the snapshot before showed.
func (t tally) within(shown tally, odd int) bool {
	near := func(noted, shown int) bool { return noted >= shown && noted <= shown+odd }
	return t.entries == shown.entries && near(t.added, shown.added) && near(t.changed, shown.changed) && near(t.removed, shown.removed)
}

// counts compares what runs counted with what the pages show. What was counted
// before the last rebuild was read by another decoder or not at all.
func (v *verify) counts() {
	steps := v.replay.steps()
	for n, w := range v.retrace.writes {
		run := v.accounts.byID[w.run]
		if w.rebuild || w.gone || run == nil {
			continue
		}
		found := v.replay.notes[w.i]
		if found.proven && int(run.Pages) != found.read {
			v.contradict("runs", "", w.at, "run %d read %d pages, and %d are kept", run.ID, run.Pages, found.read)
		}
		if n < v.retrace.base {
			continue
		}
		shown := steps[w.i]
		if w.before != w.i-1 {
			shown = v.replay.between(w.before, w.i)
		}
		shown.entries = found.entries
		if noted := counted(run); !noted.within(shown, len(v.replay.odd.keys)) {
			v.contradict("runs", "", w.at, "run %d counted %s, and its snapshot shows %s", run.ID, noted, shown)
		}
	}
}

func counted(run *sqlcgen.Run) tally {
	return tally{int(run.Entries), int(run.Added), int(run.Changed), int(run.Removed)}
}

// steps are what each snapshot changes against the one before it, of entries that
// are not odd.
func (r *replay) steps() []tally {
	all := make([]tally, len(r.moments))
	for key, life := range r.keys {
		if r.odd.keys[key] {
			continue
		}
		var was *catalog.Digest
		for i := range life.runs {
			now := life.runs[i].content()
			all[life.runs[i].snapshot].count(was, now)
			was = now
		}
	}
	return all
}

// between is what snapshot i changes against an earlier one; -1: against none.
func (r *replay) between(before, i int) (all tally) {
	for key, life := range r.keys {
		if r.odd.keys[key] {
			continue
		}
		var was *catalog.Digest
		if before >= 0 {
			was = life.shown(before)
		}
		all.count(was, life.shown(i))
	}
	return all
}

// rebuilds notes which rebuilds wrote or superseded a row of an entry; restated are
// those that did so with figures about it.
func (v *verify) rebuilds(e *ever, entry int64, restated []int64) {
	touched := make(map[int64]bool)
	for _, run := range restated {
		touched[run] = true
	}
	for _, row := range e.versions[entry] {
		touched[row.By], touched[row.Until] = true, true
	}
	for _, price := range e.owners[entry] {
		for _, row := range e.prices[price] {
			touched[row.By], touched[row.Until] = true, true
		}
		for _, row := range e.doubts[price] {
			touched[row.By], touched[row.Until] = true, true
		}
		for _, row := range e.announced[price] {
			touched[row.By], touched[row.Until] = true, true
		}
	}
	for _, row := range e.absences[entry] {
		touched[row.By], touched[row.Until] = true, true
	}
	for _, row := range e.events[entry] {
		touched[row.By], touched[row.Until] = true, true
	}
	for run := range touched {
		v.rewrote[run]++
	}
}

// rebuilt compares what rebuilds counted with the entries whose rows name them.
func (v *verify) rebuilt() {
	for i := range v.accounts.runs {
		run := &v.accounts.runs[i]
		if wrote := v.rewrote[run.ID]; run.Kind == "rebuild" && endedWell(run) && wrote != int(run.Changed) {
			v.contradict("runs", "", run.StartedAt, "run %d, a rebuild, counted %d entries, and rows of %d name it", run.ID, run.Changed, wrote)
		}
	}
}
