package main

import (
	"errors"
	"time"

	"syncer/catalog"
	"syncer/cmd/syncer/display"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
	"syncer/store/report"
)

// historyCommand is `syncer history`.
type historyCommand struct {
	List string `arg:"" help:"SOURCE/LIST, such as iwinv/flavors."`
	Key  string `arg:"" help:"The provider's identifier of the product or contract."`
	JSON bool   `help:"Write JSON." name:"json"`
}

// Help is the longer text of `syncer history --help`.
func (historyCommand) Help() string {
	return `Shows everything that is known of one product or contract: its prices from when to when, its status changes, and a chart of each price that moved.`
}

// Run shows the history of one product.
func (c *historyCommand) Run(s *session) error {
	id, err := catalog.ParseListID(c.List)
	if err != nil {
		return usageError{err}
	}
	return s.look(func(opened *store.Store, zone *time.Location) error {
		history, err := opened.Report.ProductHistory(s.ctx, id, c.Key)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.showJSON(history)
		}
		return showHistory(s.screen, history, zone, s.Now())
	})
}

func showHistory(screen terminal.Screen, history report.ProductHistory, zone *time.Location, now time.Time) error {
	labels := display.PriceLabels(history.Prices, func(v *report.PriceVersion) (string, catalog.PriceIdentity) { return "", v.Price() })
	table := terminal.Table{Head: []string{"PRICE", "FROM", "TO", "AMOUNT", "", "TAX"}, Right: []int{3}, Lead: []int{1}}
	for i, p := range history.Prices {
		table.Add(labels[i], terminal.Moment(&p.From, zone), terminal.Moment(p.To, zone), display.Money(p.Amount), p.Currency, p.TaxBasis)
	}
	var all error
	if len(table.Rows) > 0 {
		all = errors.Join(table.Show(screen), screen.Line())
	}
	if len(history.Contract) > 0 {
		all = errors.Join(all, showContract(screen, history.Contract, zone))
	} else {
		all = errors.Join(all, showEvents(screen, history.Statuses, zone))
	}
	for _, chart := range display.Charts(history.Prices, labels, now, zone) {
		all = errors.Join(all, screen.Line(), chart.Show(screen))
	}
	return all
}

func showEvents(screen terminal.Screen, events []report.StatusChange, zone *time.Location) error {
	table := terminal.Table{Head: []string{"WHEN", "ASPECT", "ZONE", "EVENT", "FROM", "TO"}}
	for _, e := range events {
		table.Add(terminal.Moment(&e.ChangedAt, zone), e.Aspect, terminal.Dash(e.Zone), e.Event, terminal.Dash(e.From), terminal.Dash(e.To))
		table.Rows[len(table.Rows)-1][3].Style = display.EventStyle(e.Event)
	}
	return table.Show(screen)
}

func showContract(screen terminal.Screen, versions []report.ContractVersion, zone *time.Location) error {
	table := terminal.Table{Head: []string{"FROM", "TO", "NAME", "TYPE", "STATUS", "ENDS"}, Lead: []int{2}}
	for _, v := range versions {
		table.Add(terminal.Moment(&v.From, zone), terminal.Moment(v.To, zone), v.Name, terminal.Dash(v.Type), terminal.Dash(v.Status), terminal.Moment(v.Ends, zone))
	}
	return table.Show(screen)
}
