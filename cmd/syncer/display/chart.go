package display

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"syncer/cmd/syncer/terminal"
	"syncer/store/report"
)

// Charts draws every price that had more than one amount, under its label. The
// versions of a price follow each other; labels has one a version.
func Charts(prices []report.PriceVersion, labels []string, end time.Time, zone *time.Location) []terminal.Chart {
	var charts []terminal.Chart
	for from := 0; from < len(prices); {
		to := from + 1
		for to < len(prices) && prices[from].Price() == prices[to].Price() {
			to++
		}
		if to-from > 1 {
			charts = append(charts, chart(prices[from:to], labels[from], end, zone))
		}
		from = to
	}
	return charts
}

func chart(versions []report.PriceVersion, label string, end time.Time, zone *time.Location) terminal.Chart {
	drawn := terminal.Chart{
		Title: fmt.Sprintf("%s, %s", label, versions[0].Currency),
		End:   end, Width: 64, Height: 8, Zone: zone,
	}
	for i, v := range versions {
		amount, err := decimal.NewFromString(v.Amount)
		if err != nil {
			continue // the store's amounts are numbers; a chart is no place to fail
		}
		drawn.Points = append(drawn.Points, terminal.Point{From: v.From, Amount: &amount})
		gone := v.To != nil && (i+1 == len(versions) || versions[i+1].From.After(*v.To))
		if gone {
			drawn.Points = append(drawn.Points, terminal.Point{From: *v.To})
		}
	}
	return drawn
}
