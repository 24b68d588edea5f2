package export

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"syncer/store/report"
)

// Limits of a workbook (learn.microsoft.com, Excel specifications and limits).
const (
	sheetRows      = 1_048_576
	cellCharacters = 32_767
	sheetName      = 31
)

// errSheetFull is more than a worksheet holds; CSV has no such bound.
var errSheetFull = fmt.Errorf("more than %d rows: take --format csv, or a filter", sheetRows-1)

// workbook is an .xlsx with one worksheet: a head that stays in sight, and rows
// that are written as they come. Texts are stored as texts, so that none is a
// formula.
type workbook struct {
	target  io.Writer
	file    *excelize.File
	stream  *excelize.StreamWriter
	name    string // of the worksheet
	styles  cellStyles
	columns []report.Column
	exact   []bool // whether the text of a number stands beside it
	rows    int
	// measured are the first rows, by which columns are made so wide: widths come
	// before rows in the file. It is nil as soon as they are written.
	measured [][]any
}

func newWorkbook(w io.Writer, view string) (*workbook, error) {
	file := excelize.NewFile()
	b := &workbook{target: w, file: file, name: view[:min(len(view), sheetName)], measured: [][]any{}}
	if err := b.begin(); err != nil {
		return nil, fmt.Errorf("begin workbook: %w", err)
	}
	return b, nil
}

func (b *workbook) begin() (err error) {
	if err := b.file.SetSheetName("Sheet1", b.name); err != nil {
		return err
	}
	if b.styles, err = newCellStyles(b.file); err != nil {
		return err
	}
	b.stream, err = b.file.NewStreamWriter(b.name)
	return err
}

// head names the columns. Every number that has no exact text in the view gets
// one.
func (b *workbook) head(columns []report.Column) error {
	named := make(map[string]bool)
	for _, column := range columns {
		named[column.Name] = true
	}
	b.columns, b.exact = columns, make([]bool, len(columns))
	var cells []any
	for i, column := range columns {
		cells = append(cells, column.Name)
		if b.exact[i] = column.Kind == report.NumberColumn && !named[column.Name+"_text"]; b.exact[i] {
			cells = append(cells, column.Name+"_text")
		}
	}
	return b.write(cells)
}

func (b *workbook) row(values []*string) error {
	var cells []any
	for i, value := range values {
		cell, err := b.styles.cell(b.columns[i], value)
		if err != nil {
			return err
		}
		cells = append(cells, cell)
		if b.exact[i] && value != nil {
			cells = append(cells, *value)
		} else if b.exact[i] {
			cells = append(cells, nil)
		}
	}
	return b.write(cells)
}

func (b *workbook) write(cells []any) error {
	if b.measured == nil {
		return b.put(cells)
	}
	if b.measured = append(b.measured, cells); len(b.measured) <= rowsMeasured {
		return nil
	}
	return b.release()
}

// release writes what was kept to be measured, once.
func (b *workbook) release() error {
	if b.measured == nil {
		return nil
	}
	for i, cells := range widthsOf(b.measured) {
		if err := b.stream.SetColWidth(i+1, i+1, cells); err != nil {
			return err
		}
	}
	err := b.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	for i, cells := range b.measured {
		if i == 0 {
			err = errors.Join(err, b.put(cells, excelize.RowOpts{StyleID: b.styles.head}))
		} else if err == nil {
			err = b.put(cells)
		}
	}
	b.measured = nil
	return err
}

func (b *workbook) put(cells []any, options ...excelize.RowOpts) error {
	b.rows++
	if b.rows > sheetRows {
		return errSheetFull
	}
	return b.stream.SetRow("A"+strconv.Itoa(b.rows), cells, options...)
}

func (b *workbook) end() error {
	if err := errors.Join(b.release(), b.filter(), b.stream.Flush()); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	_, err := b.file.WriteTo(b.target)
	return errors.Join(err, b.file.Close())
}

// filter puts the arrows beside the names of the columns; how far they reach
// is known at the end.
func (b *workbook) filter() error {
	width := len(b.columns)
	for _, also := range b.exact {
		if also {
			width++
		}
	}
	last, err := excelize.CoordinatesToCellName(max(width, 1), max(b.rows, 1))
	if err != nil {
		return err
	}
	return b.file.AutoFilter(b.name, "A1:"+last, nil)
}
