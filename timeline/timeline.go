// Package timeline says where a snapshot, late or live, fits into the history
// of one entry: pure functions over moments and contents, without a database.
//
// History is a function of the set of committed snapshots and the rule of
// confirmation. Arrival order plays no part: inserting a snapshot into a
// history gives the history of the larger set.
package timeline

import (
	"slices"
	"time"
)

// Version says that an entry had Content during [From, To). A zero To means
// that it still has.
type Version[C comparable] struct {
	From, To time.Time
	Content  C
}

// Absence says that committed snapshots during [From, To) lacked an entry. A
// zero To means that the newest still does; a zero ConfirmedAt that the rule
// does not believe it yet.
type Absence struct {
	From, To    time.Time
	ConfirmedAt time.Time
}

// History is what is known of one entry, in time order.
type History[C comparable] struct {
	Versions []Version[C]
	Absences []Absence
}

// Rule says when an absence is believed: when it holds at least Snapshots
// snapshots and at least For lies between its first and its last.
type Rule struct {
	Snapshots int
	For       time.Duration
}

// Insert returns the history with one more snapshot, taken at a moment that is
// not in the history yet. content is nil when the snapshot lacks the entry.
// moments are all committed snapshots including at, in order; they must reach
// back to the start of the earliest absence in h. h may be a window of a
// longer history, if it holds whatever covers or touches the snapshot before
// at, and everything later.
func Insert[C comparable](h History[C], moments []time.Time, at time.Time, content *C, rule Rule) History[C] {
	return build(place(spans(h), moments, at, content), moments, rule)
}

// Sighting says that from a snapshot on, until the next sighting, an entry had
// Content; nil: the snapshots lacked it.
type Sighting[C comparable] struct {
	From    time.Time
	Content *C
}

// Whole returns the history of all sightings of one entry, in time order, at
// once: what inserting the snapshots one by one in any order arrives at.
// moments are all committed snapshots, in order.
func Whole[C comparable](sightings []Sighting[C], moments []time.Time, rule Rule) History[C] {
	all := make([]span[C], len(sightings))
	for i, sighting := range sightings {
		all[i] = span[C]{sighting.From, sighting.Content}
	}
	return build(coalesce(all), moments, rule)
}

// span is a maximal run of snapshots that agree, beginning at from; content is
// nil where they lack the entry.
type span[C comparable] struct {
	from    time.Time
	content *C
}

func spans[C comparable](h History[C]) []span[C] {
	var all []span[C]
	for i := range h.Versions {
		all = append(all, span[C]{h.Versions[i].From, &h.Versions[i].Content})
	}
	for _, absence := range h.Absences {
		all = append(all, span[C]{from: absence.From})
		if after := covering(h.Versions, absence.To); after != nil && !after.From.Equal(absence.To) {
			all = append(all, span[C]{absence.To, &after.Content})
		}
	}
	slices.SortFunc(all, func(a, b span[C]) int { return a.from.Compare(b.from) })
	return all
}

func covering[C comparable](versions []Version[C], at time.Time) *Version[C] {
	if at.IsZero() {
		return nil
	}
	for i := range versions {
		v := &versions[i]
		if !at.Before(v.From) && (v.To.IsZero() || at.Before(v.To)) {
			return v
		}
	}
	return nil
}

// place puts the snapshot between its neighbours: what held before it goes on
// at the next committed snapshot, unless a span begins there already.
func place[C comparable](all []span[C], moments []time.Time, at time.Time, content *C) []span[C] {
	i, _ := slices.BinarySearchFunc(all, at, func(s span[C], t time.Time) int { return s.from.Compare(t) })
	var before *C
	if i > 0 {
		before = all[i-1].content
	}
	inserted := []span[C]{{at, content}}
	if next, ok := after(moments, at); ok && (i == len(all) || !all[i].from.Equal(next)) {
		inserted = append(inserted, span[C]{next, before})
	}
	return coalesce(slices.Insert(all, i, inserted...))
}

func after(moments []time.Time, at time.Time) (time.Time, bool) {
	i, found := slices.BinarySearchFunc(moments, at, time.Time.Compare)
	if found {
		i++
	}
	if i == len(moments) {
		return time.Time{}, false
	}
	return moments[i], true
}

func coalesce[C comparable](all []span[C]) []span[C] {
	var kept []span[C]
	for _, s := range all {
		if len(kept) == 0 && s.content == nil {
			continue // not seen yet is no absence
		}
		if len(kept) > 0 && same(kept[len(kept)-1].content, s.content) {
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

func same[C comparable](a, b *C) bool {
	return a == b || a != nil && b != nil && *a == *b
}

func build[C comparable](all []span[C], moments []time.Time, rule Rule) History[C] {
	var h History[C]
	for i, s := range all {
		if s.content != nil {
			h.show(s.from, *s.content)
			continue
		}
		absence := Absence{From: s.from}
		if i+1 < len(all) {
			absence.To = all[i+1].from
		}
		absence.ConfirmedAt = rule.confirmed(moments, absence)
		h.Absences = append(h.Absences, absence)
		if !absence.ConfirmedAt.IsZero() {
			h.Versions[len(h.Versions)-1].To = s.from
		}
	}
	return h
}

// show lets content begin at a moment, or run on over a bridged absence.
func (h *History[C]) show(from time.Time, content C) {
	if n := len(h.Versions); n > 0 && h.Versions[n-1].To.IsZero() {
		if h.Versions[n-1].Content == content {
			return
		}
		h.Versions[n-1].To = from
	}
	h.Versions = append(h.Versions, Version[C]{From: from, Content: content})
}

func (r Rule) confirmed(moments []time.Time, a Absence) time.Time {
	first, _ := slices.BinarySearchFunc(moments, a.From, time.Time.Compare)
	end := len(moments)
	if !a.To.IsZero() {
		end, _ = slices.BinarySearchFunc(moments, a.To, time.Time.Compare)
	}
	long, _ := slices.BinarySearchFunc(moments, a.From.Add(r.For), time.Time.Compare)
	if k := max(first+r.Snapshots-1, long); k < end {
		return moments[k]
	}
	return time.Time{}
}
