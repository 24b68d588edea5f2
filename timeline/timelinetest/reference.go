package timelinetest

import (
	"slices"
	"time"

	"syncer/catalog"
)

// Reference returns the history of a world by brute force: a loop over keys
// and, for each, loops over all moments. It depends on the set of snapshots,
// not on their order.
func Reference(world World) History {
	var history History
	for _, key := range keys(world) {
		l, runs, prices := derive(world, key)
		if len(l.looks) == 0 {
			continue
		}
		absences := l.absences(world)
		shown := l.shown(absences, prices)
		history.Absences = append(history.Absences, absences...)
		history.Versions = append(history.Versions, l.versions(shown)...)
		history.Prices = append(history.Prices, l.prices(shown)...)
		history.Events = append(history.Events, l.events(absences)...)
		history.Doubts = append(history.Doubts, doubts(key, runs)...)
	}
	return history
}

func keys(world World) []string {
	var all []string
	for _, snapshot := range world.Snapshots {
		for key := range snapshot.Entries {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// derive is the life of a key, its runs of doubt and the prices that stand at each
// of its moments. It takes two steps: a moment that a person took back is silent
// only where no run of doubt holds it, and that is known when all runs are.
func derive(world World, key string) (life, []*run, [][]catalog.Price) {
	all := looksOf(world, key)
	l := lifeOf(key, counted(world, all, nil))
	runs, _ := settle(world, l, nil)
	var silenced []time.Time
	for _, decision := range world.Decisions {
		inRun := slices.ContainsFunc(runs, func(r *run) bool { return r.holds(decision.Moment) })
		if decision.Key == key && decision.Kind == Retract && !inRun {
			silenced = append(silenced, decision.Moment)
		}
	}
	l = lifeOf(key, counted(world, all, silenced))
	runs, prices := settle(world, l, silenced)
	return l, runs, prices
}

// life is one key in every snapshot that says anything of it, in time order; held
// is nil where a snapshot lacks the key, else the entry with the fields that stand
// there.
type life struct {
	key     string
	looks   []look
	moments []time.Time
	held    []*catalog.Entry
}

func lifeOf(key string, looks []look) life {
	l := life{key: key, looks: looks}
	var last *catalog.Entry
	for _, look := range looks {
		if look.fields != nil {
			last = look.fields
		}
		l.moments = append(l.moments, look.at)
		if look.held {
			l.held = append(l.held, last)
		} else {
			l.held = append(l.held, nil)
		}
	}
	return l
}

func (l life) absences(world World) []Absence {
	var all []Absence
	for first := 1; first < len(l.looks); first++ {
		if !l.looks[first].held && l.looks[first-1].held {
			all = append(all, l.absence(world, first))
		}
	}
	return all
}

func (l life) absence(world World, first int) Absence {
	absence := Absence{Key: l.key, From: l.looks[first].at}
	for i := first; i < len(l.looks); i++ {
		if l.looks[i].held {
			absence.To = &l.looks[i].at
			break
		}
		enough := i-first+1 >= world.ConfirmSnapshots
		long := l.looks[i].at.Sub(absence.From) >= world.ConfirmFor
		if enough && long && absence.ConfirmedAt == nil {
			absence.ConfirmedAt = &l.looks[i].at
		}
	}
	return absence
}

// shown is what history shows at each moment: the fields and prices that stand
// where the entry is held, nothing in a confirmed absence, the entry last held in
// any other.
func (l life) shown(absences []Absence, prices [][]catalog.Price) []*catalog.Entry {
	shown := make([]*catalog.Entry, len(l.moments))
	for i, at := range l.moments {
		switch {
		case l.held[i] != nil:
			entry := *l.held[i]
			entry.Prices = prices[i]
			shown[i] = &entry
		case !delisted(absences, at):
			shown[i] = shown[i-1]
		}
	}
	return shown
}

func delisted(absences []Absence, at time.Time) bool {
	return slices.ContainsFunc(absences, func(a Absence) bool {
		return a.ConfirmedAt != nil && !at.Before(a.From) && (a.To == nil || at.Before(*a.To))
	})
}

func (l life) versions(shown []*catalog.Entry) []Version {
	digests := make([]*catalog.Digest, len(shown))
	for i, entry := range shown {
		if entry != nil {
			digests[i] = new(entry.Digest())
		}
	}
	var all []Version
	for _, stretch := range l.stretches(digests) {
		all = append(all, Version{Key: l.key, Digest: stretch.digest, From: stretch.from, To: stretch.to})
	}
	return all
}

func (l life) prices(shown []*catalog.Entry) []PriceVersion {
	var all []PriceVersion
	for _, id := range identities(shown) {
		amounts := make([]*catalog.Digest, len(shown))
		for i, entry := range shown {
			amounts[i] = amountOf(entry, id)
		}
		for _, stretch := range l.stretches(amounts) {
			all = append(all, PriceVersion{Key: l.key, Price: id, Amount: stretch.digest, From: stretch.from, To: stretch.to})
		}
	}
	return all
}

// stretch is as many moments in a row as have an equal digest.
type stretch struct {
	digest catalog.Digest
	from   time.Time
	to     *time.Time
}

func (l life) stretches(digests []*catalog.Digest) []stretch {
	var all []stretch
	var last *catalog.Digest
	for i, digest := range digests {
		goesOn := last == digest || last != nil && digest != nil && *last == *digest
		if !goesOn && last != nil {
			all[len(all)-1].to = &l.moments[i]
		}
		if !goesOn && digest != nil {
			all = append(all, stretch{digest: *digest, from: l.moments[i]})
		}
		last = digest
	}
	return all
}
