package export

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"syncer/cmd/syncer/terminal"
	"syncer/store/report"
)

// How moments and dates are shown. A worksheet knows no time zone: they are UTC.
const (
	momentFormat = "yyyy-mm-dd hh:mm:ss"
	dateFormat   = "yyyy-mm-dd"
)

// Widths of columns, in digits of the standard font.
const (
	rowsMeasured = 500
	narrowest    = 6.0
	widest       = 50.0
	arrow        = 4.0 // of the filter, and a margin
)

// firstExact is from when on Excel and the calendar agree: Excel's February of
// 1900 has 29 days.
func firstExact() time.Time { return time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC) }

// cellStyles are how cells look that are no plain text or number.
type cellStyles struct{ head, moment, date int }

func newCellStyles(file *excelize.File) (s cellStyles, err error) {
	asMoment, asDate := momentFormat, dateFormat
	var all [3]error
	s.head, all[0] = file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	s.moment, all[1] = file.NewStyle(&excelize.Style{CustomNumFmt: &asMoment})
	s.date, all[2] = file.NewStyle(&excelize.Style{CustomNumFmt: &asDate})
	return s, errors.Join(all[:]...)
}

// cell is a value as a worksheet holds it. What cannot be a number, a moment or
// a date there (infinity, the year 1600) stays the text that it is.
func (s cellStyles) cell(column report.Column, value *string) (any, error) {
	if value == nil {
		return nil, nil // an empty cell
	}
	switch column.Kind {
	case report.NumberColumn:
		if number, err := strconv.ParseFloat(*value, 64); err == nil {
			return number, nil
		}
	case report.BooleanColumn:
		return *value == "t", nil
	case report.MomentColumn:
		if at, err := time.Parse(time.RFC3339Nano, *value); err == nil && !at.Before(firstExact()) {
			return excelize.Cell{StyleID: s.moment, Value: at.UTC()}, nil
		}
	case report.DateColumn:
		if day, err := time.Parse(time.DateOnly, *value); err == nil && !day.Before(firstExact()) {
			return excelize.Cell{StyleID: s.date, Value: day}, nil
		}
	}
	if len([]rune(*value)) > cellCharacters {
		return nil, fmt.Errorf("column %s: a text of more than %d characters fits no cell: take --format csv", column.Name, cellCharacters)
	}
	return *value, nil
}

// widthsOf are the widths of columns whose first row is the head.
func widthsOf(rows [][]any) []float64 {
	var widths []float64
	for i, cells := range rows {
		for j, cell := range cells {
			if j == len(widths) {
				widths = append(widths, narrowest)
			}
			width := widthOf(cell)
			if i == 0 {
				width += arrow
			}
			widths[j] = min(max(widths[j], width), widest)
		}
	}
	return widths
}

func widthOf(cell any) float64 {
	switch value := cell.(type) {
	case nil:
		return 0
	case excelize.Cell:
		return float64(len(momentFormat))
	case string:
		return float64(terminal.Columns(value)) + 1
	}
	return float64(len(fmt.Sprint(cell))) + 1
}
