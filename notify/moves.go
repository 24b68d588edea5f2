package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/store/outbox"
)

// priceNews are the changes of prices that a filter wants; nil if there are none.
func priceNews(facts outbox.Facts, filter PriceFilter) *PriceNews {
	var news PriceNews
	for _, fact := range facts.Prices {
		if !filter.wants(fact) {
			continue
		}
		move := PriceMove{
			List: facts.List.String(), Key: clip(fact.Key), Name: clip(fact.Name), Kind: string(fact.Kind), Variant: clip(fact.Variant),
			Unit: clip(fact.Unit), Currency: fact.Currency, From: catalog.DecimalText(fact.From), To: catalog.DecimalText(fact.To), ChangedAt: fact.ChangedAt,
		}
		if fact.From.IsPositive() {
			move.Ratio = catalog.DecimalText(fact.To.DivRound(fact.From, ratioDigits))
			move.Percent = catalog.DecimalText(fact.To.Sub(fact.From).Mul(hundred()).DivRound(fact.From, 2))
		}
		news.Top = append(news.Top, move)
		if fact.To.GreaterThan(fact.From) {
			news.Up++
		}
	}
	if news.Total = len(news.Top); news.Total == 0 {
		return nil
	}
	news.Down, news.Top = news.Total-news.Up, farthest(news.Top, mostNamed)
	return &news
}

// ratioDigits are how many digits a ratio has behind the point; it is for
// reading, and decides nothing.
const ratioDigits = 12

// farthest returns the moves that went farthest in either direction, the farthest
// first, at most most: half the price is as far as double, and from or to 0 is the
// farthest. Equal ones stay in their order.
func farthest(moves []PriceMove, most int) []PriceMove {
	type measured struct {
		PriceMove
		high, low decimal.Decimal
	}
	all := make([]measured, len(moves))
	for i, move := range moves {
		from, to := amount(move.From), amount(move.To)
		all[i] = measured{move, decimal.Max(from, to), decimal.Min(from, to)}
	}
	slices.SortStableFunc(all, func(a, b measured) int { return b.high.Mul(a.low).Cmp(a.high.Mul(b.low)) })
	top := make([]PriceMove, 0, min(most, len(all)))
	for _, move := range all[:min(most, len(all))] {
		top = append(top, move.PriceMove)
	}
	return top
}

// amount reads an amount of a payload, which a program wrote.
func amount(text string) decimal.Decimal {
	amount, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return amount
}

// statusNews are all changes of statuses, the first of them named; nil if there
// are none.
func statusNews(facts outbox.Facts) *StatusNews {
	if len(facts.Statuses) == 0 {
		return nil
	}
	news := &StatusNews{Total: len(facts.Statuses)}
	for _, fact := range facts.Statuses {
		switch fact.Event {
		case "delisted":
			news.Delisted++
		case "relisted":
			news.Relisted++
		default:
			news.Changed++
		}
		if len(news.Top) < mostNamed {
			news.Top = append(news.Top, StatusMove{
				List: facts.List.String(), Key: clip(fact.Key), Name: clip(fact.Name), Event: fact.Event, Aspect: fact.Aspect, Zone: clip(fact.Zone),
				From: clip(fact.From), To: clip(fact.To), ChangedAt: fact.ChangedAt,
			})
		}
	}
	return news
}

// doubtNews are the doubts that began or were confirmed, the first of them named; nil
// if there are none.
func doubtNews(facts outbox.Facts) *DoubtNews {
	if len(facts.Doubts) == 0 {
		return nil
	}
	news := &DoubtNews{Total: len(facts.Doubts)}
	for _, fact := range facts.Doubts {
		move := DoubtMove{
			List: facts.List.String(), Key: clip(fact.Key), Name: clip(fact.Name), Kind: string(fact.Kind), Variant: clip(fact.Variant), Unit: clip(fact.Unit),
			Currency: fact.Currency, Event: "confirmed", Reason: fact.Reason, Stands: optional(fact.Stands), Shown: optional(fact.Shown),
			ShownUnit: clip(fact.ShownUnit), ShownCurrency: fact.ShownCurrency, Since: fact.Since.UTC(),
		}
		if fact.Confirmed {
			news.Confirmed++
		} else {
			news.Began++
			move.Event = "began"
			move.Decide = []string{
				fmt.Sprintf(`syncer accept %s --key %s --reason "..."`, move.List, quoted(fact.Key)),
				fmt.Sprintf(`syncer retract %s %s --key %s --reason "..."`, move.List, move.Since.Format(time.RFC3339Nano), quoted(fact.Key)),
			}
		}
		if len(news.Top) < mostNamed {
			news.Top = append(news.Top, move)
		}
	}
	return news
}

// quoted is a word of a command line.
func quoted(word string) string {
	if !strings.ContainsFunc(word, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-/:@+,", r)
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func optional(amount *decimal.Decimal) string {
	if amount == nil {
		return ""
	}
	return catalog.DecimalText(*amount)
}

// decisionNews is the decision of a person; nil for none.
func decisionNews(facts outbox.Facts) *DecisionNews {
	if facts.Decision == nil {
		return nil
	}
	return &DecisionNews{clip(facts.Decision.Actor), clip(facts.Decision.Reason), clip(facts.Decision.Key), facts.Decision.Restored}
}

// mostRunes bounds each text of a message that a provider wrote.
const mostRunes = 200

func clip(text string) string {
	if utf8.RuneCountInString(text) <= mostRunes {
		return text
	}
	return string([]rune(text)[:mostRunes-1]) + "…"
}
