package diff

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// prices counts what becomes of the prices of an entry.
func (c *Comparison) prices(before, after *Entry) {
	now := make(map[PriceID]*Price, len(after.Prices))
	for i := range after.Prices {
		now[after.Prices[i].PriceID] = &after.Prices[i]
	}
	begun := make(map[PriceID][]*Price, len(after.Prices)) // prices that the entry had not
	had := make(map[PriceID]bool, len(before.Prices))
	for i := range before.Prices {
		had[before.Prices[i].PriceID] = true
	}
	for i := range after.Prices {
		if price := &after.Prices[i]; !had[price.PriceID] {
			begun[price.undenominated()] = append(begun[price.undenominated()], price)
		}
	}
	lost := false
	for i := range before.Prices {
		price := &before.Prices[i]
		if next := now[price.PriceID]; next != nil {
			if !next.isAmong(before.Announced) {
				c.price(before.Key, price, next)
			}
			continue
		}
		if c.ended == nil {
			c.ended = make(Counts)
		}
		c.ended.addPrice(price)
		if after.outlives(price) {
			continue
		}
		if others := begun[price.undenominated()]; len(others) > 0 {
			begun[price.undenominated()] = others[1:]
			if others[0].isAmong(before.Announced) {
				continue
			}
			c.note(unit, Move{before.Key, "", price.label(), others[0].label()})
			continue
		}
		if !lost {
			c.note(unpriced, Move{before.Key, price.label(), text(price.Amount), "none"})
			c.Unpriced = append(c.Unpriced, before.Key)
		}
		lost = true
	}
	charges := func(price Price) bool { return !price.Amount.IsZero() || price.isAmong(before.Announced) }
	if len(before.Prices) == 0 && len(after.Prices) > 0 && !slices.ContainsFunc(after.Prices, charges) {
		c.note(free, Move{before.Key, after.Prices[0].label(), "none", "0"})
	}
}

// price counts what becomes of one price.
func (c *Comparison) price(key string, before, after *Price) {
	if !before.Amount.Equal(after.Amount) {
		c.note(amount, Move{key, before.label(), text(before.Amount), text(after.Amount)})
		c.Repriced = append(c.Repriced, Repricing{Key: key, Price: before.PriceID, From: before.Amount, To: after.Amount})
	}
	if before.Amount.IsPositive() && after.Amount.IsZero() {
		c.note(zero, Move{key, before.label(), text(before.Amount), "0"})
	}
	if before.Basis != after.Basis {
		c.note(basis, Move{key, before.label(), before.Basis, after.Basis})
	}
	for _, figure := range []struct {
		word     string
		from, to *decimal.Decimal
	}{{"tax", before.Tax, after.Tax}, {"with tax", before.Total, after.Total}} {
		if figure.from != nil && strays(*figure.from, before.Amount, figure.to, after.Amount) {
			to := "none"
			if figure.to != nil {
				to = text(*figure.to)
			}
			c.note(tax, Move{key, before.label() + " " + figure.word, text(*figure.from), to})
			break
		}
	}
}

// strays reports that a tax, or an amount with tax, does not follow the amount
// that it belongs to. Providers round, so where that moves a little is free.
func strays(from, before decimal.Decimal, to *decimal.Decimal, after decimal.Decimal) bool {
	switch {
	case to == nil:
		return true
	case before.Equal(after):
		return !to.Equal(from)
	case before.IsZero():
		return false // from nothing, nothing follows
	}
	want := from.Mul(after).DivRound(before, 12)
	rounding := lastPlace(from).Mul(after).DivRound(before, 12).Add(lastPlace(*to))
	return to.Sub(want).Abs().GreaterThan(decimal.Max(rounding, want.Mul(decimal.New(2, -2))))
}

// lastPlace is the unit of the last place in which a number is written.
func lastPlace(number decimal.Decimal) decimal.Decimal {
	return decimal.New(1, min(number.Exponent(), 0))
}

// text writes an amount as people do.
func text(number decimal.Decimal) string {
	plain := number.String()
	if strings.Contains(plain, ".") {
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	return plain
}
