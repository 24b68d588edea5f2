package proof

import (
	"slices"
	"time"

	"syncer/catalog"
	"syncer/store/history"
	"syncer/timeline"
)

// retrace does every write of a list again, in the order in which they were
// recorded, from what the pages say. Whatever stands in the tables, superseded
// rows and the runs that wrote and replaced them too, must come out of it.
type retrace struct {
	replay *replay
	writes []write
	order  map[int64]int // of a run among the writes
	// arrived is for each committed moment the write that brought it.
	arrived []int
	// base is the last rebuild among the writes, -1 without one. What was there
	// before was read by another decoder or written by another rule, which are not
	// known any more: from there on, everything is done again.
	base int
}

// write is one run that wrote history.
type write struct {
	run     int64
	rebuild bool
	gone    bool      // its snapshot was taken back since, before the last rebuild
	at      time.Time // its moment; of a rebuild: when
	i       int       // index of its snapshot among the moments
	before  int       // index of the snapshot before it that was known then; -1: none
	newest  bool      // none after it was known then
	plain   bool      // newest, and all before it were known
}

func (v *verify) retraced() *retrace {
	rows := v.writes
	t := &retrace{
		replay: v.replay, base: -1,
		order: make(map[int64]int, len(rows)), arrived: make([]int, len(v.replay.moments)),
	}
	var known []int // indices of the snapshots that came so far, in order
	for n, row := range rows {
		w := write{run: row.RunID, rebuild: row.Rebuild, gone: row.Retracted, at: row.TakenAt.UTC(), before: -1}
		switch {
		case w.rebuild:
			t.base = n
		case !w.gone:
			known = t.place(&w, n, known)
		}
		t.order[w.run] = n
		t.writes = append(t.writes, w)
	}
	return t
}

// place puts the snapshot of write n among those that came before.
func (t *retrace) place(w *write, n int, known []int) []int {
	w.i, _ = slices.BinarySearchFunc(t.replay.moments, w.at, time.Time.Compare)
	t.arrived[w.i] = n
	at, _ := slices.BinarySearch(known, w.i)
	if at > 0 {
		w.before = known[at-1]
	}
	w.newest = at == len(known)
	w.plain = w.newest && at == w.i
	return slices.Insert(known, at, w.i)
}

// moments are the committed ones that were known at a write, from one on.
func (t *retrace) moments(n int, since time.Time) []time.Time {
	from, _ := slices.BinarySearchFunc(t.replay.moments, since, time.Time.Compare)
	if w := t.writes[n]; w.plain {
		return t.replay.moments[from : w.i+1]
	}
	var known []time.Time
	for i := from; i < len(t.replay.moments); i++ {
		if t.arrived[i] <= n {
			known = append(known, t.replay.moments[i])
		}
	}
	return known
}

// life is one entry in the retracing.
type life struct {
	*retrace
	entry    history.Named
	rule     timeline.Rule
	kind     catalog.EntryKind
	contents map[catalog.Digest]history.Content
	amounts  history.Amounts
	ledger   *ledger
	// known and evidence are of an entry that is odd; nil of others.
	known    *history.State
	evidence *history.Evidence
}

// writeAgain does all writes since the last rebuild again.
func (l *life) writeAgain() {
	if l.evidence != nil {
		l.deriveAgain()
		return
	}
	if l.base >= 0 {
		l.rebuild(l.base)
	}
	if l.replay.keys[l.entry.Key] == nil {
		return
	}
	for n := l.base + 1; n < len(l.writes); n++ {
		if l.touched(n) {
			l.insert(n)
		}
	}
}

// touched reports that a write had something to do with the entry: what it
// shows differs from the snapshot before, or an absence runs on.
func (l *life) touched(n int) bool {
	w := l.writes[n]
	now, was := l.shown(w.i), (*catalog.Digest)(nil)
	if w.before >= 0 {
		was = l.shown(w.before)
	}
	if now != nil || was != nil {
		return now == nil || was == nil || *now != *was
	}
	return slices.ContainsFunc(l.ledger.absences, func(row history.Recorded[timeline.Absence]) bool {
		a := row.Row
		return row.Until == 0 && a.From.Before(w.at) && (a.To.IsZero() || a.To.After(w.at)) &&
			(a.ConfirmedAt.IsZero() || a.ConfirmedAt.After(w.at))
	})
}

// shown is what a snapshot holds of the entry, nil for nothing.
func (l *life) shown(i int) *catalog.Digest {
	return l.replay.keys[l.entry.Key].shown(i)
}

func (l *life) insert(n int) {
	w := l.writes[n]
	var before time.Time
	if w.before >= 0 {
		before = l.replay.moments[w.before]
	}
	state := l.ledger.state(l.kind, l.entry.ID, l.ledger.window(before), l.amounts)
	stored, since := state.Histories[l.entry.ID], w.at
	if len(stored.Absences) > 0 && stored.Absences[0].From.Before(since) {
		since = stored.Absences[0].From
	}
	edits := &history.Edits{Run: w.run}
	if w.newest {
		edits.Newest = w.at
	}
	state.Plan(edits, l.entry.ID, timeline.Insert(stored, l.moments(n, since), w.at, l.shown(w.i), l.rule), l.contents)
	l.ledger.apply(edits)
}

// rebuild writes everything that was known then at once.
func (l *life) rebuild(n int) {
	var sightings []timeline.Sighting[catalog.Digest]
	for i, at := range l.replay.moments {
		if l.arrived[i] <= n && l.replay.keys[l.entry.Key] != nil {
			sightings = append(sightings, timeline.Sighting[catalog.Digest]{From: at, Content: l.shown(i)})
		}
	}
	state, edits := l.ledger.state(l.kind, l.entry.ID, history.Window{}, l.amounts), &history.Edits{Run: l.writes[n].run}
	state.Plan(edits, l.entry.ID, timeline.Whole(sightings, l.moments(n, time.Time{}), l.rule), l.contents)
	l.ledger.apply(edits)
}
