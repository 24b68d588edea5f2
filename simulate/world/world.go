// Package world lets a simulated catalog change over time by a script that is
// data: the same moment always shows the same catalog.
package world

import (
	"slices"
	"sync"
	"time"
)

// Day is the unit in which scripts are written.
const Day = 24 * time.Hour

// Weeks is how many weeks after Start the script goes on; later the world
// stands still.
const Weeks = 12

// Start returns the moment at which every simulated world begins, a Monday
// midnight UTC; until then the providers show their documents' own samples.
func Start() time.Time { return time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC) }

// A Change is one line of a script: what happens to a catalog C, and when.
type Change[C any] struct {
	// After is counted from Start.
	After time.Duration
	// List and Key name what changes, in the provider's own words.
	List, Key string
	// Text describes the change to a reader.
	Text string
	// Apply makes the change at the given moment.
	Apply func(catalog *C, at time.Time)
}

// A Moment is one line of a script without its effect, to narrate it.
type Moment struct {
	At                        time.Time
	Provider, List, Key, Text string
}

// A World is a first catalog and the changes it goes through.
type World[C any] struct {
	first   func() C
	changes []Change[C]

	mutex   sync.Mutex
	applied int
	catalog *C
}

// New returns the world that begins with the catalog that first returns. first
// and the changes must give the same catalog each time: the world builds it
// anew.
func New[C any](first func() C, changes []Change[C]) *World[C] {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b Change[C]) int { return int((a.After - b.After).Milliseconds()) })
	return &World[C]{first: first, changes: sorted}
}

// At returns the catalog as it is at a moment. It is shared: read it only.
func (w *World[C]) At(at time.Time) *C {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	due := slices.IndexFunc(w.changes, func(c Change[C]) bool { return Start().Add(c.After).After(at) })
	if due < 0 {
		due = len(w.changes)
	}
	if w.catalog == nil || w.applied != due {
		catalog := w.first()
		for _, change := range w.changes[:due] {
			change.Apply(&catalog, Start().Add(change.After))
		}
		w.catalog, w.applied = &catalog, due
	}
	return w.catalog
}

// Moments returns the script in order of time.
func (w *World[C]) Moments(provider string) []Moment {
	moments := make([]Moment, 0, len(w.changes))
	for _, c := range w.changes {
		moments = append(moments, Moment{At: Start().Add(c.After), Provider: provider, List: c.List, Key: c.Key, Text: c.Text})
	}
	return moments
}
