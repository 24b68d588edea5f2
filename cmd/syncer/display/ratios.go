package display

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/cmd/syncer/terminal"
	"syncer/store/delta"
)

// Ratio counts the prices whose new amount is at least From times, and
// less than To times, the old ratio.
type Ratio struct {
	From  string `json:"from"`
	To    string `json:"to"` // "" for no end
	Count int    `json:"count"`
}

// Ratios is a histogram of how prices move: by factors, for a change of unit
// or currency that nobody named shows as one peak far from 1.
func Ratios(all []delta.Repricing) []Ratio {
	edges := []string{"0", "0.01", "0.1", "0.5", "0.8", "0.95", "1", "1.05", "1.25", "2", "10", "100", ""}
	lines := make([]Ratio, len(edges)-1)
	for i := range lines {
		lines[i] = Ratio{From: edges[i], To: edges[i+1]}
	}
	for _, price := range all {
		if !price.From.IsPositive() {
			continue // from nothing, there is no factor
		}
		ratio := price.To.DivRound(price.From, 12)
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

// ShowRatios draws a histogram without its empty lines.
func ShowRatios(screen terminal.Screen, lines []Ratio) {
	most := 1
	for _, ratio := range lines {
		most = max(most, ratio.Count)
	}
	for _, ratio := range lines {
		if ratio.Count == 0 {
			continue
		}
		span := "from " + ratio.From
		if ratio.To != "" {
			span = ratio.From + " to " + ratio.To
		}
		bar := strings.Repeat("█", max(1, ratio.Count*ratioBar/most))
		fmt.Fprintf(screen, "    %-12s %s %s\n", span, bar, terminal.Count(ratio.Count))
	}
}
