package store

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// TopNews is how many changes of each kind a message names; it counts all.
const TopNews = 10

// Kinds of messages.
const (
	NewsChanged = "changed" // prices or statuses of a list
	NewsHeld    = "held"
	NewsStale   = "stale"
	NewsDigest  = "digest" // several of the others
)

// News is what one message tells of one list, as the outbox keeps it. Moments
// are UTC, amounts and ratios decimals as text.
type News struct {
	Kind     string      `json:"kind"`
	List     string      `json:"list"`
	Provider string      `json:"provider"`
	At       time.Time   `json:"at"`                // when it was noticed, by the database's clock
	TakenAt  time.Time   `json:"taken_at,omitzero"` // of the snapshot
	RunID    int64       `json:"run_id,omitempty"`
	Counts   *NewsCounts `json:"counts,omitempty"`
	Prices   *PriceNews  `json:"price_changes,omitempty"`
	Statuses *StatusNews `json:"status_changes,omitempty"`
	HeldFor  string      `json:"held_for,omitempty"` // the guard's reason
	// LastSnapshot is the newest of a stale list; zero if there is none.
	LastSnapshot time.Time `json:"last_snapshot_at,omitzero"`
}

// NewsCounts is how many entries a snapshot has, and how many of them differ
// from the one before.
type NewsCounts struct {
	Entries int `json:"entries"`
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
}

// PriceNews are changes of prices, the farthest first; Up and Down count all.
type PriceNews struct {
	Total int         `json:"total"`
	Up    int         `json:"up"`
	Down  int         `json:"down"`
	Top   []PriceMove `json:"top"`
}

// PriceMove is one price whose amount changed.
type PriceMove struct {
	List     string `json:"list"`
	Key      string `json:"key"`
	Name     string `json:"name"`
	Kind     string `json:"price_kind"`
	Variant  string `json:"price_variant"`
	Unit     string `json:"pricing_unit"`
	Currency string `json:"pricing_currency"`
	From     string `json:"from"`
	To       string `json:"to"`
	// Ratio is To by From, Percent the change in percent of From; both are "",
	// as nothing, where From is 0.
	Ratio   string `json:"ratio,omitempty"`
	Percent string `json:"percent,omitempty"`
	// ChangedAt is the moment of the snapshot that showed it.
	ChangedAt time.Time `json:"changed_at"`
}

// StatusNews are changes of statuses; the three counts are by event.
type StatusNews struct {
	Total    int          `json:"total"`
	Delisted int          `json:"delisted"`
	Relisted int          `json:"relisted"`
	Changed  int          `json:"changed"`
	Top      []StatusMove `json:"top"`
}

// StatusMove is one product whose status changed.
type StatusMove struct {
	List   string `json:"list"`
	Key    string `json:"key"`
	Name   string `json:"name"`
	Event  string `json:"event"`  // delisted, relisted, changed
	Aspect string `json:"aspect"` // status or lifecycle
	Zone   string `json:"availability_zone,omitempty"`
	From   string `json:"from,omitempty"` // the provider's word
	To     string `json:"to,omitempty"`
	// ChangedAt is the moment of the snapshot that showed it.
	ChangedAt time.Time `json:"changed_at"`
}

// ratioDigits are how many digits a ratio has behind the point; it is for
// reading, and decides nothing.
const ratioDigits = 12

func (m *PriceMove) measure(from, to decimal.Decimal) {
	m.From, m.To = catalog.DecimalText(from), catalog.DecimalText(to)
	if from.IsPositive() {
		m.Ratio = catalog.DecimalText(to.DivRound(from, ratioDigits))
		m.Percent = catalog.DecimalText(to.Sub(from).Mul(hundred()).DivRound(from, 2))
	}
}

// Farthest returns the moves that went farthest in either direction, the
// farthest first, at most most: half the price is as far as double, and from or
// to 0 is the farthest. Equal ones stay in their order.
func Farthest(moves []PriceMove, most int) []PriceMove {
	type measured struct {
		PriceMove
		high, low decimal.Decimal
	}
	all := make([]measured, len(moves))
	for i, move := range moves {
		from, to := amountIn(move.From), amountIn(move.To)
		all[i] = measured{move, decimal.Max(from, to), decimal.Min(from, to)}
	}
	slices.SortStableFunc(all, func(a, b measured) int { return b.high.Mul(a.low).Cmp(a.high.Mul(b.low)) })
	top := make([]PriceMove, 0, min(most, len(all)))
	for _, one := range all[:min(most, len(all))] {
		top = append(top, one.PriceMove)
	}
	return top
}

// amountIn reads what measure wrote.
func amountIn(text string) decimal.Decimal {
	amount, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return amount
}

func (n *StatusNews) add(move StatusMove) {
	n.Total++
	switch move.Event {
	case "delisted":
		n.Delisted++
	case "relisted":
		n.Relisted++
	default:
		n.Changed++
	}
	if len(n.Top) < TopNews {
		n.Top = append(n.Top, move)
	}
}

// mostRunes bounds each text of a message that a provider wrote.
const mostRunes = 200

func clipNews(text string) string {
	if utf8.RuneCountInString(text) <= mostRunes {
		return text
	}
	return string([]rune(text)[:mostRunes-1]) + "…"
}
