package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"syncer/diff"
	"syncer/store/delta"
)

// Guard holds the limits beyond which a complete snapshot waits for a person.
// Percentages are of the entries or prices that had what is lost or moves; what
// reaches its limit is held.
type Guard struct {
	Enabled bool
	// IgnoreUpTo are never too many, unless they are half of those concerned.
	IgnoreUpTo             int
	MaxRemovedPercent      int // entries that go
	MaxUnpricedPercent     int // entries that stay and lose a price
	MaxChangedPercent      int // prices whose amount moves
	MaxTaxPercent          int // prices whose tax, or tax basis, moves
	MaxCurrencyUnitPercent int // prices that change currency or unit
	MaxZeroPercent         int // prices that become 0, or come as 0 where there was none
	MaxStatusPercent       int // entries whose status changes
	MaxEmptiedPercent      int // entries whose name, a size, or attributes vanish
	MaxGrowthFactor        int // times that a list becomes longer
	MaxDoubtfulPercent     int // entries with a price that cannot be believed, beyond which they are not doubted one by one
}

// DefaultGuard is the guard of the design.
func DefaultGuard() Guard {
	return Guard{
		Enabled: true, IgnoreUpTo: 4, MaxRemovedPercent: 20, MaxUnpricedPercent: 20, MaxChangedPercent: 30, MaxTaxPercent: 30,
		MaxCurrencyUnitPercent: 5, MaxZeroPercent: 5, MaxStatusPercent: 50, MaxEmptiedPercent: 20, MaxGrowthFactor: 10,
		MaxDoubtfulPercent: 2,
	}
}

// limits is the limit of each class, in percent.
func (g Guard) limits() map[diff.Class]int {
	return map[diff.Class]int{
		diff.Gone:      g.MaxRemovedPercent,
		diff.PriceLost: g.MaxUnpricedPercent,
		diff.Amount:    g.MaxChangedPercent,
		diff.Tax:       g.MaxTaxPercent,
		diff.Unit:      g.MaxCurrencyUnitPercent,
		diff.Zero:      g.MaxZeroPercent,
		diff.Statuses:  g.MaxStatusPercent,
		diff.Emptied:   g.MaxEmptiedPercent,
		diff.Grown:     g.MaxGrowthFactor * 100,
		diff.Doubtful:  g.MaxDoubtfulPercent,
	}
}

// Judge returns why a delta is held, one reason for each thing that reaches its
// limit; none lets it pass.
func (g Guard) Judge(d delta.Delta) []string {
	if !g.Enabled {
		return nil
	}
	var reasons []string
	switch compared := slices.ContainsFunc(d.Compared, func(c delta.Compared) bool { return c.With == delta.WithBefore }); {
	case d.Entries > 0 || compared:
	case d.First && d.SetAside == 0:
		reasons = append(reasons, "the first snapshot has no entries")
	case d.Baseline > 0: // of long ago
		reasons = append(reasons, fmt.Sprintf("all %d entries would be removed", d.Baseline))
	}
	if n := len(d.Removed); d.SettingsChanged && n > 0 {
		reasons = append(reasons, fmt.Sprintf("the list is read with other settings than before, and %d entries would be removed", n))
	}
	limits, seen := g.limits(), make(map[string]bool)
	var doubted []string
	for _, compared := range d.Compared {
		for _, share := range compared.Shares {
			if share.Class == diff.Doubtful {
				if limit := limits[share.Class]; share.Moved > g.IgnoreUpTo && share.Moved*100 > share.Of*limit {
					doubted = append(doubted, exceeded(share, limit, d.Entries)+against(compared)+examples(share.Examples))
				}
				continue
			}
			limit := limits[share.Class]
			if compared.With == delta.WithFullest {
				limit *= 2
			}
			if seen[share.What] && compared.With == delta.WithFullest || g.isFew(share) {
				continue
			}
			var said []string
			if share.Moved*100 >= share.Of*limit {
				said = append(said, exceeded(share, limit, d.Entries))
			}
			if !isPlausible(share.Median) {
				said = append(said, fmt.Sprintf("%d prices would change by a median factor of %s (limit 0.5 to 2)", share.Moved, share.Median.Round(3)))
			}
			for _, reason := range said {
				seen[share.What] = true
				reasons = append(reasons, reason+against(compared)+examples(share.Examples))
			}
		}
	}
	if len(reasons) > 0 { // what moves so far that it is held has its own
		return reasons
	}
	return doubted
}

// isPlausible reports whether prices may move by a median factor; nil is none.
// Beyond a half and twice lies a change of unit or currency that the provider did
// not name: all prices times 12, or divided by 1,300.
func isPlausible(median *decimal.Decimal) bool {
	return median == nil || !median.LessThan(decimal.New(5, -1)) && !median.GreaterThan(decimal.New(2, 0))
}

// isFew reports that so few may always change: small numbers that are less than
// half of those concerned. 4 of 5 is not few. A single one is, in a list of two as
// in any other, unless it is the last entry; and a short list whose few prices all
// move a little is a price list that changes, so of amounts only those are not few
// that move by much.
func (g Guard) isFew(share diff.Share) bool {
	switch {
	case share.Moved > g.IgnoreUpTo:
		return false
	case 2*share.Moved < share.Of:
		return true
	case share.Moved == 1:
		return share.Class != diff.Gone || share.Of > 1
	}
	return share.Class == diff.Amount && isPlausible(share.Median)
}

func exceeded(share diff.Share, limit, entries int) string {
	switch {
	case share.Class == diff.Grown:
		return fmt.Sprintf("%d entries would become %d (limit %d times)", share.Of, share.Moved, limit/100)
	case share.Class == diff.Gone && entries == 0:
		return fmt.Sprintf("all %d %s (limit %d %%)", share.Moved, share.What, limit)
	}
	return fmt.Sprintf("%d of %d %s (limit %d %%)", share.Moved, share.Of, share.What, limit)
}

// against names the other snapshot, where it is not the one before.
func against(compared delta.Compared) string {
	at := compared.At.Format(time.RFC3339)
	switch compared.With {
	case delta.WithAfter:
		return " by the next snapshot, of " + at
	case delta.WithFullest:
		return " since the snapshot of " + at
	}
	return ""
}

// examples are a provider's words, so they are shown as plain text.
func examples(moves []diff.Move) string {
	var all []string
	for _, move := range moves {
		text := plain(move.Key)
		if move.What != "" {
			text += " " + plain(move.What)
		}
		if move.From != "" || move.To != "" {
			text += " " + plain(move.From) + " → " + plain(move.To)
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return ""
	}
	return ": " + strings.Join(all, ", ")
}

// mostPlain bounds a provider's word in a reason, in runes.
const mostPlain = 60

func plain(text string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) || r == unicode.ReplacementChar {
			return '\u00b7'
		}
		return r
	}, text))
	if len(runes) > mostPlain {
		return string(runes[:mostPlain-1]) + "…"
	}
	return string(runes)
}
