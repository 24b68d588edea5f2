package store

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// Subscription is what a rule wants its webhook to be told of, and when.
type Subscription struct {
	Rule    string // its name: of each run, a rule is told once
	Webhook string // its name
	// Lists are patterns for SOURCE/LIST as path.Match reads them, or SOURCE for
	// all lists of one; none means every list.
	Lists    []string
	Prices   *PriceWatch // nil: no price changes
	Statuses bool        // delisted, relisted, another word of the provider
	Holds    bool
	Stale    bool
	// Digest is when what came at a moment is told together with what else came
	// until then; nil tells each run by itself.
	Digest func(at time.Time) time.Time
}

// PriceWatch chooses among changes of prices.
type PriceWatch struct {
	// AtLeast is how far a price has to move, in percent of what it was. 0 is
	// every change; a price that was 0 has moved far enough.
	AtLeast  decimal.Decimal
	Up, Down bool // directions
	Kinds    []catalog.PriceKind
}

// Covers says whether the rule is about a list.
func (s Subscription) Covers(list catalog.ListID) bool {
	return len(s.Lists) == 0 || slices.ContainsFunc(s.Lists, func(pattern string) bool { return PatternCovers(pattern, list) })
}

// PatternCovers says whether a pattern of Subscription.Lists names a list. A
// pattern that cannot be read names none.
func PatternCovers(pattern string, list catalog.ListID) bool {
	name := list.String()
	if !strings.Contains(pattern, "/") {
		name = list.Source
	}
	covers, err := path.Match(pattern, name)
	return err == nil && covers
}

// hundred turns parts into percent.
func hundred() decimal.Decimal { return decimal.New(100, 0) }

// wants is exact: no quotient is rounded to decide.
func (w PriceWatch) wants(kind catalog.PriceKind, from, to decimal.Decimal) bool {
	moved := to.Sub(from)
	if !slices.Contains(w.Kinds, kind) || moved.IsZero() || moved.IsPositive() && !w.Up || moved.IsNegative() && !w.Down {
		return false
	}
	return from.IsZero() || moved.Abs().Mul(hundred()).GreaterThanOrEqual(w.AtLeast.Mul(from))
}

// due is when a message of a moment is to be sent or gathered, and in which
// state it waits for that.
func (s Subscription) due(at time.Time) (due time.Time, state string) {
	if s.Digest == nil {
		return at, "pending"
	}
	return s.Digest(at), "collecting"
}
