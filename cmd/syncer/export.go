package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"syncer/cmd/syncer/config"
	"syncer/cmd/syncer/export"
	"syncer/cmd/syncer/terminal"
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

// Run writes the file.
func (c *exportCommand) Run(s *session) error {
	options, err := c.options(s)
	if err != nil {
		return usageError{err}
	}
	err = s.look(func(opened *store.Store, _ *time.Location) error {
		if err := c.known(s, opened, options.Filter); err != nil {
			return err
		}
		write := func(w io.Writer) error { return export.Write(s.ctx, opened, w, options) }
		if c.Output == "" {
			return write(s.Stdout)
		}
		return export.Replace(c.Output, write)
	})
	if errors.Is(err, report.ErrNotFound) || errors.Is(err, report.ErrFilter) {
		return usageError{err}
	}
	return err
}

// options are what the flags ask for.
func (c *exportCommand) options(s *session) (export.Options, error) {
	options := export.Options{View: c.View, Format: export.CSV}
	filter, err := export.Filter(c.Source, c.List)
	if err != nil {
		return options, err
	}
	if c.Since != "" {
		if filter.Since, err = sinceMoment(c.Since, s.Now()); err != nil {
			return options, err
		}
		options.Columns = func(columns []report.Column) { // which column is compared
			fmt.Fprintf(s.Stderr, "syncer: only rows whose %s is %s or later\n", filter.SinceColumn(columns), filter.Since.UTC().Format(time.RFC3339))
		}
	}
	options.Filter = filter
	workbook := c.Format == "xlsx" || c.Format == "" && strings.EqualFold(filepath.Ext(c.Output), ".xlsx")
	switch {
	case workbook && c.Output == "" && terminal.IsTerminal(s.Stdout):
		return options, errors.New("a workbook is nothing for a terminal: name a file with -o FILE.xlsx")
	case workbook && c.BOM:
		return options, errors.New("--bom is for --format csv: a workbook says itself how its texts are written")
	case workbook:
		options.Format = export.Workbook
	case c.BOM:
		options.Format = export.CSVWithMark
	}
	return options, nil
}

// known wants the filter to name lists that the database or the configuration
// has: else a mistake in a name is an empty file. Who may read this one view only
// has nothing to compare with.
func (c *exportCommand) known(s *session, opened *store.Store, filter report.Filter) error {
	lists, err := opened.Report.Lists(s.ctx)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	if loaded, err := s.config(); err == nil {
		lists = append(lists, config.IDs(loaded.Lists())...)
	}
	if err := export.Known(filter, lists); err != nil {
		return usageError{err}
	}
	return nil
}
