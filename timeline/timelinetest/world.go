// Package timelinetest is test support: what history must be, written as
// plainly as possible, and random worlds to compare with. It imports neither
// timeline nor diff, so that no mistake of theirs can be in it.
package timelinetest

import (
	"time"

	"syncer/catalog"
)

// World is what history is a function of: the committed snapshots of one list,
// the list's rules of confirmation and doubt, and what persons decided.
type World struct {
	// Snapshots stand in any order; no two have the same moment.
	Snapshots []Snapshot
	// An absence is confirmed when it holds at least ConfirmSnapshots
	// snapshots and at least ConfirmFor lies between its first and its last.
	ConfirmSnapshots int
	ConfirmFor       time.Duration
	// A run of doubt is confirmed when it holds at least DoubtSnapshots
	// snapshots in which the prices speak and at least DoubtFor lies between its
	// first and the last of them. With DoubtSnapshots 0 nothing is doubted.
	DoubtSnapshots int
	DoubtFor       time.Duration
	// Decisions stand in the order in which they were made. A retraction that
	// was taken back is none of them.
	Decisions []Decision
}

// Snapshot is a complete list, taken at a moment. Entries are by their Key.
type Snapshot struct {
	At      time.Time
	Entries map[string]catalog.Entry
	// SetAside names the parts of which the snapshot says nothing, by key. An
	// entry of which one part is set aside stands in Entries with the other part
	// (what it holds of the silent part means nothing); with both it was seen by
	// name and may be missing from Entries.
	SetAside map[string][]catalog.EntryPart
	// Nameless is how many rows had keys that could not be read.
	Nameless int
	// PricesUnread says that the prices of no entry could be had.
	PricesUnread bool
}

// Decision is what a person decided about an entry at a moment.
type Decision struct {
	Key    string
	Kind   DecisionKind
	Moment time.Time
	// Price is, of a belief, the price whose run of doubt is believed: the one that
	// stands meanwhile. Nil means every price of the entry; a retraction has none.
	Price *catalog.PriceIdentity
}

// DecisionKind says which way a person decided.
type DecisionKind string

// Believe confirms the runs of doubt that hold the moment; Retract keeps them from
// being confirmed by count, or silences the snapshot for the entry where there are
// none.
const (
	Believe DecisionKind = "believe"
	Retract DecisionKind = "retract"
)

// History is the history of all entries of a list, each slice sorted by key
// (and price) and time. A nil To means that it still is so.
type History struct {
	Versions []Version
	Absences []Absence
	Prices   []PriceVersion
	Events   []Event
	Doubts   []Doubt
}

// Version says that an entry had the content of Digest during [From, To): the
// digest of the fields that stood and the prices that stood.
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

// Doubt is a run of snapshots during [From, To) in which a price that was believed
// would be displaced by what they show, for one reason. ConfirmedAt is nil where
// that was not believed.
type Doubt struct {
	Key         string
	Price       catalog.PriceIdentity // the price that stood before, and stands unless the run is confirmed
	Reason      DoubtReason
	From        time.Time
	To          *time.Time
	ConfirmedAt *time.Time
}

// DoubtReason says what is doubtful.
type DoubtReason string

// The reasons. Where several hold at once, tax comes before zero and amount.
const (
	DoubtTax      DoubtReason = "tax"      // another tax basis
	DoubtZero     DoubtReason = "zero"     // an amount that became zero
	DoubtAmount   DoubtReason = "amount"   // ten times or more up or down
	DoubtCurrency DoubtReason = "currency" // another currency in its place
	DoubtUnit     DoubtReason = "unit"     // another unit of the same currency in its place
	DoubtLost     DoubtReason = "lost"     // no price of its kind and variant is left
)

// Event is one line of product_status_changes.
type Event struct {
	Key                  string
	Aspect               string  // status or lifecycle
	Zone                 *string // nil for everywhere
	At                   time.Time
	Event                string  // appeared, changed, missing, delisted or relisted
	FromStatus, ToStatus *string // the provider's words
}
