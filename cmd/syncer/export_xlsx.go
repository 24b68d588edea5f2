package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"syncer/store"
)

// Limits of a workbook (learn.microsoft.com, Excel specifications and limits).
const (
	sheetRows      = 1_048_576
	cellCharacters = 32_767
	sheetName      = 31
)

// errSheetFull is more than a worksheet holds; CSV has no such bound.
var errSheetFull = fmt.Errorf("more than %d rows: take --format csv, or a filter", sheetRows-1)

// workbook is an .xlsx with one worksheet. Texts are stored as texts, so that
// none is a formula.
type workbook struct {
	target  io.Writer
	file    *excelize.File
	stream  *excelize.StreamWriter
	columns []store.Column
	exact   []bool // whether the text of a number stands beside it
	rows    int
}

func newWorkbook(w io.Writer, view string) (*workbook, error) {
	file := excelize.NewFile()
	name := view[:min(len(view), sheetName)]
	if err := file.SetSheetName("Sheet1", name); err != nil {
		return nil, fmt.Errorf("begin workbook: %w", err)
	}
	stream, err := file.NewStreamWriter(name)
	if err != nil {
		return nil, fmt.Errorf("begin workbook: %w", err)
	}
	return &workbook{target: w, file: file, stream: stream}, nil
}

// head names the columns. Every number that has no exact text in the view gets
// one.
func (b *workbook) head(columns []store.Column) error {
	named := make(map[string]bool)
	for _, column := range columns {
		named[column.Name] = true
	}
	b.columns, b.exact = columns, make([]bool, len(columns))
	var cells []any
	for i, column := range columns {
		cells = append(cells, column.Name)
		if b.exact[i] = column.Kind == store.NumberColumn && !named[column.Name+"_text"]; b.exact[i] {
			cells = append(cells, column.Name+"_text")
		}
	}
	return b.write(cells)
}

func (b *workbook) row(values []*string) error {
	var cells []any
	for i, value := range values {
		cell, err := cellOf(b.columns[i], value)
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

func cellOf(column store.Column, value *string) (any, error) {
	if value == nil {
		return nil, nil // an empty cell
	}
	if column.Kind == store.NumberColumn {
		if number, err := strconv.ParseFloat(*value, 64); err == nil {
			return number, nil
		}
	}
	if len([]rune(*value)) > cellCharacters {
		return nil, fmt.Errorf("column %s: a text of more than %d characters fits no cell: take --format csv", column.Name, cellCharacters)
	}
	return *value, nil
}

func (b *workbook) write(cells []any) error {
	b.rows++
	if b.rows > sheetRows {
		return errSheetFull
	}
	return b.stream.SetRow("A"+strconv.Itoa(b.rows), cells)
}

func (b *workbook) end() error {
	if err := b.stream.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	_, err := b.file.WriteTo(b.target)
	return errors.Join(err, b.file.Close())
}
