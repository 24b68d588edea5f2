package ingest

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"syncer/store"
)

// Guard holds the limits beyond which a complete snapshot waits for a person.
// Percentages are of the snapshot before.
type Guard struct {
	Enabled           bool
	MaxRemovedPercent int // of the entries; and of the products that lose a price
	MaxChangedPercent int // of the prices
	IgnoreUpTo        int // so many are never too many, unless they are all
}

// DefaultGuard is the guard of the design.
func DefaultGuard() Guard {
	return Guard{Enabled: true, MaxRemovedPercent: 20, MaxChangedPercent: 30, IgnoreUpTo: 4}
}

// Judge returns why a delta is held, or "".
func (g Guard) Judge(d store.Delta) string {
	if !g.Enabled {
		return ""
	}
	for _, rule := range []func(store.Delta) string{g.empty, g.removed, g.settings, g.unpriced, g.changed, g.ratio, g.zeroed} {
		if reason := rule(d); reason != "" {
			return reason
		}
	}
	return ""
}

func (g Guard) empty(d store.Delta) string {
	switch {
	case d.Entries > 0:
		return ""
	case d.First:
		return "the first snapshot has no entries"
	case d.Baseline > 0:
		return fmt.Sprintf("all %d entries would be removed", d.Baseline)
	}
	return ""
}

func (g Guard) removed(d store.Delta) string {
	if n := len(d.Removed); g.many(n, d.Baseline, g.MaxRemovedPercent) || n > 0 && n == d.Baseline {
		return fmt.Sprintf("%d of %d entries would be removed (limit %d %%)", n, d.Baseline, g.MaxRemovedPercent)
	}
	return ""
}

func (g Guard) settings(d store.Delta) string {
	if d.SettingsChanged && len(d.Removed) > 0 {
		return fmt.Sprintf("the list is read with other settings than before, and %d entries would be removed", len(d.Removed))
	}
	return ""
}

func (g Guard) unpriced(d store.Delta) string {
	stay := d.Baseline - len(d.Removed)
	if n := len(d.Unpriced); g.many(n, stay, g.MaxRemovedPercent) {
		return fmt.Sprintf("%d of %d entries would lose a price (limit %d %%)", n, stay, g.MaxRemovedPercent)
	}
	return ""
}

func (g Guard) changed(d store.Delta) string {
	if n := len(d.Repriced); g.many(n, d.BaselinePrices, g.MaxChangedPercent) {
		return fmt.Sprintf("%d of %d prices would change at once (limit %d %%)", n, d.BaselinePrices, g.MaxChangedPercent)
	}
	return ""
}

// ratio catches a change of unit or currency that the provider did not name:
// all prices times 12, or divided by 1,300.
func (g Guard) ratio(d store.Delta) string {
	if len(d.Repriced) <= g.IgnoreUpTo {
		return ""
	}
	median := medianRatio(d.Repriced)
	if median.LessThan(decimal.New(5, -1)) || median.GreaterThan(decimal.New(2, 0)) {
		return fmt.Sprintf("%d prices would change by a median factor of %s (limit 0.5 to 2)", len(d.Repriced), median.Round(3))
	}
	return ""
}

func medianRatio(all []store.Repricing) decimal.Decimal {
	var ratios []decimal.Decimal
	for _, price := range all {
		if price.From.IsPositive() {
			ratios = append(ratios, price.To.DivRound(price.From, 12))
		}
	}
	if len(ratios) == 0 {
		return decimal.New(1, 0)
	}
	slices.SortFunc(ratios, decimal.Decimal.Cmp)
	return ratios[len(ratios)/2]
}

func (g Guard) zeroed(d store.Delta) string {
	zeroed := 0
	for _, price := range d.Repriced {
		if price.To.IsZero() {
			zeroed++
		}
	}
	switch {
	case zeroed > g.IgnoreUpTo:
		return fmt.Sprintf("%d prices would become 0 (limit %d)", zeroed, g.IgnoreUpTo)
	case d.Redenominated > g.IgnoreUpTo:
		return fmt.Sprintf("%d prices would change currency or unit (limit %d)", d.Redenominated, g.IgnoreUpTo)
	}
	return ""
}

// many reports that n of a whole is above a percentage, and above the number
// that is never too many.
func (g Guard) many(n, whole, percent int) bool {
	return n > g.IgnoreUpTo && n*100 > whole*percent
}
