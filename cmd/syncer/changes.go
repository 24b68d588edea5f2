package main

import (
	"errors"
	"fmt"
	"time"

	"syncer/cmd/syncer/display"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
	"syncer/store/report"
)

// changesCommand is `syncer changes`.
type changesCommand struct {
	Since string `help:"Only changes since then: a duration such as 72h, a date or an RFC 3339 time." default:"720h"`
	Most  int    `help:"Only the newest, so many of each kind." default:"200"`
	JSON  bool   `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer changes --help`.
func (changesCommand) Help() string {
	return `Shows bi.price_changes and bi.product_status_changes in time order, the newest of them last; where --most leaves some out, a line says so, and --json has their number in "totals". What stood in a list's first snapshot is no change. LIST and KEY are what syncer history takes.`
}

// changesJSON is what --json writes.
type changesJSON struct {
	Prices   []report.PriceChange  `json:"price_changes"`
	Statuses []report.StatusChange `json:"status_changes"`
	Totals   changeTotals          `json:"totals"`
}

// changeTotals is how many changes there are, those that --most leaves out too.
type changeTotals struct {
	Prices   int `json:"price_changes"`
	Statuses int `json:"status_changes"`
}

// Run shows the changes.
func (c *changesCommand) Run(s *session) error {
	since, err := sinceMoment(c.Since, s.Now())
	if err != nil {
		return usageError{err}
	}
	if c.Most < 1 {
		return usageError{errors.New("--most: want a number from 1 on")}
	}
	return s.look(func(opened *store.Store, zone *time.Location) error {
		found, err := c.read(s, opened, since)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.showJSON(found)
		}
		return errors.Join(
			display.PriceChanges(s.screen, found.Prices, zone), leftOut(s.screen, len(found.Prices), found.Totals.Prices, "price changes"),
			s.screen.Line(),
			display.StatusChanges(s.screen, found.Statuses, zone), leftOut(s.screen, len(found.Statuses), found.Totals.Statuses, "status changes"))
	})
}

// read reads the newest changes. They are counted only where there may be more.
func (c *changesCommand) read(s *session, opened *store.Store, since time.Time) (found changesJSON, err error) {
	if found.Prices, err = opened.Report.PriceChanges(s.ctx, since, c.Most); err != nil {
		return found, err
	}
	if found.Statuses, err = opened.Report.StatusChanges(s.ctx, since, c.Most); err != nil {
		return found, err
	}
	found.Totals = changeTotals{len(found.Prices), len(found.Statuses)}
	if found.Totals.Prices == c.Most {
		if found.Totals.Prices, err = opened.Report.PriceChangeCount(s.ctx, since); err != nil {
			return found, err
		}
	}
	if found.Totals.Statuses == c.Most {
		found.Totals.Statuses, err = opened.Report.StatusChangeCount(s.ctx, since)
	}
	return found, err
}

// leftOut says what is not shown.
func leftOut(screen terminal.Screen, shown, total int, what string) error {
	if total <= shown {
		return nil
	}
	_, err := fmt.Fprintf(screen, "%s of %s %s are shown, the newest; --most shows more.\n", terminal.Count(shown), terminal.Count(total), what)
	return err
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
