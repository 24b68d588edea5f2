package outbox

import (
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// Facts are what one write did to a list, or what did not come of it.
type Facts struct {
	Kind     Kind // Changed, Held, Retracted or Stale
	List     catalog.ListID
	Provider string
	At       time.Time // when it was recorded, by the database's clock, UTC

	// Of Changed, Held and Retracted.
	TakenAt time.Time // of the snapshot, UTC
	RunID   int64
	Counts  Counts // of Changed and Held

	// Of Changed: all that moved, in no promised order. Of Retracted: what of that was
	// taken back, or stands again.
	Prices   []PriceMove
	Statuses []StatusMove
	// Doubts are those that began, or were confirmed, with Changed.
	Doubts []DoubtMove
	// Decision is that of a person, of Retracted and of what a person believed.
	Decision *Decision

	// HeldFor is the guard's reason for Held.
	HeldFor string
	// LastSnapshot is the newest of a list that is Stale, UTC; zero if there is
	// none.
	LastSnapshot time.Time
}

// Counts are how many entries a snapshot has, and how many of them differ from
// the one before.
type Counts struct{ Entries, Added, Changed, Removed int }

// PriceMove is one price whose amount changed, exactly, on the same tax basis.
type PriceMove struct {
	Key, Name               string // of the product or contract; Name may be ""
	Kind                    catalog.PriceKind
	Variant, Unit, Currency string
	From, To                decimal.Decimal // in Currency per Unit
	// ChangedAt is the moment of the snapshot that showed it first: an earlier one
	// where it was doubted for a while. UTC.
	ChangedAt time.Time
}

// DoubtMove is a doubt that began or was confirmed.
type DoubtMove struct {
	Key, Name               string // of the product or contract; Name may be ""
	Kind                    catalog.PriceKind
	Variant, Unit, Currency string // of the price that is believed, or was
	Reason                  string // as bi.doubts has it
	Confirmed               bool
	Since                   time.Time        // the snapshot at which it began, UTC
	Stands                  *decimal.Decimal // meanwhile, in Currency per Unit; nil where it was confirmed
	Shown                   *decimal.Decimal // in its place, in ShownCurrency per ShownUnit; nil: no price
	ShownUnit               string
	ShownCurrency           string
}

// Decision is what a person decided, and why.
type Decision struct {
	Actor, Reason string
	Key           string // of the entry that it is about; "" for the whole snapshot
	Restored      bool   // what was taken back is part of history again
}

// StatusMove is one product whose status changed.
type StatusMove struct {
	Key, Name string // of the product; Name may be ""
	Event     string // changed, delisted or relisted
	Aspect    string // status or lifecycle
	Zone      string // "" for everywhere
	From, To  string // the provider's words, "" for none
	// ChangedAt is the moment of the snapshot that showed it, UTC.
	ChangedAt time.Time
}

// StaleList is a list of which something is expected that did not come.
type StaleList struct {
	List         catalog.ListID
	Provider     string
	LastSnapshot time.Time // zero if there is none
}

// Began are the rows of history that begin with the snapshot of a write, as far
// as messages speak of them.
type Began struct {
	prices   []int64
	moments  []time.Time // at which they begin
	statuses []statusRow
	doubts   []doubtRow
}

type doubtRow struct {
	price int64
	move  DoubtMove // without what its price is called, and what stands
}

type statusRow struct {
	product int64
	move    StatusMove // without key and name
}

// AddPrice notes a price, by its row, whose amount begins at a moment.
func (b *Began) AddPrice(price int64, at time.Time) {
	b.prices, b.moments = append(b.prices, price), append(b.moments, at)
}

// AddDoubt notes a doubt of a price, by its row, that begins or is confirmed; what its
// price is called need not be set, nor what stands.
func (b *Began) AddDoubt(price int64, move DoubtMove) {
	b.doubts = append(b.doubts, doubtRow{price, move})
}

// AddStatus notes an event of a product, by its row; Key and Name need not be
// set. That a product appeared, or is missing for now, is left out.
func (b *Began) AddStatus(product int64, move StatusMove) {
	switch move.Event {
	case "changed", "delisted", "relisted":
		b.statuses = append(b.statuses, statusRow{product, move})
	}
}

// Empty reports that nothing was noted.
func (b *Began) Empty() bool { return len(b.prices)+len(b.statuses)+len(b.doubts) == 0 }
