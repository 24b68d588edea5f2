package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Point is an amount from a moment on. An absent amount is a gap: nothing was
// published then.
type Point struct {
	From   time.Time
	Amount *decimal.Decimal
}

// Chart draws amounts over time as steps, because a price holds until it
// changes. Points are in time order; the last one lasts until End.
type Chart struct {
	Title         string
	Points        []Point
	End           time.Time
	Width, Height int // cells of the drawing without its labels
	Zone          *time.Location
}

// Show writes the chart; without any amount it says so.
func (c Chart) Show(screen Screen) error {
	low, high, any := c.extent()
	if !any || c.Width < 2 || c.Height < 2 {
		_, err := fmt.Fprintf(screen, "%s: no amount\n", Clean(c.Title))
		return err
	}
	rows := c.draw(low, high)
	top, bottom := Amount(high), Amount(low)
	margin := max(Columns(top), Columns(bottom))
	var out strings.Builder
	fmt.Fprintln(&out, screen.Paint(Bold, Clean(c.Title)))
	for i, row := range rows {
		label := ""
		switch {
		case i == 0:
			label = top
		case i == len(rows)-1 && !low.Equal(high):
			label = bottom
		}
		fmt.Fprintf(&out, "%s |%s\n", pad(label, margin, true), strings.TrimRight(string(row), " "))
	}
	fmt.Fprintf(&out, "%s +%s\n%s  %s\n", pad("", margin, true), strings.Repeat("-", c.Width), pad("", margin, true), c.dates())
	_, err := fmt.Fprint(screen, out.String())
	return err
}

func (c Chart) extent() (low, high decimal.Decimal, any bool) {
	for _, point := range c.Points {
		if point.Amount == nil {
			continue
		}
		if !any {
			low, high, any = *point.Amount, *point.Amount, true
		}
		low, high = decimal.Min(low, *point.Amount), decimal.Max(high, *point.Amount)
	}
	return low, high, any
}

// draw fills each column with the amount that was valid there.
func (c Chart) draw(low, high decimal.Decimal) [][]rune {
	rows := make([][]rune, c.Height)
	for i := range rows {
		rows[i] = []rune(strings.Repeat(" ", c.Width))
	}
	before := -1
	for x := range c.Width {
		amount := c.at(x)
		if amount == nil {
			before = -1
			continue
		}
		y := c.row(*amount, low, high)
		rows[y][x] = '\u2500'
		if before >= 0 && before != y {
			riser(rows, x, before, y)
		}
		before = y
	}
	return rows
}

// riser joins two levels in the column where the amount changes.
func riser(rows [][]rune, x, from, to int) {
	for y := min(from, to); y <= max(from, to); y++ {
		rows[y][x] = '\u2502'
	}
	if from < to { // down: row 0 is the top
		rows[from][x], rows[to][x] = '\u2510', '\u2514'
		return
	}
	rows[from][x], rows[to][x] = '\u2518', '\u250c'
}

// at is the amount at the end of a column's span, so that a change shows in
// the column it falls into and the newest amount is always seen.
func (c Chart) at(x int) *decimal.Decimal {
	start := c.Points[0].From
	span := c.End.Sub(start)
	moment := start.Add(time.Duration(float64(span) * float64(x+1) / float64(c.Width)))
	var amount *decimal.Decimal
	for _, point := range c.Points {
		if !point.From.Before(moment) && !point.From.Equal(start) {
			break
		}
		amount = point.Amount
	}
	return amount
}

func (c Chart) row(amount, low, high decimal.Decimal) int {
	if low.Equal(high) {
		return 0
	}
	share, _ := amount.Sub(low).Div(high.Sub(low)).Float64() // a place on the screen, not money
	return c.Height - 1 - int(share*float64(c.Height-1)+0.5)
}

func (c Chart) dates() string {
	const day = "2006-01-02"
	first, last := c.Points[0].From.In(c.Zone).Format(day), c.End.In(c.Zone).Format(day)
	return first + pad(last, max(c.Width-len(first), len(last)+1), true)
}
