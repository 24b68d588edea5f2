package display

import (
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/terminal"
	"syncer/store/report"
)

// PriceChanges shows changes of prices in their order, or that there are none.
func PriceChanges(screen terminal.Screen, changes []report.PriceChange, zone *time.Location) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(screen, "No price changes.")
		return err
	}
	table := terminal.Table{
		Head:  []string{"WHEN", "LIST", "KEY", "PRODUCT", "PRICE", "FROM", "TO", "", "CHANGE", "KIND"},
		Right: []int{5, 6, 8}, Lead: []int{2, 2},
	}
	labels := PriceLabels(changes, func(c *report.PriceChange) (string, catalog.PriceIdentity) {
		return c.List.String() + " " + c.Key, c.Price()
	})
	for i, c := range changes {
		table.Add(terminal.Moment(&c.ChangedAt, zone), c.List.String(), c.Key, c.Name, labels[i],
			Money(c.From), Money(c.To), c.Currency, percent(c.Percent), c.Change)
		table.Rows[len(table.Rows)-1][9].Style = changeStyle(c.Change)
	}
	return table.Show(screen)
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

// StatusChanges shows changes of statuses in their order, or that there are none.
func StatusChanges(screen terminal.Screen, changes []report.StatusChange, zone *time.Location) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(screen, "No status changes.")
		return err
	}
	table := terminal.Table{Head: []string{"WHEN", "LIST", "KEY", "PRODUCT", "ZONE", "EVENT", "FROM", "TO"}, Lead: []int{2, 2}}
	for _, c := range changes {
		table.Add(terminal.Moment(&c.ChangedAt, zone), c.List.String(), c.Key, c.Name, zoneWord(c), c.Event, terminal.Dash(c.From), terminal.Dash(c.To))
		table.Rows[len(table.Rows)-1][5].Style = EventStyle(c.Event)
	}
	return table.Show(screen)
}

// zoneWord is where a status changed; a second status says what it is of.
func zoneWord(c report.StatusChange) string {
	switch {
	case c.Zone != "":
		return c.Zone
	case c.Aspect != "status":
		return "(" + c.Aspect + ")"
	}
	return "-"
}

// EventStyle marks an event of a status.
func EventStyle(event string) terminal.Style {
	switch event {
	case "appeared", "relisted":
		return terminal.Good
	case "delisted":
		return terminal.Bad
	}
	return terminal.Warn
}
