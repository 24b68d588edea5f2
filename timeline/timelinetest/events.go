package timelinetest

import (
	"maps"
	"slices"

	"syncer/catalog"
)

// events are the moments at which the state of an entry changed. They go by what
// each snapshot held, not by what history shows, because an absence has events
// also when it was bridged.
func (l life) events(absences []Absence) []Event {
	all := l.whole(0, "appeared", nil)
	for i := 1; i < len(l.moments); i++ {
		switch before := l.lastHeld(i); {
		case l.held[i] == nil:
			all = append(all, l.absent(i, absences, before)...)
		case l.held[i-1] == nil:
			all = append(all, l.whole(i, "relisted", before)...)
		default:
			all = append(all, l.changed(i, before)...)
		}
	}
	return all
}

// lastHeld is the entry as the nearest snapshot before moment i that held it;
// there is one, for a life begins with the first that does.
func (l life) lastHeld(i int) *catalog.Entry {
	for before := i - 1; ; before-- {
		if l.held[before] != nil {
			return l.held[before]
		}
	}
}

func (l life) absent(i int, absences []Absence, before *catalog.Entry) []Event {
	event := Event{Key: l.key, Aspect: "status", At: l.moments[i], FromStatus: before.Status}
	for _, absence := range absences {
		switch {
		case absence.ConfirmedAt != nil && absence.ConfirmedAt.Equal(event.At):
			event.Event = "delisted"
			return []Event{event}
		case absence.From.Equal(event.At):
			event.Event = "missing"
			return []Event{event}
		}
	}
	return nil
}

// whole are the events of the whole state of the entry at moment i.
func (l life) whole(i int, event string, before *catalog.Entry) []Event {
	now := l.held[i]
	var all []Event
	if now.Lifecycle != nil || before != nil && before.Lifecycle != nil { // one that is gone is an event too
		all = append(all, Event{Key: l.key, Aspect: "lifecycle", At: l.moments[i], Event: event, ToStatus: now.Lifecycle})
	}
	all = append(all, Event{Key: l.key, Aspect: "status", At: l.moments[i], Event: event, ToStatus: now.Status})
	for _, zone := range zones(before, now) {
		all = append(all, Event{
			Key: l.key, Aspect: "status", Zone: new(zone), At: l.moments[i], Event: event, ToStatus: effective(now, zone),
		})
	}
	return all
}

// changed writes what differs at moment i from the snapshot before.
func (l life) changed(i int, before *catalog.Entry) []Event {
	now := l.held[i]
	event := Event{Key: l.key, At: l.moments[i], Event: "changed"}
	all := event.of("lifecycle", nil, before.Lifecycle, now.Lifecycle)
	all = append(all, event.of("status", nil, before.Status, now.Status)...)
	for _, zone := range zones(before, now) {
		all = append(all, event.of("status", new(zone), effective(before, zone), effective(now, zone))...)
	}
	return all
}

func (e Event) of(aspect string, zone, from, to *string) []Event {
	if from == to || from != nil && to != nil && *from == *to {
		return nil
	}
	e.Aspect, e.Zone, e.FromStatus, e.ToStatus = aspect, zone, from, to
	return []Event{e}
}

// zones are the zones that either entry names, in order.
func zones(before, now *catalog.Entry) []string {
	named := make(map[string]bool)
	for _, entry := range []*catalog.Entry{before, now} {
		if entry == nil {
			continue
		}
		for _, zone := range entry.ZoneStatuses {
			named[zone.Zone] = true
		}
	}
	return slices.Sorted(maps.Keys(named))
}

// effective is the word of a zone: its own where it is named, else the entry's.
func effective(entry *catalog.Entry, zone string) *string {
	for _, named := range entry.ZoneStatuses {
		if named.Zone == zone {
			return new(named.Status)
		}
	}
	return entry.Status
}
