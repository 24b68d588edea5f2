package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Class is a kind of change that has a limit of its own.
type Class string

// The classes.
const (
	Gone      Class = "gone"
	PriceLost Class = "price lost"
	Amount    Class = "amount"
	Tax       Class = "tax or basis"
	Unit      Class = "currency or unit"
	Zero      Class = "zero"
	Statuses  Class = "status"
	Emptied   Class = "emptied"
	Grown     Class = "grown"
	// Doubtful counts entries of which a price cannot be believed at once, whatever of
	// it moves: too many for each to be doubted by itself.
	Doubtful Class = "doubtful"
)

// Share is how many of those that had something lost it, or had it moved, on the
// way from one snapshot to a later one.
type Share struct {
	Class Class
	// What says what happened to them: "entries would be removed".
	What string
	// Moved of so many. Of Grown it is the entries after, of those before.
	Moved, Of int
	// Median is that of the factors by which amounts moved; nil where there are
	// none, and for every other class.
	Median *decimal.Decimal `json:",omitempty"`
	// Examples are the first by key, three at most.
	Examples []Move
}

// Move is one entry or price that was lost or moved. From and To are "" where
// nothing is to be said.
type Move struct{ Key, What, From, To string }

// Repricing is one price whose amount changed.
type Repricing struct {
	Key      string
	Price    PriceID
	From, To decimal.Decimal
}

// mostExamples is enough to know what a share is about.
const mostExamples = 3

// measure is one thing that is counted: what it is a share of, and how it reads.
type measure struct {
	of    Part
	class Class
	what  string
	kept  bool // of the prices that neither end nor change their currency or unit
}

// The measures, in the order in which shares are given.
var (
	gone      = &measure{Whole, Gone, "entries would be removed", false}
	unpriced  = &measure{Priced, PriceLost, "entries would lose a price", false}
	amount    = &measure{Prices, Amount, "prices would change at once", true}
	basis     = &measure{Prices, Tax, "prices would change their tax basis", true}
	tax       = &measure{Taxed, Tax, "prices would show another tax for the same amount", true}
	unit      = &measure{Prices, Unit, "prices would change currency or unit", false}
	zero      = &measure{Charged, Zero, "prices would become 0", true}
	free      = &measure{Unpriced, Zero, "entries without a price would get one of 0", false}
	status    = &measure{Status, Statuses, "entries would change their status", false}
	lifecycle = &measure{Lifecycle, Statuses, "entries would change their lifecycle", false}
	zones     = &measure{Zones, Statuses, "entries would change their status in a zone", false}
	emptied   = []*measure{
		{Name, Emptied, "entries would lose their name", false},
		{VCPU, Emptied, "entries would lose their vcpu", false},
		{MemoryMiB, Emptied, "entries would lose their memory_mib", false},
		{DiskGiB, Emptied, "entries would lose their disk_gib", false},
		{GPUCount, Emptied, "entries would lose their gpu_count", false},
		{Attributes, Emptied, "entries would lose most of their attributes", false},
	}
	doubtful = &measure{Priced, Doubtful, "entries would show prices that cannot be believed", false}
	grown    = &measure{Whole, Grown, "entries would become many more", false}
	measures = slices.Concat([]*measure{gone, unpriced, amount, basis, tax, unit, zero, free, status, lifecycle, zones}, emptied, []*measure{doubtful})
)

// Comparison counts what is lost or moves on the way from one snapshot to a
// later one. Entries that do not differ need not be shown to it. The zero value
// is empty.
type Comparison struct {
	// Unpriced are the keys of entries that stay and lose a price.
	Unpriced []string
	// Repriced are the prices whose amount changes, by entry in the order shown.
	Repriced []Repricing

	moved    map[*measure]int
	examples map[*measure][]Move
	left     Counts // what entries that are gone had
	ended    Counts // prices that ended while their entry stays
	added    []string
	removed  int
}

// Removed counts entries of which the later snapshot holds none; they come in the
// order of keys.
func (c *Comparison) Removed(keys []string) {
	for _, key := range keys {
		c.note(gone, Move{Key: key})
	}
	c.removed += len(keys)
}

// Added counts entries of which the earlier snapshot held none.
func (c *Comparison) Added(keys []string) { c.added = append(c.added, keys...) }

// Leave takes what an entry that is gone had out of what the others are compared
// with. It is of no use before Needs says so.
func (c *Comparison) Leave(entry *Entry) {
	if c.left == nil {
		c.left = make(Counts)
	}
	c.left.Add(entry)
}

// Needs says of what shares depend on how much the earlier snapshot had.
type Needs struct{ Prices, Fields bool }

// Needs returns those of which something is lost or moves.
func (c *Comparison) Needs() (needs Needs) {
	for _, m := range measures {
		switch {
		case c.moved[m] == 0 || m.of == Whole:
		case slices.Contains([]Part{Priced, Unpriced, Prices, Charged, Taxed}, m.of):
			needs.Prices = true
		default:
			needs.Fields = true
		}
	}
	return needs
}

// Slides reports that what a class counts can be lost for good little by little,
// each time below its limit.
func (c Class) Slides() bool { return c == Gone || c == PriceLost || c == Zero || c == Emptied }

// Changed counts what differs between an entry and what becomes of it.
func (c *Comparison) Changed(before, after *Entry) {
	if !before.PricesUnread && !after.PricesUnread {
		c.prices(before, after)
	}
	if before.FieldsUnread || after.FieldsUnread {
		return
	}
	c.statuses(before, after)
	for _, m := range emptied {
		if m.of == Attributes {
			c.attributes(m, before, after)
		} else if from, to := textOf(before.Fields, string(m.of)), textOf(after.Fields, string(m.of)); from != "" && to == "" {
			c.note(m, Move{before.Key, "", from, "none"})
		}
	}
}

// Doubted counts an entry that was shown to Changed and of which some price cannot be
// believed at once.
func (c *Comparison) Doubted(before, after *Entry) {
	move := Move{Key: before.Key}
	for i := range before.Prices {
		price := &before.Prices[i]
		move.What, move.From, move.To = price.label(), text(price.Amount), "none"
		now := slices.IndexFunc(after.Prices, func(other Price) bool { return other.PriceID == price.PriceID })
		if now < 0 {
			break
		}
		if other := &after.Prices[now]; !other.Amount.Equal(price.Amount) {
			move.To = text(other.Amount)
			break
		} else if other.Basis != price.Basis {
			move.From, move.To = price.Basis, other.Basis
			break
		}
	}
	c.note(doubtful, move)
}

// attributes are lost where more than half of them are: one that a provider
// leaves off is no disaster.
func (c *Comparison) attributes(m *measure, before, after *Entry) {
	var lost []string
	for _, name := range before.Attributes {
		if !slices.Contains(after.Attributes, name) {
			lost = append(lost, name)
		}
	}
	if 2*len(lost) > len(before.Attributes) {
		c.note(m, Move{before.Key, "", strings.Join(lost, ", "), "none"})
	}
}

func (c *Comparison) statuses(before, after *Entry) {
	if from := before.Status; from != nil && worded(from) != worded(after.Status) {
		c.note(status, Move{before.Key, "", *from, worded(after.Status)})
	}
	if from := before.Lifecycle; from != nil && worded(from) != worded(after.Lifecycle) {
		c.note(lifecycle, Move{before.Key, "", *from, worded(after.Lifecycle)})
	}
	for _, zone := range before.Zones {
		to := textOf(after.Zones, zone.Name)
		if to == "" { // a zone that is not named has the entry's own
			to = worded(after.Status)
		}
		if to != zone.Text {
			c.note(zones, Move{before.Key, zone.Name, zone.Text, to})
			break
		}
	}
}

func worded(status *string) string {
	if status == nil {
		return "none"
	}
	return *status
}

func textOf(fields []Field, name string) string {
	for _, field := range fields {
		if field.Name == name {
			return field.Text
		}
	}
	return ""
}

func (c *Comparison) note(m *measure, move Move) {
	if c.moved == nil {
		c.moved, c.examples = make(map[*measure]int), make(map[*measure][]Move)
	}
	c.moved[m]++
	if len(c.examples[m]) < mostExamples {
		c.examples[m] = append(c.examples[m], move)
	}
}

// Shares are what was lost or moved of what the earlier snapshot had; counts
// that Needs does not ask for may be missing.
func (c *Comparison) Shares(had Counts) []Share {
	var shares []Share
	for _, m := range measures {
		if c.moved[m] == 0 {
			continue
		}
		of := had[m.of] - c.left[m.of]
		if m == gone {
			of = had[Whole]
		}
		if m.kept {
			of -= c.ended[m.of]
		}
		share := Share{Class: m.class, What: m.what, Moved: c.moved[m], Of: max(of, c.moved[m]), Examples: c.examples[m]}
		if m == amount {
			share.Median = c.median()
		}
		shares = append(shares, share)
	}
	if later := had[Whole] - c.removed + len(c.added); had[Whole] > 0 && later > had[Whole] {
		share := Share{Class: grown.class, What: grown.what, Moved: later, Of: had[Whole]}
		for _, key := range c.added[:min(mostExamples, len(c.added))] {
			share.Examples = append(share.Examples, Move{Key: key})
		}
		shares = append(shares, share)
	}
	return shares
}

// median is that of the factors by which amounts move. From nothing and to nothing
// there is no factor: what becomes 0 is counted on its own.
func (c *Comparison) median() *decimal.Decimal {
	var factors []decimal.Decimal
	for _, price := range c.Repriced {
		if price.From.IsPositive() && price.To.IsPositive() {
			factors = append(factors, price.To.DivRound(price.From, 12))
		}
	}
	if len(factors) == 0 {
		return nil
	}
	slices.SortFunc(factors, decimal.Decimal.Cmp)
	return &factors[len(factors)/2]
}

// label says which price of an entry is meant.
func (id PriceID) label() string {
	parts := slices.DeleteFunc([]string{id.Variant, id.RegionID, id.TierMinimum}, func(part string) bool { return part == "" })
	return strings.Join(append(parts, fmt.Sprintf("%s/%s", id.Currency, id.Unit)), " ")
}
