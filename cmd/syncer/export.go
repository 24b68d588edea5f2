package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"syncer/store"
	"syncer/store/report"
)

// exportCommand is `syncer export`.
type exportCommand struct {
	View   string `arg:"" help:"A view of schema bi, such as price_changes."`
	Format string `help:"csv or xlsx (default: xlsx for a FILE that ends so, else csv)." enum:"csv,xlsx," default:"" placeholder:"FORMAT"`
	BOM    bool   `help:"Begin CSV with a byte order mark: Excel then reads Korean and Chinese as they are." name:"bom"`
	Output string `help:"File to write; it is replaced (default: standard output)." placeholder:"FILE" short:"o"`
	Source string `help:"Only rows of this source." placeholder:"SOURCE"`
	List   string `help:"Only rows of SOURCE/LIST, or of lists of this name." placeholder:"LIST"`
	Since  string `help:"Only rows that begin or happened since then: a duration such as 72h, a date or an RFC 3339 time." placeholder:"TIME"`
}

// Help is the longer text of `syncer export --help`.
func (exportCommand) Help() string {
	return `Writes a view as a file. Amounts are exact: text without rounding in CSV; in a workbook a number, which spreadsheets round to 15 digits, and the exact text in a column beside it (NAME_text). Moments are UTC: RFC 3339 in CSV, cells of date and time in a workbook. Texts that a spreadsheet would take for a formula (they begin with = + - @, tab or return) begin with an apostrophe in CSV; in a workbook every text is a text.`
}

// sheet is a file being written.
type sheet interface {
	head([]report.Column) error
	row([]*string) error
	end() error
}

// Run writes the file.
func (c *exportCommand) Run(s *session) error {
	filter, err := c.filter(s.Now())
	if err != nil {
		return usageError{err}
	}
	if c.format() == "xlsx" && c.Output == "" && onTerminal(s.Stdout) {
		return usageError{errors.New("a workbook is nothing for a terminal: name a file with -o FILE.xlsx")}
	}
	if c.BOM && c.format() != "csv" {
		return usageError{errors.New("--bom is for --format csv: a workbook says itself how its texts are written")}
	}
	err = s.reading(func(opened *store.Store, _ *time.Location) error {
		if err := c.known(s, opened, filter); err != nil {
			return err
		}
		return c.into(s, func(w io.Writer) error {
			sheet, err := c.sheet(w)
			if err != nil {
				return err
			}
			return errors.Join(opened.Report.Export(s.ctx, c.View, filter, c.telling(s, filter, sheet.head), sheet.row), sheet.end())
		})
	})
	if errors.Is(err, report.ErrNotFound) || errors.Is(err, report.ErrFilter) {
		return usageError{err}
	}
	return err
}

func (c *exportCommand) sheet(w io.Writer) (sheet, error) {
	if c.format() == "xlsx" {
		return newWorkbook(w, c.View)
	}
	if c.BOM {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return nil, err
		}
	}
	return newCSV(w), nil
}

// into gives a writer whose file takes its name when it is whole.
func (c *exportCommand) into(s *session, write func(io.Writer) error) error {
	if c.Output == "" {
		return write(s.Stdout)
	}
	file, err := os.CreateTemp(filepath.Dir(c.Output), ".unfinished-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Output, err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), c.Output); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
