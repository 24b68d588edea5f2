package export

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/store/report"
)

// ByteOrderMark is U+FEFF. Without it Excel takes a file for one of the
// system's old code page; other programs may take it for part of the first name.
const ByteOrderMark = "\ufeff"

// csvFile is RFC 4180 with a head and line feeds; a null is an empty cell.
type csvFile struct {
	writer  *csv.Writer
	columns []report.Column
}

func newCSV(w io.Writer) *csvFile { return &csvFile{writer: csv.NewWriter(w)} }

func (f *csvFile) head(columns []report.Column) error {
	f.columns = columns
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return f.writer.Write(names)
}

func (f *csvFile) row(values []*string) error {
	cells := make([]string, len(values))
	for i, value := range values {
		switch {
		case value == nil:
		case f.columns[i].Kind == report.TextColumn:
			cells[i] = harmlessCell(*value)
		default:
			cells[i] = *value
		}
	}
	return f.writer.Write(cells)
}

func (f *csvFile) end() error {
	f.writer.Flush()
	return f.writer.Error()
}

// harmlessCell keeps a spreadsheet from running what a provider wrote into a
// name (OWASP, CSV injection). A negative amount as text is no formula.
func harmlessCell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return text
	}
	if _, err := decimal.NewFromString(text); err == nil && !strings.ContainsAny(text, "+\t\r\n") {
		return text
	}
	return "'" + text
}
