package outbox

import (
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// Facts are what one write did to a list, or what did not come of it.
type Facts struct {
	Kind     Kind // Changed, Held or Stale
	List     catalog.ListID
	Provider string
	At       time.Time // when it was recorded, by the database's clock, UTC

	// Of Changed and Held.
	TakenAt time.Time // of the snapshot, UTC
	RunID   int64
	Counts  Counts

	// Of Changed: all that moved, in no promised order.
	Prices   []PriceMove
	Statuses []StatusMove

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
}

// StatusMove is one product whose status changed.
type StatusMove struct {
	Key, Name string // of the product; Name may be ""
	Event     string // changed, delisted or relisted
	Aspect    string // status or lifecycle
	Zone      string // "" for everywhere
	From, To  string // the provider's words, "" for none
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
	statuses []statusRow
}

type statusRow struct {
	product int64
	move    StatusMove // without key and name
}

// AddPrice notes a price, by its row, whose amount begins.
func (b *Began) AddPrice(price int64) { b.prices = append(b.prices, price) }

// AddStatus notes an event of a product, by its row; Key and Name need not be
// set. That a product appeared, or is missing for now, is left out.
func (b *Began) AddStatus(product int64, move StatusMove) {
	switch move.Event {
	case "changed", "delisted", "relisted":
		b.statuses = append(b.statuses, statusRow{product, move})
	}
}

// Empty reports that nothing was noted.
func (b *Began) Empty() bool { return len(b.prices)+len(b.statuses) == 0 }
