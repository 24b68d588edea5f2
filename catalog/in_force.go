package catalog

import (
	"slices"
	"time"
)

// gap is how much later than the end of a price the next may begin and still
// follow it: providers write 23:59 and 00:00.
const gap = 24 * time.Hour

// At is the entry as a provider's dates make it at a moment: Prices are those in
// force, Announced those of later. It also returns the first moment after it from
// which on the same entry reads otherwise; zero: it always reads the same.
//
// Of prices that are the same price (Identity) the one that began latest is in
// force, until the next begins; one without a beginning began before all. Its own
// end ends it, but for a gap of less than a day before the next; an end before the
// beginning is none. An entry that was read at one moment already is read at another
// from the prices of both kinds.
func (e *Entry) At(moment time.Time) (Entry, time.Time) {
	at, all := *e, e.Prices
	if len(e.Announced) > 0 {
		all = slices.Concat(e.Prices, e.Announced)
	}
	if !slices.ContainsFunc(all, func(p Price) bool { return p.EffectiveFrom != nil || p.EffectiveTo != nil }) {
		return at, time.Time{}
	}
	at.Prices, at.Announced = nil, nil
	var until time.Time
	turns := func(change time.Time) {
		if change.After(moment) && (until.IsZero() || change.Before(until)) {
			until = change
		}
	}
	terms := make(map[PriceIdentity][]Price)
	var order []PriceIdentity // in which the page names them
	for _, price := range all {
		id := price.Identity()
		if terms[id] == nil {
			order = append(order, id)
		}
		terms[id] = append(terms[id], price)
	}
	for _, id := range order {
		prices := terms[id]
		slices.SortStableFunc(prices, func(a, b Price) int { return a.begins().Compare(b.begins()) })
		for i := range prices {
			price := &prices[i]
			from, end := price.begins(), price.Ends()
			turns(from)
			if from.After(moment) {
				at.Announced = append(at.Announced, *price)
				continue
			}
			next := slices.IndexFunc(prices, func(other Price) bool { return other.begins().After(from) })
			if next >= 0 {
				if begins := prices[next].begins(); end.IsZero() || end.After(begins) || begins.Sub(end) < gap {
					end = begins
				}
			}
			turns(end)
			if end.IsZero() || end.After(moment) {
				at.Prices = append(at.Prices, *price)
			}
		}
	}
	return at, until
}

// begins is when a price takes force; the zero time where it always was.
func (p *Price) begins() time.Time {
	if p.EffectiveFrom == nil {
		return time.Time{}
	}
	return *p.EffectiveFrom
}

// Ends is when a price goes by its own date; the zero time where it has none that
// counts.
func (p *Price) Ends() time.Time {
	if p.EffectiveTo == nil || p.EffectiveTo.Before(p.begins()) {
		return time.Time{}
	}
	return *p.EffectiveTo
}
