package terminal

import (
	"fmt"
	"strings"
)

// Table is a table with a head.
type Table struct {
	Head []string
	// Right names the columns that are aligned to the right, as numbers are. They
	// are never shortened: a number that is cut is another number.
	Right []int
	// Lead is how many of the first columns go to a line of their own, and how many
	// of the next to another, above the rows that have them in common, where a row
	// does not fit a line.
	Lead []int
	Rows [][]Cell
}

// Cell is one text of a table and how it is marked.
type Cell struct {
	Text  string
	Style Style
}

// Add appends a row of plain cells.
func (t *Table) Add(texts ...string) {
	row := make([]Cell, len(texts))
	for i, text := range texts {
		row[i] = Cell{Text: text}
	}
	t.Rows = append(t.Rows, row)
}

// Show writes the table with two blanks between columns. On a terminal where a
// row does not fit a line the first columns go above, if they may, and then the
// widest column gives way.
func (t *Table) Show(screen Screen) error {
	if screen.Width > 0 {
		if lines := t.lines(screen); lines > 0 {
			return t.showLed(screen, lines)
		}
	}
	widths := t.widths()
	t.shrink(widths, screen.Width)
	for _, row := range append([][]Cell{styled(t.Head)}, t.Rows...) {
		if _, err := fmt.Fprintln(screen, t.line(screen, row, widths)); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) widths() []int {
	widths := make([]int, len(t.Head))
	for i, text := range t.Head {
		widths[i] = Columns(text)
	}
	for _, row := range t.Rows {
		for i, cell := range row {
			widths[i] = max(widths[i], Columns(Clean(cell.Text)))
		}
	}
	return widths
}

const gap, narrowest = 2, 8

// total is how long a row is.
func total(widths []int) int {
	all := gap * (len(widths) - 1)
	for _, w := range widths {
		all += w
	}
	return all
}

func (t *Table) shrink(widths []int, line int) {
	for over := total(widths) - line; line > 0 && over > 0; over-- {
		widest := -1
		for i, w := range widths {
			if w > narrowest && !t.right(i) && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

func (t *Table) line(screen Screen, row []Cell, widths []int) string {
	var out strings.Builder
	for i, cell := range row {
		text := pad(Clip(Clean(cell.Text), widths[i]), widths[i], t.right(i))
		if i == len(row)-1 {
			text = strings.TrimRight(text, " ")
		}
		if i > 0 {
			out.WriteString(strings.Repeat(" ", gap))
		}
		out.WriteString(screen.Paint(cell.Style, text))
	}
	return strings.TrimRight(out.String(), " ")
}

func (t *Table) right(column int) bool {
	for _, right := range t.Right {
		if right == column {
			return true
		}
	}
	return false
}
