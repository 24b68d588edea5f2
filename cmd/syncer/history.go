package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
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
	return s.reading(func(opened *store.Store, zone *time.Location) error {
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
	labels := labelled(history.Prices, func(v *report.PriceVersion) (string, catalog.PriceIdentity) { return "", v.Price() })
	table := terminal.Table{Head: []string{"PRICE", "FROM", "TO", "AMOUNT", "", "TAX"}, Right: []int{3}, Lead: []int{1}}
	for i, p := range history.Prices {
		table.Add(labels[i], terminal.Moment(&p.From, zone), terminal.Moment(p.To, zone), money(p.Amount), p.Currency, p.TaxBasis)
	}
	var all error
	if len(table.Rows) > 0 {
		all = errors.Join(table.Show(screen), line(screen))
	}
	if len(history.Contract) > 0 {
		all = errors.Join(all, showContract(screen, history.Contract, zone))
	} else {
		all = errors.Join(all, showEvents(screen, history.Statuses, zone))
	}
	for _, chart := range chartsOf(history.Prices, labels, now, zone) {
		all = errors.Join(all, line(screen), chart.Show(screen))
	}
	return all
}

func showEvents(screen terminal.Screen, events []report.StatusChange, zone *time.Location) error {
	table := terminal.Table{Head: []string{"WHEN", "ASPECT", "ZONE", "EVENT", "FROM", "TO"}}
	for _, e := range events {
		table.Add(terminal.Moment(&e.ChangedAt, zone), e.Aspect, dash(e.Zone), e.Event, dash(e.From), dash(e.To))
		table.Rows[len(table.Rows)-1][3].Style = eventStyle(e.Event)
	}
	return table.Show(screen)
}

func showContract(screen terminal.Screen, versions []report.ContractVersion, zone *time.Location) error {
	table := terminal.Table{Head: []string{"FROM", "TO", "NAME", "TYPE", "STATUS", "ENDS"}, Lead: []int{2}}
	for _, v := range versions {
		table.Add(terminal.Moment(&v.From, zone), terminal.Moment(v.To, zone), v.Name, dash(v.Type), dash(v.Status), terminal.Moment(v.Ends, zone))
	}
	return table.Show(screen)
}

func line(screen terminal.Screen) error {
	_, err := fmt.Fprintln(screen)
	return err
}

// chartsOf draws every price that had more than one amount, under its label.
func chartsOf(prices []report.PriceVersion, labels []string, end time.Time, zone *time.Location) []terminal.Chart {
	var charts []terminal.Chart
	for from := 0; from < len(prices); {
		to := from + 1
		for to < len(prices) && prices[from].Price() == prices[to].Price() {
			to++
		}
		if to-from > 1 {
			charts = append(charts, chartOf(prices[from:to], labels[from], end, zone))
		}
		from = to
	}
	return charts
}

func chartOf(versions []report.PriceVersion, label string, end time.Time, zone *time.Location) terminal.Chart {
	chart := terminal.Chart{
		Title: fmt.Sprintf("%s, %s", label, versions[0].Currency),
		End:   end, Width: 64, Height: 8, Zone: zone,
	}
	for i, v := range versions {
		amount, err := decimal.NewFromString(v.Amount)
		if err != nil {
			continue // the store's amounts are numbers; a chart is no place to fail
		}
		chart.Points = append(chart.Points, terminal.Point{From: v.From, Amount: &amount})
		gone := v.To != nil && (i+1 == len(versions) || versions[i+1].From.After(*v.To))
		if gone {
			chart.Points = append(chart.Points, terminal.Point{From: *v.To})
		}
	}
	return chart
}
