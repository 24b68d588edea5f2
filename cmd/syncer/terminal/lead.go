package terminal

import (
	"fmt"
	"slices"
	"strings"
)

const indent = "  "

// lines is how many lines above the rows are needed for a row to fit: none, one
// for each group of Lead, or as many as there are.
func (t *Table) lines(screen Screen) int {
	for n := range t.Lead {
		if rest := t.without(n); total(rest.widths())+n*len(indent) <= screen.Width {
			return n
		}
	}
	return len(t.Lead)
}

// without is the table without the columns of the first groups of Lead.
func (t *Table) without(groups int) Table {
	first := 0
	for _, columns := range t.Lead[:groups] {
		first += columns
	}
	rest := Table{Head: t.Head[first:]}
	for _, right := range t.Right {
		rest.Right = append(rest.Right, right-first)
	}
	for _, row := range t.Rows {
		rest.Rows = append(rest.Rows, row[first:])
	}
	return rest
}

// showLed writes the first groups of columns on lines of their own, and under
// them the rows that have them in common.
func (t *Table) showLed(screen Screen, groups int) error {
	rest := t.without(groups)
	widths, deep := rest.widths(), strings.Repeat(indent, groups)
	rest.shrink(widths, screen.Width-len(deep))
	above := []Cell(nil)
	for _, row := range append([][]Cell{styled(t.Head)}, t.Rows...) {
		lead := row[:len(row)-len(rest.Head)]
		text := t.above(screen, groups, lead, above) + deep + rest.line(screen, row[len(lead):], widths)
		if _, err := fmt.Fprintln(screen, text); err != nil {
			return err
		}
		above = lead
	}
	return nil
}

// above are the lines for the groups that differ from those of the row before,
// and all within them.
func (t *Table) above(screen Screen, groups int, lead, before []Cell) string {
	var out strings.Builder
	last := 0
	for i, columns := range t.Lead[:groups] {
		first := last
		last += columns
		if len(before) > 0 && slices.Equal(lead[:last], before[:last]) {
			continue
		}
		deep := strings.Repeat(indent, i)
		out.WriteString(leading(screen, lead[first:last], deep) + "\n")
	}
	return out.String()
}

// leading is one group on a line, so deep. Only its last text gives way, to a
// line of its own where there is no room for it, and is left out where it says
// the one before it again: the others are whole, for they are to be copied.
func leading(screen Screen, cells []Cell, deep string) string {
	var out strings.Builder
	left := screen.Width
	for i, cell := range cells {
		text, before := Clean(cell.Text), deep
		switch {
		case i == 0:
		case text == "" || text == Clean(cells[i-1].Text):
			continue
		case i == len(cells)-1 && Columns(text) > left-gap && left-gap < narrowest:
			before, left = "\n"+deep, screen.Width
		default:
			before = strings.Repeat(" ", gap)
		}
		left -= Columns(before)
		if i > 0 && i == len(cells)-1 {
			text = Clip(text, left)
		}
		left -= Columns(text)
		out.WriteString(before + screen.Paint(cell.Style, text))
	}
	return out.String()
}

func styled(head []string) []Cell {
	cells := make([]Cell, len(head))
	for i, text := range head {
		cells[i] = Cell{Text: text, Style: Bold}
	}
	return cells
}
