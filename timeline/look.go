package timeline

import (
	"slices"
	"time"
)

// Look is what committed snapshots say of one entry, from one on until the next
// look. A part that is silent was set aside: what stood before goes on.
type Look[F comparable] struct {
	From   time.Time
	Lacks  bool     // the snapshots do not hold it; the rest is nothing then
	Fields *F       // nil: silent
	Prices *[]Price // nil: silent
	// Announced are the prices that the provider dates later, beside Prices: what is
	// announced is not doubted when it comes.
	Announced []Price
}

// Evidence is all that is known of one entry.
type Evidence[F comparable] struct {
	Looks   []Look[F]   // in time order
	Moments []time.Time // all committed snapshots, in order
	// Nameless counts the rows whose key could not be read, by the moments (in
	// microseconds) of the snapshots that had any.
	Nameless  map[int64]int
	Decisions []Decision // as long as they stand, in the order in which they were made
}

// Judgement is by which rules a list confirms absences and doubtful prices. With
// no snapshots for doubt nothing is doubted.
type Judgement struct{ Absence, Doubt Rule }

// Life is what follows from the evidence of one entry.
type Life[C comparable] struct {
	History[C]
	Doubts    []Doubt // by the moments at which they began
	Announced []Announcement
	// Hidden are the moments of lacking snapshots that say nothing, because a row
	// without a key may be the entry's, and that no absence covers.
	Hidden []time.Time
}

// Announcement is a price that snapshots which speak of prices show for later, from
// one on until the first without it; a zero To: it still stands.
type Announcement struct {
	Price    Price
	From, To time.Time
}

// Derive returns the life of one entry. It is a function of the set of snapshots:
// whichever arrived last plays no part. content names what fields and prices that
// stand come to together.
func Derive[F, C comparable](evidence Evidence[F], judge Judgement, content func(F, []Price) C) Life[C] {
	derived := derive(evidence, nil, judge)
	var standing []Decision
	silenced := make(map[int64]bool)
	for _, decision := range evidence.Decisions {
		held := slices.ContainsFunc(derived.doubts, func(run *run) bool { return run.holds(decision.At) })
		if decision.Kind == Retract && !held {
			silenced[decision.At.UnixMicro()] = true
			continue
		}
		standing = append(standing, decision)
	}
	if len(silenced) > 0 {
		evidence.Decisions = standing // a snapshot that says nothing bars nothing
		derived = derive(evidence, silenced, judge)
	}
	return life(derived, judge, content)
}

// stretch is a row of snapshots that say the same of an entry, without those that
// say nothing.
type stretch[F comparable] struct {
	moments   []time.Time
	lacks     bool
	fields    F
	prices    *[]Price // as shown; nil: silent
	announced []Price
	stands    *offer // what stands during it
}

// derivation is the way from looks to a life.
type derivation[F comparable] struct {
	stretches []stretch[F]
	doubts    []*run
	announced []Announcement
	hidden    []time.Time
}

func derive[F comparable](evidence Evidence[F], silenced map[int64]bool, judge Judgement) derivation[F] {
	d := derivation[F]{}
	d.speak(evidence, silenced, judge.Absence)
	d.believe(judge, evidence.Decisions)
	return d
}

// speak leaves the snapshots that say something of the entry. A part of it that
// was set aside says that it was seen; where it was delisted before, that is not
// enough. A row without a key may be any entry that is lacking, unless the last
// snapshot that held the entry had as many such rows.
func (d *derivation[F]) speak(evidence Evidence[F], silenced map[int64]bool, absence Rule) {
	var fields *F // that spoke last
	var held time.Time
	var absent []time.Time // of the absence that lasts
	for i, look := range evidence.Looks {
		end := time.Time{}
		if i+1 < len(evidence.Looks) {
			end = evidence.Looks[i+1].From
		}
		moments := between(evidence.Moments, look.From, end)
		if len(silenced) > 0 {
			moments = slices.DeleteFunc(slices.Clone(moments), func(at time.Time) bool { return silenced[at.UnixMicro()] })
		}
		if len(moments) == 0 {
			continue
		}
		if look.Lacks {
			if fields == nil {
				continue // not seen yet is no absence
			}
			if len(evidence.Nameless) > 0 {
				known := evidence.Nameless[held.UnixMicro()]
				moments = slices.DeleteFunc(slices.Clone(moments), func(at time.Time) bool {
					hides := evidence.Nameless[at.UnixMicro()] > known
					if hides {
						d.hidden = append(d.hidden, at)
					}
					return hides
				})
			}
			if len(moments) > 0 {
				absent = append(absent, moments...)
				d.stretches = append(d.stretches, stretch[F]{moments: moments, lacks: true})
			}
			continue
		}
		held = moments[len(moments)-1]
		if look.Fields == nil {
			if fields == nil || len(absent) > 0 && !absence.confirmed(absent, Absence{From: absent[0]}).IsZero() {
				continue
			}
		} else {
			fields = look.Fields
		}
		absent = nil
		said := stretch[F]{moments: moments, fields: *fields, prices: look.Prices, announced: look.Announced}
		if len(look.Announced) > 0 && len(moments) > 1 { // what the first of them announced is announced to the others
			first := said
			first.moments, said.moments = moments[:1], moments[1:]
			d.stretches = append(d.stretches, first)
		}
		d.stretches = append(d.stretches, said)
	}
}

// between are the moments from one on until another; a zero end is none.
func between(moments []time.Time, from, end time.Time) []time.Time {
	first, _ := slices.BinarySearchFunc(moments, from, time.Time.Compare)
	last := len(moments)
	if !end.IsZero() {
		last, _ = slices.BinarySearchFunc(moments, end, time.Time.Compare)
	}
	return moments[first:max(first, last)]
}

// moments are those of all snapshots that say something.
func (d *derivation[F]) moments() []time.Time {
	var all []time.Time
	for _, stretch := range d.stretches {
		all = append(all, stretch.moments...)
	}
	return all
}

// life puts together what stands.
func life[F, C comparable](d derivation[F], judge Judgement, content func(F, []Price) C) Life[C] {
	spans := make([]span[C], len(d.stretches))
	for i := range d.stretches {
		stretch := &d.stretches[i]
		spans[i].from = stretch.moments[0]
		if !stretch.lacks {
			spans[i].content = new(content(stretch.fields, stretch.stands.prices()))
		}
	}
	whole := Life[C]{History: build(coalesce(spans), d.moments(), judge.Absence), Announced: d.announced, Hidden: d.hidden}
	for _, run := range d.doubts {
		whole.Doubts = append(whole.Doubts, run.Doubt)
	}
	slices.SortStableFunc(whole.Doubts, func(a, b Doubt) int { return a.From.Compare(b.From) })
	whole.Hidden = slices.DeleteFunc(whole.Hidden, func(at time.Time) bool {
		return slices.ContainsFunc(whole.Absences, func(a Absence) bool { return !at.Before(a.From) && (a.To.IsZero() || at.Before(a.To)) })
	})
	slices.SortFunc(whole.Hidden, time.Time.Compare)
	return whole
}
