package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"syncer/store/outbox"
)

// digestData is the data of a digest.
type digestData struct {
	Rule     string      `json:"rule"`
	From     time.Time   `json:"from"` // when the first of its news came
	To       time.Time   `json:"to"`   // and the last
	News     int         `json:"news"` // how many messages it stands for
	Lists    []string    `json:"lists"`
	Prices   *PriceNews  `json:"price_changes,omitempty"`
	Statuses *StatusNews `json:"status_changes,omitempty"`
	Doubts   *DoubtNews  `json:"doubts,omitempty"`
	Held     *heldNews   `json:"held,omitempty"`
	// Retracted are what persons took back, or restored, the newest last.
	Retracted *retractedNews `json:"retracted,omitempty"`
	Stale     *staleNews     `json:"stale,omitempty"`
	Link      string         `json:"link,omitempty"`
}

// heldNews are the snapshots that were held, the newest last.
type heldNews struct {
	Total int        `json:"total"`
	Top   []listHeld `json:"top"`
}

type listHeld struct {
	List    string    `json:"list"`
	TakenAt time.Time `json:"taken_at"`
	HeldFor string    `json:"held_for"`
	Decide  []string  `json:"decide"`
}

type retractedNews struct {
	Total int             `json:"total"`
	Top   []listRetracted `json:"top"`
}

type listRetracted struct {
	List    string    `json:"list"`
	TakenAt time.Time `json:"taken_at"`
	DecisionNews
}

// staleNews are the lists that became stale.
type staleNews struct {
	Total int         `json:"total"`
	Top   []listStale `json:"top"`
}

type listStale struct {
	List         string    `json:"list"`
	LastSnapshot time.Time `json:"last_snapshot_at,omitzero"`
}

// digestOf puts news together: all are counted, of each kind the ten that went
// farthest or came last are named.
func digestOf(d outbox.Delivery, all []News, pageURL string) Message {
	data := digestData{Rule: d.Rule, News: len(all), Link: pageURL, From: all[0].At, To: all[0].At}
	for _, news := range all {
		data.add(news)
	}
	slices.Sort(data.Lists)
	data.Lists = slices.Compact(data.Lists)
	if data.Prices != nil {
		data.Prices.Top = farthest(data.Prices.Top, mostNamed)
	}
	return Message{Type: TypeDigest, Timestamp: d.CreatedAt, Data: data, Text: textOf(pageURL, data.text())}
}

func (d *digestData) add(news News) {
	d.Lists = append(d.Lists, news.List)
	if news.At.Before(d.From) {
		d.From = news.At
	}
	if news.At.After(d.To) {
		d.To = news.At
	}
	if news.Kind == outbox.Retracted { // whose changes are none of those of the others
		if d.Retracted == nil {
			d.Retracted = &retractedNews{}
		}
		d.Retracted.Total++
		d.Retracted.Top = newest(append(d.Retracted.Top, listRetracted{news.List, news.TakenAt, *news.Decision}))
		return
	}
	d.addPrices(news.Prices)
	d.addStatuses(news.Statuses)
	d.addDoubts(news.Doubts)
	switch news.Kind {
	case outbox.Held:
		if d.Held == nil {
			d.Held = &heldNews{}
		}
		d.Held.Total++
		d.Held.Top = newest(append(d.Held.Top, listHeld{news.List, news.TakenAt, news.HeldFor, decisions(news)}))
	case outbox.Stale:
		if d.Stale == nil {
			d.Stale = &staleNews{}
		}
		d.Stale.Total++
		d.Stale.Top = newest(append(d.Stale.Top, listStale{news.List, news.LastSnapshot}))
	}
}

func (d *digestData) addPrices(news *PriceNews) {
	if news == nil {
		return
	}
	if d.Prices == nil {
		d.Prices = &PriceNews{}
	}
	d.Prices.Total, d.Prices.Up, d.Prices.Down = d.Prices.Total+news.Total, d.Prices.Up+news.Up, d.Prices.Down+news.Down
	d.Prices.Top = append(d.Prices.Top, news.Top...)
}

func (d *digestData) addStatuses(news *StatusNews) {
	if news == nil {
		return
	}
	if d.Statuses == nil {
		d.Statuses = &StatusNews{}
	}
	sum := d.Statuses
	sum.Total, sum.Delisted, sum.Relisted, sum.Changed = sum.Total+news.Total, sum.Delisted+news.Delisted, sum.Relisted+news.Relisted, sum.Changed+news.Changed
	sum.Top = newest(append(sum.Top, news.Top...))
}

func (d *digestData) addDoubts(news *DoubtNews) {
	if news == nil {
		return
	}
	if d.Doubts == nil {
		d.Doubts = &DoubtNews{}
	}
	sum := d.Doubts
	sum.Total, sum.Began, sum.Confirmed = sum.Total+news.Total, sum.Began+news.Began, sum.Confirmed+news.Confirmed
	sum.Top = newest(append(sum.Top, news.Top...))
}

// newest keeps the last of all, as many as a message names.
func newest[T any](all []T) []T { return all[max(len(all)-mostNamed, 0):] }

func (d *digestData) text() string {
	lines := []string{fmt.Sprintf("%s: %s of %s, from %s to %s UTC.", d.Rule, many(d.News, "message", "messages"), many(len(d.Lists), "list", "lists"),
		d.From.Format(moments), d.To.Format(moments))}
	name := named
	if len(d.Lists) > 1 {
		name = namedWithList
	}
	lines = append(lines, priceLines(d.Prices, name)...)
	lines = append(lines, statusLines(d.Statuses, name)...)
	lines = append(lines, doubtLines(d.Doubts, name)...)
	if d.Retracted != nil {
		lines = append(lines, many(d.Retracted.Total, "decision about what was history:", "decisions about what was history:"))
		for _, decided := range d.Retracted.Top {
			lines = append(lines, "• "+headline(News{Kind: outbox.Retracted, List: decided.List, TakenAt: decided.TakenAt, Decision: &decided.DecisionNews}))
		}
	}
	if d.Held != nil {
		lines = append(lines, many(d.Held.Total, "snapshot was held:", "snapshots were held:"))
		for _, held := range d.Held.Top {
			lines = append(lines, fmt.Sprintf("• %s of %s UTC: %s. Decide: %s", held.List, held.TakenAt.Format(moments), plain(held.HeldFor), held.Decide[0]))
		}
	}
	if d.Stale != nil {
		lines = append(lines, many(d.Stale.Total, "list became stale:", "lists became stale:"))
		for _, stale := range d.Stale.Top {
			lines = append(lines, "• "+staleText(stale.List, stale.LastSnapshot))
		}
	}
	return strings.Join(lines, "\n")
}
