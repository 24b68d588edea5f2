package notify

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/store/outbox"
)

// Rule is what a webhook is to be notified of, and when.
type Rule struct {
	Name    string
	Webhook string // its name
	// Lists are patterns for SOURCE/LIST as path.Match reads them, or SOURCE for
	// all lists of one; none means every list.
	Lists    []string
	Prices   *PriceFilter // nil: no price changes
	Statuses bool         // delisted, relisted, another word of the provider
	Doubts   bool         // that began or were confirmed
	Holds    bool
	// Retractions are what persons took back, or restored.
	Retractions bool
	Stale       bool
	// Digest is when what came at a moment is sent together with what else came
	// until then; nil sends a message for each run.
	Digest func(at time.Time) time.Time
}

// PriceFilter chooses among changes of prices.
type PriceFilter struct {
	// AtLeast is how far a price has to move, in percent of what it was. 0 is
	// every change; a price that was 0 has moved far enough.
	AtLeast  decimal.Decimal
	Up, Down bool // directions
	Kinds    []catalog.PriceKind
}

// Subscription is the rule as the outbox needs it.
func (r Rule) Subscription() outbox.Subscription {
	return outbox.Subscription{Rule: r.Name, Webhook: r.Webhook, Covers: r.covers, Compose: r.compose, Digest: r.Digest}
}

func (r Rule) covers(list catalog.ListID) bool {
	return len(r.Lists) == 0 || slices.ContainsFunc(r.Lists, func(pattern string) bool { return PatternCovers(pattern, list) })
}

// PatternCovers reports whether a pattern of Rule.Lists names a list. A pattern
// that cannot be read names none.
func PatternCovers(pattern string, list catalog.ListID) bool {
	name := list.String()
	if !strings.Contains(pattern, "/") {
		name = list.Source
	}
	covers, err := path.Match(pattern, name)
	return err == nil && covers
}

// compose returns the news that the rule wants of facts, nil for none.
func (r Rule) compose(facts outbox.Facts) (json.RawMessage, error) {
	news := News{Kind: facts.Kind, List: facts.List.String(), Provider: facts.Provider, At: facts.At}
	switch facts.Kind {
	case outbox.Stale:
		if !r.Stale {
			return nil, nil
		}
		news.LastSnapshot = facts.LastSnapshot
		return json.Marshal(news)
	case outbox.Held:
		if !r.Holds {
			return nil, nil
		}
		news.HeldFor = facts.HeldFor
	case outbox.Retracted:
		if !r.Retractions {
			return nil, nil
		}
		news.Decision = decisionNews(facts)
		everything := PriceFilter{Up: true, Down: true, Kinds: []catalog.PriceKind{catalog.PriceList, catalog.PriceContract}}
		if r.Prices != nil {
			everything.Kinds = r.Prices.Kinds
		}
		news.Prices, news.Statuses = priceNews(facts, everything), statusNews(facts)
	case outbox.Changed:
		if r.Prices != nil {
			news.Prices = priceNews(facts, *r.Prices)
		}
		if r.Statuses {
			news.Statuses = statusNews(facts)
		}
		if r.Doubts {
			news.Doubts = doubtNews(facts)
		}
		if news.Prices == nil && news.Statuses == nil && news.Doubts == nil {
			return nil, nil
		}
		news.Decision = decisionNews(facts)
	}
	news.TakenAt, news.RunID = facts.TakenAt, facts.RunID
	if facts.Decision != nil {
		return json.Marshal(news)
	}
	news.Counts = &NewsCounts{facts.Counts.Entries, facts.Counts.Added, facts.Counts.Changed, facts.Counts.Removed}
	return json.Marshal(news)
}

// hundred turns parts into percent.
func hundred() decimal.Decimal { return decimal.New(100, 0) }

// wants is exact: no quotient is rounded to decide.
func (f PriceFilter) wants(move outbox.PriceMove) bool {
	moved := move.To.Sub(move.From)
	if !slices.Contains(f.Kinds, move.Kind) || moved.IsZero() || moved.IsPositive() && !f.Up || moved.IsNegative() && !f.Down {
		return false
	}
	return move.From.IsZero() || moved.Abs().Mul(hundred()).GreaterThanOrEqual(f.AtLeast.Mul(move.From))
}
