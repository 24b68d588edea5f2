package timeline_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestInsertMatchesReference inserts the snapshots of random worlds in random
// orders, and after each insert compares with the reference, which looks at
// all snapshots at once.
func TestInsertMatchesReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		world := timelinetest.Worlds().Draw(t, "world")
		order := timelinetest.Orders(len(world.Snapshots)).Draw(t, "order")
		sim := newMirror(world)
		for _, i := range order {
			sim.insert(world.Snapshots[i])
			want := timelinetest.Reference(sim.world())
			sortEvents(want.Events)
			got := sim.history()
			if diff := gocmp.Diff(got, sim.whole()); diff != "" {
				t.Fatalf("one by one, and at once (-one by one +at once):\n%s", diff)
			}
			if diff := gocmp.Diff(want.Versions, got.Versions); diff != "" {
				t.Fatalf("versions (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(want.Absences, got.Absences); diff != "" {
				t.Fatalf("absences (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(want.Events, got.Events); diff != "" {
				t.Fatalf("events (-want +got):\n%s", diff)
			}
		}
	})
}

// mirror keeps the history of every key of a world with timeline alone.
type mirror struct {
	rule      timeline.Rule
	seen      []timelinetest.Snapshot
	moments   []time.Time
	histories map[string]timeline.History[catalog.Digest]
	statuses  map[catalog.Digest]timeline.Status
	keys      map[string]bool
}

func newMirror(world timelinetest.World) *mirror {
	m := &mirror{
		rule:      timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor},
		histories: map[string]timeline.History[catalog.Digest]{}, statuses: map[catalog.Digest]timeline.Status{}, keys: map[string]bool{},
	}
	for _, snapshot := range world.Snapshots {
		for key, entry := range snapshot.Entries {
			m.keys[key] = true
			zones := map[string]string{}
			for _, zone := range entry.ZoneStatuses {
				zones[zone.Zone] = zone.Status
			}
			m.statuses[entry.Digest()] = timeline.Status{Status: entry.Status, Lifecycle: entry.Lifecycle, Zones: zones}
		}
	}
	return m
}

func (m *mirror) world() timelinetest.World {
	return timelinetest.World{Snapshots: m.seen, ConfirmSnapshots: m.rule.Snapshots, ConfirmFor: m.rule.For}
}

func (m *mirror) insert(snapshot timelinetest.Snapshot) {
	m.seen = append(m.seen, snapshot)
	m.moments = append(m.moments, snapshot.At)
	slices.SortFunc(m.moments, time.Time.Compare)
	for key := range m.keys {
		var content *catalog.Digest
		if entry, ok := snapshot.Entries[key]; ok {
			digest := entry.Digest()
			content = &digest
		}
		m.histories[key] = timeline.Insert(m.histories[key], m.moments, snapshot.At, content, m.rule)
	}
}

// whole is the history of all snapshots seen so far, told at once.
func (m *mirror) whole() timelinetest.History {
	snapshots := slices.SortedFunc(slices.Values(m.seen), func(a, b timelinetest.Snapshot) int { return a.At.Compare(b.At) })
	all := *m
	all.histories = map[string]timeline.History[catalog.Digest]{}
	for key := range m.keys {
		var sightings []timeline.Sighting[catalog.Digest]
		for _, snapshot := range snapshots {
			one := timeline.Sighting[catalog.Digest]{From: snapshot.At}
			if entry, ok := snapshot.Entries[key]; ok {
				one.Content = new(entry.Digest())
			}
			sightings = append(sightings, one)
		}
		all.histories[key] = timeline.Whole(sightings, m.moments, m.rule)
	}
	return all.history()
}

func (m *mirror) history() timelinetest.History {
	var h timelinetest.History
	for key, history := range m.histories {
		for _, v := range history.Versions {
			h.Versions = append(h.Versions, timelinetest.Version{Key: key, Digest: v.Content, From: v.From, To: optional(v.To)})
		}
		for _, a := range history.Absences {
			h.Absences = append(h.Absences, timelinetest.Absence{Key: key, From: a.From, To: optional(a.To), ConfirmedAt: optional(a.ConfirmedAt)})
		}
		for _, e := range timeline.Events(history, time.Time{}, func(d catalog.Digest) timeline.Status { return m.statuses[d] }) {
			event := timelinetest.Event{Key: key, Aspect: e.Aspect, At: e.At, Event: e.Event, FromStatus: e.From, ToStatus: e.To}
			if e.Zone != "" {
				event.Zone = &e.Zone
			}
			h.Events = append(h.Events, event)
		}
	}
	slices.SortFunc(h.Versions, func(a, b timelinetest.Version) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), a.From.Compare(b.From))
	})
	slices.SortFunc(h.Absences, func(a, b timelinetest.Absence) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), a.From.Compare(b.From))
	})
	sortEvents(h.Events)
	return h
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func sortEvents(events []timelinetest.Event) {
	zone := func(e timelinetest.Event) string {
		if e.Zone == nil {
			return ""
		}
		return *e.Zone
	}
	slices.SortFunc(events, func(a, b timelinetest.Event) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), a.At.Compare(b.At), cmp.Compare(a.Aspect, b.Aspect), cmp.Compare(zone(a), zone(b)))
	})
}
