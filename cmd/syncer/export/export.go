// Package export writes a view of schema bi as a file: CSV, or a workbook for
// spreadsheets. Nothing else knows of workbooks.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"syncer/store"
	"syncer/store/report"
)

// Format is how a file is written.
type Format string

// The formats. CSVWithMark is CSV that begins with ByteOrderMark.
const (
	CSV         Format = "csv"
	CSVWithMark Format = "csv with byte order mark"
	Workbook    Format = "xlsx"
)

// Options are what is written, and how.
type Options struct {
	View   string // of schema bi
	Format Format
	Filter report.Filter
	// Columns, if not nil, is called with the view's columns before the first
	// row is written.
	Columns func([]report.Column)
}

// sheet is a file being written: a head, rows, and an end.
type sheet interface {
	head([]report.Column) error
	row([]*string) error
	end() error
}

// Write writes the rows of a view. It is report.ErrNotFound where there is no
// such view, and report.ErrFilter where the filter does not fit it.
func Write(ctx context.Context, opened *store.Store, w io.Writer, o Options) error {
	file, err := newSheet(w, o)
	if err != nil {
		return err
	}
	head := func(columns []report.Column) error {
		if o.Columns != nil {
			o.Columns(columns)
		}
		return file.head(columns)
	}
	return errors.Join(opened.Report.Export(ctx, o.View, o.Filter, head, file.row), file.end())
}

func newSheet(w io.Writer, o Options) (sheet, error) {
	switch o.Format {
	case Workbook:
		return newWorkbook(w, o.View)
	case CSVWithMark:
		if _, err := io.WriteString(w, ByteOrderMark); err != nil {
			return nil, err
		}
	}
	return newCSV(w), nil
}

// Replace gives write a file that takes the name path when it is whole; until
// then, and after an error, what stood there stays.
func Replace(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".unfinished-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
