package timelinetest

import (
	"cmp"
	"slices"
	"time"

	"syncer/catalog"
)

// runName names a run of an entry: its price and its first look.
type runName struct {
	price catalog.PriceIdentity
	from  int64 // microseconds
}

func (r *run) name() runName { return runName{r.believed.Identity(), r.from().UnixMicro()} }

// settle finds the runs of doubt of an entry, which of them are confirmed, and the
// prices that stand at each moment. What comes after a run depends on whether it
// was confirmed, and that on its whole length: so the runs are settled one by one
// in time order, and for each all of history is walked again.
func settle(world World, l life, silenced []time.Time) ([]*run, [][]catalog.Price) {
	settled := make(map[runName]*time.Time)
	for {
		runs, prices := l.walk(world, settled)
		slices.SortFunc(runs, compareRuns)
		next := slices.IndexFunc(runs, func(r *run) bool { _, known := settled[r.name()]; return !known })
		if next < 0 {
			return runs, prices
		}
		settled[runs[next].name()] = confirmation(world, l.key, runs, runs[next], silenced)
	}
}

// walk goes over the moments of an entry: the runs of doubt there, and the prices
// that stand at each. Runs that are settled are confirmed as they were settled, all
// others not.
func (l life) walk(world World, settled map[runName]*time.Time) ([]*run, [][]catalog.Price) {
	absences := l.absences(world)
	w := walker{doubts: world.DoubtSnapshots > 0, settled: settled, remembered: make(map[slot]catalog.Price)}
	stand := make([][]catalog.Price, len(l.looks))
	for i, look := range l.looks {
		if i > 0 {
			stand[i] = stand[i-1]
		}
		w.remember(look.at.Add(-1)) // a person may believe between two looks
		switch {
		case !look.held:
			w.leaveAll(look.at)
			if delisted(absences, look.at) {
				stand[i], w.believed = nil, nil
				clear(w.remembered)
			}
		case look.speaks:
			stand[i] = w.hear(look)
		}
		w.remember(look.at)
	}
	return w.runs, stand
}

// walker is what is known of the prices of an entry on a walk over its moments.
type walker struct {
	doubts  bool
	settled map[runName]*time.Time
	runs    []*run
	// believed is what looks are judged against: the prices that stand, but for an
	// open run, confirmed or not, the price before it.
	believed   []catalog.Price
	remembered map[slot]catalog.Price // what the newest confirmed run displaced
	announced  []catalog.Price        // by earlier looks
	at         time.Time              // until when confirmed runs are remembered
}

// hear takes a look whose prices speak and returns those that stand then.
func (w *walker) hear(look look) []catalog.Price {
	verdicts := w.judge(look)
	// What leaves a confirmed run is judged again by what that run made believed.
	for w.leaveConfirmed(look, verdicts) {
		verdicts = w.judge(look)
	}
	var stands, believes []catalog.Price
	doubtful := make(map[catalog.PriceIdentity]bool)
	for _, v := range verdicts {
		r := w.open(v.believed)
		if r != nil && !r.goesOn(v) {
			r.to = &look.at
			r = nil
		}
		if v.reason == "" {
			continue // it is shown, or has ended
		}
		if r == nil {
			r = &run{believed: v.believed, reason: v.reason}
			w.runs = append(w.runs, r)
		}
		r.add(look.at, v)
		r.confirmed = w.settled[r.name()]
		believes = append(believes, v.believed)
		if v.shown != nil {
			doubtful[v.shown.Identity()] = true
		}
		if r.confirmed == nil {
			stands = append(stands, v.believed)
		} else {
			stands = append(stands, r.last()...)
		}
	}
	for _, p := range look.prices {
		if doubtful[p.Identity()] {
			continue
		}
		stands = append(stands, p)
		if p.Kind != catalog.PriceFee {
			believes = append(believes, p)
		}
		if returns(w.remembered, p) {
			delete(w.remembered, slotOf(p))
		}
	}
	w.believed = believes
	w.announced = append(w.announced, look.comes...)
	return stands
}

// judge is what a look says of all that is believed.
func (w *walker) judge(look look) []verdict {
	if !w.doubts {
		return nil
	}
	known := func(p catalog.Price) bool {
		return returns(w.remembered, p) || slices.ContainsFunc(w.announced, func(a catalog.Price) bool {
			return a.Identity() == p.Identity() && a.TaxBasis == p.TaxBasis && a.ListUnitPrice.Equal(p.ListUnitPrice)
		})
	}
	// A price that is said to end is not looked for, unless a run goes on against it:
	// what was lost before its day is found to be lost as ever.
	left := make(map[*run]bool)
	over := func(b catalog.Price) bool {
		r := w.open(b)
		return (r == nil || left[r]) && look.saidToEnd(b)
	}
	for {
		var all []verdict
		for _, s := range slots(w.believed, look.prices) {
			all = append(all, judge(s, w.believed, look.prices, known, over)...)
		}
		settled := true
		for _, v := range all {
			if r := w.open(v.believed); r != nil && !left[r] && !r.goesOn(v) {
				left[r], settled = true, false
			}
		}
		if settled {
			return all
		}
	}
}

// saidToEnd reports whether a price is not to be looked for any more: the day on which
// it ends has come, or the look announces it for a later one.
func (l look) saidToEnd(p catalog.Price) bool {
	ended := p.EffectiveTo != nil && !p.EffectiveTo.After(l.at)
	return ended || withIdentity(l.comes, p.Identity()) != nil
}

// leaveConfirmed ends the confirmed runs that a look leaves: what they showed last
// is believed now. It reports whether there were any.
func (w *walker) leaveConfirmed(look look, verdicts []verdict) bool {
	some := false
	for _, v := range verdicts {
		if r := w.open(v.believed); r != nil && r.confirmed != nil && !r.goesOn(v) {
			w.leave(r, look.at)
			some = true
		}
	}
	return some
}

func (w *walker) leaveAll(at time.Time) {
	for _, r := range w.runs {
		if r.to == nil {
			w.leave(r, at)
		}
	}
}

func (w *walker) leave(r *run, at time.Time) {
	r.to = &at
	if r.confirmed != nil {
		w.believed = append(without(w.believed, r.believed.Identity()), r.last()...)
	}
}

// open is the run that goes on against a price, nil where none does.
func (w *walker) open(believed catalog.Price) *run {
	for _, r := range w.runs {
		if r.to == nil && r.believed.Identity() == believed.Identity() {
			return r
		}
	}
	return nil
}

// remember keeps in mind what runs displaced that were confirmed since it was last
// asked, until a moment.
func (w *walker) remember(until time.Time) {
	due := slices.DeleteFunc(slices.Clone(w.runs), func(r *run) bool {
		return r.confirmed == nil || !r.confirmed.After(w.at) || r.confirmed.After(until)
	})
	slices.SortFunc(due, func(a, b *run) int {
		return cmp.Or(a.confirmed.Compare(*b.confirmed), compareIdentities(a.believed.Identity(), b.believed.Identity()))
	})
	for _, r := range due {
		w.remembered[slotOf(r.believed)] = r.believed
	}
	w.at = until
}

// returns reports whether a price is back near the one that a believed run
// displaced.
func returns(remembered map[slot]catalog.Price, p catalog.Price) bool {
	was, has := remembered[slotOf(p)]
	return has && was.Identity() == p.Identity() && was.TaxBasis == p.TaxBasis && !tenfold(was.ListUnitPrice, p.ListUnitPrice)
}

// confirmation is when a run is confirmed: by count, unless a person took it or
// one like it back, or by a person's belief; nil when it is not.
func confirmation(world World, key string, runs []*run, r *run, silenced []time.Time) *time.Time {
	mine := decisionsOn(world, key, r, silenced)
	if retracted(mine) {
		return nil
	}
	var moments []time.Time
	barred := slices.ContainsFunc(runs, func(earlier *run) bool {
		return earlier.from().Before(r.from()) && retracted(decisionsOn(world, key, earlier, silenced)) && earlier.isLike(r)
	})
	for n, at := range r.looks {
		if !barred && n+1 >= world.DoubtSnapshots && at.Sub(r.from()) >= world.DoubtFor {
			moments = append(moments, at)
		}
	}
	for _, decision := range slices.Backward(mine) {
		if decision.Kind == Retract {
			break // what was believed before it is overruled
		}
		moments = append(moments, decision.Moment)
	}
	if len(moments) == 0 {
		return nil
	}
	return new(slices.MinFunc(moments, time.Time.Compare))
}

// decisionsOn are the decisions on a run, in the order in which they were made.
// A retraction that silenced a moment is on none.
func decisionsOn(world World, key string, r *run, silenced []time.Time) []Decision {
	var all []Decision
	for _, decision := range world.Decisions {
		if decision.Key != key || !r.holds(decision.Moment) {
			continue
		}
		switch decision.Kind {
		case Retract:
			if slices.ContainsFunc(silenced, decision.Moment.Equal) {
				continue
			}
		case Believe:
			if decision.Price != nil && *decision.Price != r.believed.Identity() {
				continue
			}
		}
		all = append(all, decision)
	}
	return all
}

// retracted reports whether the newest decision takes back.
func retracted(decisions []Decision) bool {
	return len(decisions) > 0 && decisions[len(decisions)-1].Kind == Retract
}

// isLike reports whether a later run would bring again what this one did.
func (r *run) isLike(later *run) bool {
	if slotOf(r.believed) != slotOf(later.believed) || r.reason != later.reason {
		return false
	}
	if r.reason == DoubtLost {
		return r.believed.Identity() == later.believed.Identity()
	}
	return slices.ContainsFunc(r.displaces, func(p catalog.Price) bool {
		first := later.displaces[0]
		return p.Identity() == first.Identity() && !tenfold(p.ListUnitPrice, first.ListUnitPrice)
	})
}
