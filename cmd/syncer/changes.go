package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// changesCommand is `syncer changes`.
type changesCommand struct {
	Since string `help:"Only changes since then: a duration such as 72h, a date or an RFC 3339 time." default:"720h"`
	Most  int    `help:"At most so many of each kind." default:"200"`
	JSON  bool   `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer changes --help`.
func (changesCommand) Help() string {
	return `Shows bi.price_changes and bi.product_status_changes, oldest first. What stood in a list's first snapshot is no change.`
}

// changesJSON is what --json writes.
type changesJSON struct {
	Prices   []store.PriceChange  `json:"price_changes"`
	Statuses []store.StatusChange `json:"status_changes"`
}

// Run shows the changes.
func (c *changesCommand) Run(s *session) error {
	since, err := sinceMoment(c.Since, s.Now())
	if err != nil {
		return usageError{err}
	}
	return s.reading(func(opened *store.Store, zone *time.Location) error {
		prices, err := opened.PriceChanges(s.ctx, since, c.Most)
		if err != nil {
			return err
		}
		statuses, err := opened.StatusChanges(s.ctx, since, c.Most)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.showJSON(changesJSON{prices, statuses})
		}
		return errors.Join(showPriceChanges(s.screen, prices, zone), showStatusChanges(s.screen, statuses, zone))
	})
}

// sinceMoment reads a duration before now, a date or a moment.
func sinceMoment(text string, now time.Time) (time.Time, error) {
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("--since %q: want a duration such as 72h, a date such as 2026-01-31 or an RFC 3339 time", text)
}

func showPriceChanges(screen terminal.Screen, changes []store.PriceChange, zone *time.Location) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(screen, "No price changes.")
		return err
	}
	table := terminal.Table{
		Head:  []string{"WHEN", "LIST", "PRODUCT", "PRICE", "FROM", "TO", "", "CHANGE", "KIND"},
		Right: []int{4, 5, 7},
	}
	for _, c := range changes {
		table.Add(terminal.Moment(&c.ChangedAt, zone), c.List.String(), c.Name, priceWords(c.Variant, c.Unit),
			money(c.From), money(c.To), c.Currency, percent(c.Percent), c.Change)
		table.Rows[len(table.Rows)-1][8].Style = changeStyle(c.Change)
	}
	return table.Show(screen)
}

func priceWords(variant, unit string) string {
	return strings.Trim(variant+" / "+unit, " /")
}

func percent(text string) string {
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "-"):
		return text + " %"
	}
	return "+" + text + " %"
}

// money writes an exact amount with thousands separated; "" for none.
func money(text string) string {
	amount, err := decimal.NewFromString(text)
	if err != nil {
		return "-"
	}
	return terminal.Amount(amount)
}

func changeStyle(kind string) terminal.Style {
	switch kind {
	case "raised":
		return terminal.Bad
	case "lowered":
		return terminal.Good
	}
	return terminal.Warn
}

func showStatusChanges(screen terminal.Screen, changes []store.StatusChange, zone *time.Location) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(screen, "No status changes.")
		return err
	}
	table := terminal.Table{Head: []string{"WHEN", "LIST", "PRODUCT", "ZONE", "EVENT", "FROM", "TO"}}
	for _, c := range changes {
		table.Add(terminal.Moment(&c.ChangedAt, zone), c.List.String(), c.Name, zoneWord(c), c.Event, dash(c.From), dash(c.To))
		table.Rows[len(table.Rows)-1][4].Style = eventStyle(c.Event)
	}
	return table.Show(screen)
}

// zoneWord is where a status changed; a second status says what it is of.
func zoneWord(c store.StatusChange) string {
	switch {
	case c.Zone != "":
		return c.Zone
	case c.Aspect != "status":
		return "(" + c.Aspect + ")"
	}
	return "-"
}

func eventStyle(event string) terminal.Style {
	switch event {
	case "appeared", "relisted":
		return terminal.Good
	case "delisted":
		return terminal.Bad
	}
	return terminal.Warn
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
