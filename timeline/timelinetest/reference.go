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
		l := lifeOf(world, key)
		absences := l.absences(world)
		shown := l.shown(absences)
		history.Absences = append(history.Absences, absences...)
		history.Versions = append(history.Versions, l.versions(shown)...)
		history.Prices = append(history.Prices, l.prices(shown)...)
		history.Events = append(history.Events, l.events(absences)...)
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

// life is one key in every snapshot from the first that holds it, in time
// order; held is nil where a snapshot lacks the key.
type life struct {
	key     string
	moments []time.Time
	held    []*catalog.Entry
}

func lifeOf(world World, key string) life {
	snapshots := slices.SortedFunc(slices.Values(world.Snapshots), func(a, b Snapshot) int { return a.At.Compare(b.At) })
	l := life{key: key}
	for _, snapshot := range snapshots {
		entry, holds := snapshot.Entries[key]
		switch {
		case holds:
			l.held = append(l.held, &entry)
		case len(l.held) > 0:
			l.held = append(l.held, nil)
		default:
			continue // not seen yet is no absence
		}
		l.moments = append(l.moments, snapshot.At)
	}
	return l
}

func (l life) absences(world World) []Absence {
	var all []Absence
	for first := 1; first < len(l.moments); first++ {
		if l.held[first] == nil && l.held[first-1] != nil {
			all = append(all, l.absence(world, first))
		}
	}
	return all
}

func (l life) absence(world World, first int) Absence {
	absence := Absence{Key: l.key, From: l.moments[first]}
	for i := first; i < len(l.moments); i++ {
		if l.held[i] != nil {
			absence.To = &l.moments[i]
			break
		}
		enough := i-first+1 >= world.ConfirmSnapshots
		long := l.moments[i].Sub(absence.From) >= world.ConfirmFor
		if enough && long && absence.ConfirmedAt == nil {
			absence.ConfirmedAt = &l.moments[i]
		}
	}
	return absence
}

// shown is what history shows at each moment: the entry where it is held,
// nothing in a confirmed absence, the entry last held in any other.
func (l life) shown(absences []Absence) []*catalog.Entry {
	shown := slices.Clone(l.held)
	for i, at := range l.moments {
		if shown[i] == nil && !delisted(absences, at) {
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
	for _, run := range l.runs(digests) {
		all = append(all, Version{Key: l.key, Digest: run.digest, From: run.from, To: run.to})
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
		for _, run := range l.runs(amounts) {
			all = append(all, PriceVersion{Key: l.key, Price: id, Amount: run.digest, From: run.from, To: run.to})
		}
	}
	return all
}

// run is a maximal run of moments with an equal digest.
type run struct {
	digest catalog.Digest
	from   time.Time
	to     *time.Time
}

func (l life) runs(digests []*catalog.Digest) []run {
	var all []run
	var last *catalog.Digest
	for i, digest := range digests {
		goesOn := last == digest || last != nil && digest != nil && *last == *digest
		if !goesOn && last != nil {
			all[len(all)-1].to = &l.moments[i]
		}
		if !goesOn && digest != nil {
			all = append(all, run{digest: *digest, from: l.moments[i]})
		}
		last = digest
	}
	return all
}
