// Package timelinetest is test support: what history must be, written as
// plainly as possible, and random worlds to compare with. It imports neither
// timeline nor diff, so that no mistake of theirs can be in it.
package timelinetest

import (
	"time"

	"syncer/catalog"
)

// World is what history is a function of: the committed snapshots of one list
// and the list's confirmation setting.
type World struct {
	// Snapshots stand in any order; no two have the same moment.
	Snapshots []Snapshot
	// An absence is confirmed when it holds at least ConfirmSnapshots
	// snapshots and at least ConfirmFor lies between its first and its last.
	ConfirmSnapshots int
	ConfirmFor       time.Duration
}

// Snapshot is a complete list, taken at a moment. Entries are by their Key.
type Snapshot struct {
	At      time.Time
	Entries map[string]catalog.Entry
}

// History is the history of all entries of a list, each slice sorted by key
// (and price) and time. A nil To means that it still is so.
type History struct {
	Versions []Version
	Absences []Absence
	Prices   []PriceVersion
	Events   []Event
}

// Version says that an entry had the content of Digest during [From, To).
type Version struct {
	Key    string
	Digest catalog.Digest
	From   time.Time
	To     *time.Time
}

// Absence says that the committed snapshots during [From, To) lacked an entry
// that was seen before. ConfirmedAt is nil while it is pending, and for ever
// when it was bridged.
type Absence struct {
	Key         string
	From        time.Time
	To          *time.Time
	ConfirmedAt *time.Time
}

// PriceVersion says that a price of an entry had an amount during [From, To).
type PriceVersion struct {
	Key    string
	Price  catalog.PriceIdentity
	Amount catalog.Digest // Price.AmountDigest
	From   time.Time
	To     *time.Time
}

// Event is one line of product_status_changes.
type Event struct {
	Key                  string
	Aspect               string  // status or lifecycle
	Zone                 *string // nil for everywhere
	At                   time.Time
	Event                string  // appeared, changed, missing, delisted or relisted
	FromStatus, ToStatus *string // the provider's words
}
