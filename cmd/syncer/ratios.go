package main

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// ratioLine counts the prices whose new amount is at least From times, and
// less than To times, the old one.
type ratioLine struct {
	From  string `json:"from"`
	To    string `json:"to"` // "" for no end
	Count int    `json:"count"`
}

// ratios is a histogram of how prices move: by factors, for a change of unit
// or currency that nobody named shows as one peak far from 1.
func ratios(all []store.Repricing) []ratioLine {
	edges := []string{"0", "0.01", "0.1", "0.5", "0.8", "0.95", "1", "1.05", "1.25", "2", "10", "100", ""}
	lines := make([]ratioLine, len(edges)-1)
	for i := range lines {
		lines[i] = ratioLine{From: edges[i], To: edges[i+1]}
	}
	for _, one := range all {
		if !one.From.IsPositive() {
			continue // from nothing, there is no factor
		}
		ratio := one.To.DivRound(one.From, 12)
		for i := range lines {
			if lines[i].To == "" || ratio.LessThan(decimal.RequireFromString(lines[i].To)) {
				lines[i].Count++
				break
			}
		}
	}
	return lines
}

const ratioBar = 40

func showRatios(screen terminal.Screen, lines []ratioLine) {
	most := 1
	for _, one := range lines {
		most = max(most, one.Count)
	}
	for _, one := range lines {
		if one.Count == 0 {
			continue
		}
		span := "from " + one.From
		if one.To != "" {
			span = one.From + " to " + one.To
		}
		bar := strings.Repeat("█", max(1, one.Count*ratioBar/most))
		fmt.Fprintf(screen, "    %-12s %s %s\n", span, bar, terminal.Count(one.Count))
	}
}
