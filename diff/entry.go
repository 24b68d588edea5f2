package diff

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Entry is one entry of a snapshot, as far as anything of it can be lost or can
// move. Whoever makes it leaves prices of kind fee out: they fall by themselves.
type Entry struct {
	Key string
	At  time.Time // when the snapshot was taken
	// Fields are the name and the sizes that are stated. A text that is empty and
	// a size of 0 state nothing.
	Fields []Field
	// Attributes are the names of those that have a value.
	Attributes        []string
	Status, Lifecycle *string
	Zones             []Field // statuses, by zone
	Prices            []Price
	// Announced are prices that were shown for later: they move when their day
	// comes, which is no change.
	Announced []Price
	// FieldsUnread and PricesUnread say that the snapshot does not speak for these
	// parts: they are neither lost nor moved.
	FieldsUnread, PricesUnread bool
}

// Field is a value under its name.
type Field struct{ Name, Text string }

// Price is one price of an entry.
type Price struct {
	PriceID
	Amount     decimal.Decimal
	Tax, Total *decimal.Decimal // nil: not stated
	Basis      string           // whether the amount contains tax
	Ends       time.Time        // by the provider's own word; zero: it does not say
}

// outlives reports that a price which is not shown any more ended as its provider
// said, or is put off: it is not lost.
func (e *Entry) outlives(price *Price) bool {
	return !price.Ends.IsZero() && !price.Ends.After(e.At) ||
		slices.ContainsFunc(e.Announced, func(later Price) bool { return later.PriceID == price.PriceID })
}

// isAmong reports that a price stands in a list with the same amount.
func (p *Price) isAmong(prices []Price) bool {
	return slices.ContainsFunc(prices, func(other Price) bool { return other.PriceID == p.PriceID && other.Amount.Equal(p.Amount) })
}

// PriceID is what makes two prices of an entry the same one.
type PriceID struct{ SKUPriceID, Kind, Variant, Unit, Currency, RegionID, TierMinimum string }

// undenominated is what stays of a price when its currency or unit changes.
func (id PriceID) undenominated() PriceID {
	id.Unit, id.Currency = "", ""
	return id
}

// Counts are how many entries, or prices, of a snapshot have something that can
// be lost or can move, by what it is.
type Counts map[Part]int

// Part is something that an entry has.
type Part string

// The parts that are counted. A field is counted under its own name.
const (
	Whole      Part = "entry"
	Priced     Part = "priced"   // entries that have a price
	Unpriced   Part = "unpriced" // entries that have none
	Prices     Part = "prices"
	Charged    Part = "charged" // prices above 0
	Taxed      Part = "taxed"   // prices that state their tax, or the amount with it
	Status     Part = "status"
	Lifecycle  Part = "lifecycle"
	Zones      Part = "zone_statuses"
	Attributes Part = "attributes"
	Name       Part = "name"
	VCPU       Part = "vcpu"
	MemoryMiB  Part = "memory_mib"
	DiskGiB    Part = "disk_gib"
	GPUCount   Part = "gpu_count"
)

// Add counts one more entry.
func (c Counts) Add(entry *Entry) {
	c[Whole]++
	for _, field := range entry.Fields {
		c[Part(field.Name)]++
	}
	if len(entry.Attributes) > 0 {
		c[Attributes]++
	}
	if entry.Status != nil {
		c[Status]++
	}
	if entry.Lifecycle != nil {
		c[Lifecycle]++
	}
	if len(entry.Zones) > 0 {
		c[Zones]++
	}
	if len(entry.Prices) == 0 {
		c[Unpriced]++
		return
	}
	c[Priced]++
	for i := range entry.Prices {
		c.addPrice(&entry.Prices[i])
	}
}

// Subtract takes what other entries have out.
func (c Counts) Subtract(others Counts) {
	for part, n := range others {
		c[part] -= n
	}
}

func (c Counts) addPrice(price *Price) {
	c[Prices]++
	if price.Amount.IsPositive() {
		c[Charged]++
	}
	if price.Tax != nil || price.Total != nil {
		c[Taxed]++
	}
}
