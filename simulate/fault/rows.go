package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A Pick is one row to be served: an index into the list, and whether the row
// is an altered copy.
type Pick struct {
	Index int
	copy  Kind
	first bool // of its page
}

// Picks returns which of n rows a walk sees at a page, counted from 1, and in
// which order.
func (a Active) Picks(n, page int) []Pick {
	picks := make([]Pick, n)
	for i := range picks {
		picks[i].Index = i
	}
	if n == 0 || a.Has(Empty) {
		return nil
	}
	if fault, ok := a.find(Shrink); ok {
		fraction, _ := strconv.ParseFloat(fault.Value, 64)
		picks = picks[:int(math.Ceil(fraction*float64(n)))]
	}
	if fault, ok := a.find(Shift); ok && page > 1 {
		picks = shifted(picks, fault.Value)
	}
	return a.withCopies(picks, func(fault Fault) bool { return fault.Page <= 1 })
}

// withCopies repeats the first row for those of the faults that repeat a row.
func (a Active) withCopies(picks []Pick, which func(Fault) bool) []Pick {
	for _, kind := range []Kind{Conflict, Duplicate} {
		if fault, ok := a.find(kind); ok && which(fault) && len(picks) > 0 {
			picks = slices.Insert(picks, 1, Pick{Index: picks[0].Index, copy: kind})
		}
	}
	return picks
}

// OnPage returns what is served of the picks of one page: a fault that names a
// later page than the first strikes the first row of that page, where without a
// page it strikes the first row of the list.
func (a Active) OnPage(picks []Pick) []Pick {
	picks = slices.Clone(picks)
	if len(picks) > 0 {
		picks[0].first = true
	}
	return a.withCopies(picks, func(fault Fault) bool { return fault.Page > 1 })
}

// strikesFirst reports whether a fault of one row is to strike this one.
func (f Fault) strikesFirst(pick Pick) bool {
	if f.Page > 1 {
		return pick.first
	}
	return pick.Index == 0
}

func shifted(picks []Pick, how string) []Pick {
	if how == "insert" {
		return slices.Insert(picks, 0, Pick{Index: picks[0].Index, copy: Shift})
	}
	return picks[min(1, len(picks)):]
}

// Total returns what the provider says the total is, as JSON, or nil when it says
// none. Rows served twice do not count twice, unless a fault says that they do.
func (a Active) Total(picks []Pick) json.RawMessage {
	total := len(picks)
	twice, _ := a.find(Duplicate)
	for _, pick := range picks {
		if pick.copy == Conflict || pick.copy == Duplicate && twice.Value != "twice" {
			total--
		}
	}
	fault, ok := a.find(WrongTotal)
	if !ok {
		return fmt.Appendf(nil, "%d", total)
	}
	switch fault.Value {
	case "absent":
		return nil
	case "text":
		return fmt.Appendf(nil, `"%d"`, total)
	}
	offset, _ := strconv.Atoi(fault.Value)
	if fault.Value[0] == '+' || fault.Value[0] == '-' {
		return fmt.Appendf(nil, "%d", total+offset)
	}
	return fmt.Appendf(nil, "%d", offset)
}

// Page returns the page, counted from 1, that is served when one is asked for.
func (a Active) Page(asked int) int {
	if a.Has(Repeat) {
		return 1
	}
	return asked
}

// PageSize returns how many rows a page has when size are asked for.
func (a Active) PageSize(size int) int {
	if fault, ok := a.find(PageCap); ok {
		limit, _ := strconv.Atoi(fault.Value)
		return min(size, limit)
	}
	return size
}

// A Shape names the members of a row that faults spoil.
type Shape struct {
	ID, Name string
	// Price holds objects by variant, each with an object by currency.
	Price, Currency string
}

// Row returns the JSON of one row, spoilt where a fault says so.
func (a Active) Row(pick Pick, row any, shape Shape) (json.RawMessage, error) {
	text, err := json.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("writing a row: %w", err)
	}
	if !a.touches(pick) {
		return text, nil
	}
	return a.spoil(text, pick, shape)
}

// touches reports whether a row is to be written anew: that sorts its members,
// which a row without a fault must be spared.
func (a Active) touches(pick Pick) bool {
	if pick.copy == Conflict || pick.copy == Shift || a.Has(UnknownField) || a.Has(BarePrice) {
		return true
	}
	return slices.ContainsFunc(a, func(fault Fault) bool {
		return slices.Contains([]Kind{EmptyID, NumberID, BadPrice}, fault.Kind) && fault.strikesFirst(pick)
	})
}

func (a Active) spoil(text []byte, pick Pick, shape Shape) (json.RawMessage, error) {
	edit := edit{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&edit.members); err != nil {
		return nil, fmt.Errorf("reading a row: %w", err)
	}
	edit.copied(pick.copy, shape)
	for _, fault := range a {
		edit.all(fault, shape)
		if fault.strikesFirst(pick) {
			edit.first(fault, shape)
		}
	}
	return edit.text()
}
