package ncp

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/fetchers/internal/web"
)

// given reports whether a value says something. XML writes "", an empty list and
// nothing at all alike, so an empty text is none.
func given(value web.Value) bool { return value.Given() && value.Raw() != "" }

// text is a text, or nil where there is none.
func text(value web.Value) *string {
	if !given(value) {
		return nil
	}
	return value.OptionalText()
}

// code is the code of a CommonCode {code, codeName}. codeName is in the
// language of the account and so never read. Documented words may be none.
func code(value web.Value, documented ...string) *string {
	if !given(value) {
		return nil
	}
	if _, bare := value.Raw().(string); !bare {
		object := value.Object()
		object.Ignore("codeName")
		value = object.Get("code")
		object.Done()
	}
	switch {
	case !given(value):
		return nil
	case len(documented) == 0:
		return value.OptionalText()
	}
	return value.Word(documented...)
}

// number is a number, also written as a text; nil where there is none.
func number(value web.Value) *decimal.Decimal {
	if !given(value) {
		return nil
	}
	return value.OptionalNumber()
}

// size is a number of at least 0; nil where there is none.
func size(value web.Value) *decimal.Decimal {
	if !given(value) {
		return nil
	}
	return value.OptionalAmount()
}

// rowsOf are the rows of a list. Absent, null, "" and {} are an empty list, a
// lone object is a list of one: all have been seen or feared.
func rowsOf(value web.Value) []web.Value {
	if !given(value) {
		return nil
	}
	if object, lone := value.Raw().(map[string]any); lone {
		if len(object) == 0 {
			return nil
		}
		return []web.Value{value}
	}
	return value.Rows()
}

// dateLayout is 2020-08-24T10:34:27+0900, which is what documents and answers
// hold.
const dateLayout = "2006-01-02T15:04:05-0700"

// read reads a date of any of the layouts; one without zone is read in the zone,
// if there is one.
func read(stated string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{dateLayout, time.RFC3339, "2006-01-02 15:04:05-0700", "2006-01-02 15:04:05Z07:00"} {
		if at, err := time.Parse(layout, stated); err == nil {
			return at.UTC(), true
		}
	}
	if zone == nil {
		return time.Time{}, false
	}
	for _, layout := range []string{"2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if at, err := time.ParseInLocation(layout, stated, zone); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// moment reads a date on which nothing rests. One that cannot be read is a warning
// and stays as it was sent, whatever it is.
func moment(document *web.Document, value web.Value, zone *time.Location) any {
	if _, isText := value.Raw().(string); given(value) && !isText {
		document.Warn("%s: want a date, got %.60q", value.Path(), fmt.Sprint(value.Raw()))
		return value.Raw()
	}
	stated := text(value)
	if stated == nil {
		return nil
	}
	at, ok := read(*stated, zone)
	if !ok {
		document.Warn("%s: want a date such as 2020-08-24T10:34:27+0900, got %.60q", value.Path(), *stated)
		return *stated
	}
	return at.Format(time.RFC3339)
}

// date reads a date by which a price is in force or not; nil where there is none.
// One that cannot be read leaves that open.
func date(value web.Value, zone *time.Location) *time.Time {
	stated := text(value)
	if stated == nil {
		return nil
	}
	at, ok := read(*stated, zone)
	if !ok {
		value.Fail("want a date such as 2020-08-24T10:34:27+0900, got %.60q", *stated)
		return nil
	}
	return &at
}

// keepText keeps a text unless there is none.
func keepText(attributes map[string]any, name string, text *string) {
	if text != nil {
		attributes[name] = *text
	}
}

// keepNumber keeps 1, 1.0 and "1" as the same.
func keepNumber(attributes map[string]any, name string, value web.Value) {
	if number := number(value); number != nil {
		attributes[name] = *number
	}
}

// keepFlag keeps true and false, also written as texts.
func keepFlag(attributes map[string]any, name string, value web.Value) {
	if !given(value) {
		return
	}
	if flag := value.Flag(); flag != nil {
		attributes[name] = *flag
	}
}

// mebibytes divides bytes by 1024 x 1024.
func mebibytes(bytes *decimal.Decimal) *decimal.Decimal { return divided(bytes, 2) }

// gibibytes divides bytes by 1024 x 1024 x 1024.
func gibibytes(bytes *decimal.Decimal) *decimal.Decimal { return divided(bytes, 3) }

// divided divides by 1024 so many times, without rounding: 1/1024 is
// 0.0009765625.
func divided(value *decimal.Decimal, times int) *decimal.Decimal {
	if value == nil {
		return nil
	}
	quotient := *value
	for range times {
		quotient = quotient.Mul(decimal.New(9765625, -10))
	}
	return &quotient
}

// shown is a value of an error answer as a text.
func shown(value any) string {
	if value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(value))
}

// mediaOf goes by the answer itself.
func mediaOf(body []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return "xml"
	}
	return "json"
}
