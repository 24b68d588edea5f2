package timelinetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// moment is so many hours after midnight; moment(2.5) is history.md's t2.5.
func moment(hours float64) time.Time {
	midnight := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	return midnight.Add(time.Duration(hours * float64(time.Hour)))
}

// confirm is a world of snapshots under a confirmation setting.
func confirm(snapshots int, hours float64, all ...Snapshot) World {
	return World{Snapshots: all, ConfirmSnapshots: snapshots, ConfirmFor: time.Duration(hours * float64(time.Hour))}
}

// at is a snapshot that holds the entries.
func at(hours float64, entries ...catalog.Entry) Snapshot {
	snapshot := Snapshot{At: moment(hours), Entries: make(map[string]catalog.Entry)}
	for _, entry := range entries {
		snapshot.Entries[entry.Key] = entry
	}
	return snapshot
}

// product is an entry; its name also names its content in the tests.
func product(key, name, status string) catalog.Entry {
	return catalog.Entry{Key: key, Name: name, Status: new(status)}
}

// priced is the entry with prices: priced(a, "full", "100", "part/USD", "7 included").
// A price is named by its variant and by what is not usual of it, in this order: the
// unit (month), the currency (KRW), @ its region, > its tier, "fee", # its SKU (the
// entry's key). What it comes to is an amount and perhaps its tax basis (unknown).
func priced(entry catalog.Entry, namesAndAmounts ...string) catalog.Entry {
	entry.Prices = append([]catalog.Price(nil), entry.Prices...)
	for pair := range slices.Chunk(namesAndAmounts, 2) {
		entry.Prices = append(entry.Prices, price(entry.Key, pair[0], pair[1]))
	}
	return entry
}

func price(key, name, amount string) catalog.Price {
	p := catalog.Price{SKUPriceID: key, Kind: catalog.PriceList, Unit: "month", Currency: "KRW", TaxBasis: catalog.TaxUnknown}
	for i, word := range strings.Split(name, "/") {
		switch {
		case i == 0:
			p.Variant = word
		case word == "fee":
			p.Kind = catalog.PriceFee
		case word[0] == '@':
			p.RegionID = new(word[1:])
		case word[0] == '>':
			p.TierMinimum = new(decimal.RequireFromString(word[1:]))
		case word[0] == '#':
			p.SKUPriceID = word[1:]
		case word == strings.ToUpper(word):
			p.Currency = word
		default:
			p.Unit = word
		}
	}
	number, basis, stated := strings.Cut(amount, " ")
	p.ListUnitPrice = decimal.RequireFromString(number)
	if stated {
		p.TaxBasis = catalog.TaxBasis(basis)
	}
	return p
}

// nameOf is how priced calls a price of an entry.
func nameOf(key string, id catalog.PriceIdentity) string {
	name := id.Variant
	for _, part := range []struct {
		word, usual, mark string
	}{
		{id.Unit, "month", "/"}, {id.Currency, "KRW", "/"}, {id.RegionID, "", "/@"}, {id.TierMinimum, "", "/>"},
		{string(id.Kind), string(catalog.PriceList), "/"}, {id.SKUPriceID, key, "/#"},
	} {
		if part.word != part.usual {
			name += part.mark + part.word
		}
	}
	return name
}

// announcing is the entry with a price that it announces for a far day.
func announcing(entry catalog.Entry, name, amount string) catalog.Entry {
	p := price(entry.Key, name, amount)
	p.EffectiveFrom = new(moment(10000))
	entry.Announced = append([]catalog.Price(nil), entry.Announced...)
	entry.Announced = append(entry.Announced, p)
	return entry
}

// ending is the entry with prices that its provider says to end at a moment.
func ending(entry catalog.Entry, hour float64) catalog.Entry {
	entry.Prices = append([]catalog.Price(nil), entry.Prices...)
	for i := range entry.Prices {
		entry.Prices[i].EffectiveTo = new(moment(hour))
	}
	return entry
}

// zoned is the entry with statuses of zones: zoned(a, "az1", "soldout").
func zoned(entry catalog.Entry, zonesAndWords ...string) catalog.Entry {
	for pair := range slices.Chunk(zonesAndWords, 2) {
		entry.ZoneStatuses = append(entry.ZoneStatuses, catalog.ZoneStatus{Zone: pair[0], Status: pair[1]})
	}
	return entry
}

// phased is the entry with a lifecycle.
func phased(entry catalog.Entry, lifecycle string) catalog.Entry {
	entry.Lifecycle = new(lifecycle)
	return entry
}

// doubted is a world under a rule of doubt.
func doubted(snapshots int, hours float64, world World) World {
	world.DoubtSnapshots, world.DoubtFor = snapshots, time.Duration(hours*float64(time.Hour))
	return world
}

// decided is a world in which persons decided, in this order.
func decided(world World, decisions ...Decision) World {
	world.Decisions = decisions
	return world
}

func believe(key string, hours float64) Decision {
	return Decision{Key: key, Kind: Believe, Moment: moment(hours)}
}

func retract(key string, hours float64) Decision {
	return Decision{Key: key, Kind: Retract, Moment: moment(hours)}
}

// of is a belief of one price, named as priced does.
func (d Decision) of(name string) Decision {
	p := price(d.Key, name, "0")
	d.Price = new(p.Identity())
	return d
}

// silent is the snapshot without a part of an entry.
func (s Snapshot) silent(key string, part catalog.EntryPart) Snapshot {
	entry := s.Entries[key]
	if part == catalog.PricesPart {
		entry.Prices, entry.Announced = nil, nil
	} else {
		entry = catalog.Entry{Key: key, Prices: entry.Prices, Announced: entry.Announced}
	}
	s.Entries[key] = entry
	s.SetAside = map[string][]catalog.EntryPart{key: {part}}
	return s
}

// seen is the snapshot that has nothing of an entry but its key.
func (s Snapshot) seen(key string) Snapshot {
	s.SetAside = map[string][]catalog.EntryPart{key: {catalog.FieldsPart, catalog.PricesPart}}
	return s
}

// nameless is the snapshot with so many rows whose keys cannot be read.
func (s Snapshot) nameless(rows int) Snapshot {
	s.Nameless = rows
	return s
}

// unread is the snapshot with no prices at all.
func (s Snapshot) unread() Snapshot {
	for key, entry := range s.Entries {
		entry.Prices, entry.Announced = nil, nil
		s.Entries[key] = entry
	}
	s.PricesUnread = true
	return s
}

// Story is a history in words that can be written by hand, such as
// "a one [1,2)", "a full amount [2,3)" and "2 a status missing on>-". An hour is
// that of the moment, an entry is called by its name.
type Story struct{ Versions, Absences, Prices, Doubts, Events []string }

// StoryOf puts a history of a small world into words.
func StoryOf(world World, history History) Story {
	names := namesOf(world)
	var s Story
	for _, v := range history.Versions {
		s.Versions = append(s.Versions, fmt.Sprintf("%s %s %s", v.Key, names[v.Digest], span(v.From, v.To)))
	}
	for _, a := range history.Absences {
		s.Absences = append(s.Absences, a.Key+" "+span(a.From, a.To)+confirmed(a.ConfirmedAt))
	}
	for _, p := range history.Prices {
		s.Prices = append(s.Prices, fmt.Sprintf("%s %s %s %s", p.Key, nameOf(p.Key, p.Price), names[p.Amount], span(p.From, p.To)))
	}
	for _, d := range history.Doubts {
		s.Doubts = append(s.Doubts, fmt.Sprintf("%s %s %s %s", d.Key, nameOf(d.Key, d.Price), d.Reason, span(d.From, d.To))+confirmed(d.ConfirmedAt))
	}
	for _, e := range history.Events {
		s.Events = append(s.Events, e.line())
	}
	return s
}

func confirmed(at *time.Time) string {
	if at == nil {
		return ""
	}
	return " confirmed " + hour(*at)
}

// namesOf gives digests back their words: names of entries, amounts of prices. An
// entry may stand with fields of one snapshot and prices of others: so every name
// is tried with every choice of amounts.
func namesOf(world World) map[catalog.Digest]string {
	names := make(map[catalog.Digest]string)
	for _, key := range keys(world) {
		var fields []catalog.Entry
		amounts := make(map[catalog.PriceIdentity][]catalog.Price)
		for _, snapshot := range world.Snapshots {
			entry, holds := snapshot.Entries[key]
			if !holds {
				continue
			}
			for _, p := range entry.Prices {
				names[p.AmountDigest()] = amountText(p)
				same := func(other catalog.Price) bool { return other.AmountDigest() == p.AmountDigest() }
				if id := p.Identity(); !slices.ContainsFunc(amounts[id], same) {
					amounts[id] = append(amounts[id], p)
				}
			}
			if !slices.Contains(snapshot.SetAside[key], catalog.FieldsPart) {
				entry.Prices = nil
				fields = append(fields, entry)
			}
		}
		choices := [][]catalog.Price{nil}
		for _, prices := range amounts {
			for _, before := range slices.Clone(choices) {
				for _, p := range prices {
					choices = append(choices, append(slices.Clone(before), p))
				}
			}
		}
		for _, entry := range fields {
			for _, entry.Prices = range choices {
				names[entry.Digest()] = entry.Name
			}
		}
	}
	return names
}

func amountText(p catalog.Price) string {
	text := catalog.DecimalText(p.ListUnitPrice)
	if p.TaxBasis != catalog.TaxUnknown {
		text += " " + string(p.TaxBasis)
	}
	return text
}

func (e Event) line() string {
	aspect := e.Aspect
	if e.Zone != nil {
		aspect = *e.Zone
	}
	return fmt.Sprintf("%s %s %s %s %s>%s", hour(e.At), e.Key, aspect, e.Event, word(e.FromStatus), word(e.ToStatus))
}

func span(from time.Time, to *time.Time) string {
	if to == nil {
		return "[" + hour(from) + ",)"
	}
	return "[" + hour(from) + "," + hour(*to) + ")"
}

func hour(at time.Time) string { return strconv.FormatFloat(at.Sub(moment(0)).Hours(), 'f', -1, 64) }

func word(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}
