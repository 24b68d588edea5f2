package terminal

import (
	"fmt"
	"strings"
)

// Table is a table with a head.
type Table struct {
	Head []string
	// Right names the columns that are aligned to the right, as numbers are.
	Right []int
	Rows  [][]Cell
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

// Show writes the table with two blanks between columns. On a terminal the
// widest column gives way until a row fits a line.
func (t *Table) Show(screen Screen) error {
	widths := t.widths()
	shrink(widths, screen.Width)
	head := make([]Cell, len(t.Head))
	for i, text := range t.Head {
		head[i] = Cell{Text: text, Style: Bold}
	}
	for _, row := range append([][]Cell{head}, t.Rows...) {
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

func shrink(widths []int, line int) {
	total := gap * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for line > 0 && total > line {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			return
		}
		widths[widest]--
		total--
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
