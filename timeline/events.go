package timeline

import (
	"cmp"
	"slices"
	"time"
)

// Status is what an entry's content says of its state: the provider's words,
// nil where it states none.
type Status struct {
	Status    *string
	Lifecycle *string
	// Zones holds the words of the zones with a status of their own.
	Zones map[string]string
}

// in returns the effective status of a zone: its own, else the entry's.
func (s Status) in(zone string) *string {
	if word, ok := s.Zones[zone]; ok {
		return &word
	}
	return s.Status
}

// Event is one line of product_status_changes.
type Event struct {
	Aspect   string // status or lifecycle
	Zone     string // "" for everywhere
	At       time.Time
	Event    string // appeared, changed, missing, delisted, relisted
	From, To *string
}

// Aspects and events, as they stand in the database.
const (
	AspectStatus    = "status"
	AspectLifecycle = "lifecycle"

	Appeared = "appeared"
	Changed  = "changed"
	Missing  = "missing"
	Delisted = "delisted"
	Relisted = "relisted"
)

// Events derives the status events of a history after a moment, in time
// order. With the zero moment h must be the whole history; else a window that
// holds the version at or before that moment.
func Events[C comparable](h History[C], after time.Time, status func(C) Status) []Event {
	var all []Event
	for i, version := range h.Versions {
		all = append(all, start(h, i, version.From, status)...)
	}
	for _, absence := range h.Absences {
		all = append(all, absent(h, absence, status)...)
	}
	all = slices.DeleteFunc(all, func(e Event) bool { return !e.At.After(after) })
	slices.SortStableFunc(all, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Aspect, b.Aspect), cmp.Compare(a.Zone, b.Zone))
	})
	return all
}

// start are the events with which version i begins.
func start[C comparable](h History[C], i int, at time.Time, status func(C) Status) []Event {
	now := status(h.Versions[i].Content)
	if i == 0 {
		return first(at, now)
	}
	before := status(h.Versions[i-1].Content)
	if slices.ContainsFunc(h.Absences, func(a Absence) bool { return a.To.Equal(at) }) {
		return again(at, before, now)
	}
	return differ(at, before, now)
}

func first(at time.Time, now Status) []Event {
	events := []Event{{Aspect: AspectStatus, At: at, Event: Appeared, To: now.Status}}
	if now.Lifecycle != nil {
		events = append(events, Event{Aspect: AspectLifecycle, At: at, Event: Appeared, To: now.Lifecycle})
	}
	for zone := range now.Zones {
		events = append(events, Event{Aspect: AspectStatus, Zone: zone, At: at, Event: Appeared, To: now.in(zone)})
	}
	return events
}

func again(at time.Time, before, now Status) []Event {
	events := []Event{{Aspect: AspectStatus, At: at, Event: Relisted, To: now.Status}}
	if now.Lifecycle != nil || before.Lifecycle != nil { // one that is gone is an event too, as with zones
		events = append(events, Event{Aspect: AspectLifecycle, At: at, Event: Relisted, To: now.Lifecycle})
	}
	for zone := range zonesOf(before, now) {
		events = append(events, Event{Aspect: AspectStatus, Zone: zone, At: at, Event: Relisted, To: now.in(zone)})
	}
	return events
}

func differ(at time.Time, before, now Status) []Event {
	var events []Event
	changed := func(aspect, zone string, from, to *string) {
		if !same(from, to) {
			events = append(events, Event{Aspect: aspect, Zone: zone, At: at, Event: Changed, From: from, To: to})
		}
	}
	changed(AspectStatus, "", before.Status, now.Status)
	changed(AspectLifecycle, "", before.Lifecycle, now.Lifecycle)
	for zone := range zonesOf(before, now) {
		changed(AspectStatus, zone, before.in(zone), now.in(zone))
	}
	return events
}

func zonesOf(before, now Status) map[string]bool {
	zones := make(map[string]bool, len(before.Zones)+len(now.Zones))
	for zone := range before.Zones {
		zones[zone] = true
	}
	for zone := range now.Zones {
		zones[zone] = true
	}
	return zones
}

// absent are the events of an absence: missing until it is confirmed, then delisted, and
// relisted when a version that ran on over it goes on.
func absent[C comparable](h History[C], a Absence, status func(C) Status) []Event {
	last := lastBefore(h.Versions, a.From)
	if last == nil {
		return nil
	}
	word := status(last.Content).Status
	var events []Event
	if !a.ConfirmedAt.Equal(a.From) {
		events = append(events, Event{Aspect: AspectStatus, At: a.From, Event: Missing, From: word})
	}
	if !a.ConfirmedAt.IsZero() {
		events = append(events, Event{Aspect: AspectStatus, At: a.ConfirmedAt, Event: Delisted, From: word})
	}
	if goesOn := covering(h.Versions, a.To); goesOn != nil && goesOn.From.Before(a.To) {
		events = append(events, again(a.To, status(goesOn.Content), status(goesOn.Content))...)
	}
	return events
}

func lastBefore[C comparable](versions []Version[C], at time.Time) *Version[C] {
	var last *Version[C]
	for i := range versions {
		if versions[i].From.Before(at) {
			last = &versions[i]
		}
	}
	return last
}
