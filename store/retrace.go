package store

import (
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/timeline"
)

// retrace does every write of a list again, in the order in which they were
// recorded, from what the pages say. Whatever stands in the tables, superseded
// rows and the runs that wrote and replaced them too, must come out of it.
type retrace struct {
	replay *replay
	shelf  shelf
	writes []write
	order  map[int64]int // of a run among the writes
	// arrived is for each committed moment the write that brought it.
	arrived []int
	// base is the last rebuild among the writes, -1 without one. What was there
	// before was read by another decoder or told by another rule, which are not
	// known any more: from there on, everything is done again.
	base int
}

// write is one run that wrote history.
type write struct {
	run     int64
	rebuild bool
	at      time.Time // its moment; of a rebuild: when
	i       int       // index of its snapshot among the moments
	before  int       // index of the snapshot before it that was known then; -1: none
	newest  bool      // none after it was known then
	plain   bool      // newest, and all before it were known
}

func (v *verify) retraced() *retrace {
	rows := v.writes
	t := &retrace{
		replay: v.replay, shelf: v.shelf, base: -1,
		order: make(map[int64]int, len(rows)), arrived: make([]int, len(v.replay.moments)),
	}
	var known []int // indices of the snapshots that came so far, in order
	for n, row := range rows {
		w := write{run: row.RunID, rebuild: row.Rebuild, at: row.TakenAt.UTC(), before: -1}
		if w.rebuild {
			t.base = n
		} else {
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

// story is one entry in the retracing.
type story struct {
	*retrace
	entry    named
	rule     timeline.Rule
	kind     catalog.EntryKind
	contents map[catalog.Digest]content
	amounts  map[amountKey]sqlcgen.PriceHistoryCopyParams
	ledger   *ledger
}

// tell does all writes since the last rebuild again.
func (s *story) tell() {
	if s.base >= 0 {
		s.again(s.base)
	}
	if s.replay.keys[s.entry.key] == nil {
		return
	}
	for n := s.base + 1; n < len(s.writes); n++ {
		if s.touched(n) {
			s.insert(n)
		}
	}
}

// touched reports that a write had something to do with the entry: what it
// shows differs from the snapshot before, or an absence runs on.
func (s *story) touched(n int) bool {
	w := s.writes[n]
	now, was := s.shown(w.i), (*catalog.Digest)(nil)
	if w.before >= 0 {
		was = s.shown(w.before)
	}
	if now != nil || was != nil {
		return now == nil || was == nil || *now != *was
	}
	return slices.ContainsFunc(s.ledger.absences, func(one entered[timeline.Absence]) bool {
		a := one.row
		return one.until == 0 && a.From.Before(w.at) && (a.To.IsZero() || a.To.After(w.at)) &&
			(a.ConfirmedAt.IsZero() || a.ConfirmedAt.After(w.at))
	})
}

// shown is what a snapshot holds of the entry, nil for nothing.
func (s *story) shown(i int) *catalog.Digest {
	return s.replay.keys[s.entry.key].shown(i)
}

func (s *story) insert(n int) {
	w := s.writes[n]
	var before time.Time
	if w.before >= 0 {
		before = s.replay.moments[w.before]
	}
	k := s.ledger.know(s.entry.id, s.ledger.window(before), s.amounts)
	history, since := k.histories[s.entry.id], w.at
	if len(history.Absences) > 0 && history.Absences[0].From.Before(since) {
		since = history.Absences[0].From
	}
	var newest time.Time
	if w.newest {
		newest = w.at
	}
	s.settle(k, w.run, newest, timeline.Insert(history, s.moments(n, since), w.at, s.shown(w.i), s.rule))
}

// again is a rebuild: everything that was known then, told at once.
func (s *story) again(n int) {
	var sightings []timeline.Sighting[catalog.Digest]
	for i, at := range s.replay.moments {
		if s.arrived[i] <= n && s.replay.keys[s.entry.key] != nil {
			sightings = append(sightings, timeline.Sighting[catalog.Digest]{From: at, Content: s.shown(i)})
		}
	}
	k := s.ledger.know(s.entry.id, window{}, s.amounts)
	s.settle(k, s.writes[n].run, time.Time{}, timeline.Whole(sightings, s.moments(n, time.Time{}), s.rule))
}

func (s *story) settle(k *known, run int64, newest time.Time, wanted timeline.History[catalog.Digest]) {
	out := changes{shelf: s.shelf, run: run, newest: newest}
	u := update{run: Run{List: List{List: catalog.List{Kind: s.kind}}}}
	u.settle(k, s.entry.id, wanted, s.contents, &out)
	s.ledger.enter(&out)
}
