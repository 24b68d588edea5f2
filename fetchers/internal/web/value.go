package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// Value is one value of a document and where it stands.
type Value struct {
	doc     *Document
	value   any
	present bool
	at      *path // nil: the root
}

// Given reports whether the value is there and not null. Providers use both
// for the same thing.
func (v Value) Given() bool { return v.present && v.value != nil }

// Path returns where the value stands: result[3].price.full.
func (v Value) Path() string { return v.at.String() }

// Raw returns the value as attributes keep it: nil, bool, string, json.Number,
// []any or map[string]any.
func (v Value) Raw() any { return v.value }

// Fail makes a sentence about this value, after its path, the document's error,
// unless there is one already.
func (v Value) Fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if path := v.Path(); path != "" {
		text = path + ": " + text
	}
	v.doc.fail(errors.New(text))
}

// Warn records a doubt about this value, after its path, as one about the entry
// that is read.
func (v Value) Warn(format string, args ...any) {
	v.doc.Warn("%s: %s", v.Path(), fmt.Sprintf(format, args...))
}

// want fails for a value of another type, unless it fails already.
func (v Value) want(what string) { v.Fail("want %s, got %s", what, v.describe()) }

func (v Value) describe() string {
	if !v.present {
		return "nothing"
	}
	switch value := v.value.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(clip(value, 60))
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return clip(fmt.Sprint(value), 60)
	}
}

// Text returns a string. Its absence fails the document, as does another type.
func (v Value) Text() string {
	text, ok := v.value.(string)
	if !ok {
		v.want("a text")
		return ""
	}
	if strings.Contains(text, "\x00") {
		v.doc.Warn("%s: U+0000 is shown as U+2400", v.Path())
	}
	return text
}

// Key returns a Text that is not empty.
func (v Value) Key() string {
	if text, ok := v.value.(string); !ok || text == "" {
		v.want("a text that is not empty")
		return ""
	}
	return v.Text()
}

// OptionalText returns a Text, or nil where there is none.
func (v Value) OptionalText() *string {
	if !v.Given() {
		return nil
	}
	text := v.Text()
	return &text
}

// Word returns an OptionalText of which some values are documented; any other is
// returned as well, and reported as unknown.
func (v Value) Word(documented ...string) *string {
	word := v.OptionalText()
	if word != nil && !slices.Contains(documented, *word) {
		v.doc.report("word", v.at.pattern(), clip(*word, 60))
	}
	return word
}

// UnknownWord reports a word within the value that no document lists, where
// one text holds several: cn-north-7a(sellout),cn-north-7b(mothballed).
func (v Value) UnknownWord(word string) { v.doc.report("word", v.at.pattern(), clip(word, 60)) }

// Digits returns a text, or the text of a number: for codes and numbers that may
// come as either. It is not for keys.
func (v Value) Digits() string {
	if number, ok := v.value.(json.Number); ok {
		return number.String()
	}
	return v.Text()
}

// Number returns a JSON number, or a string that holds nothing but one.
func (v Value) Number() decimal.Decimal { return v.number(catalog.ParseDecimal) }

// Amount returns a Number of at least 0.
func (v Value) Amount() decimal.Decimal { return v.number(catalog.ParseAmount) }

// OptionalNumber returns a Number, or nil where there is none.
func (v Value) OptionalNumber() *decimal.Decimal { return optional(v, v.Number) }

// OptionalAmount returns an Amount, or nil where there is none.
func (v Value) OptionalAmount() *decimal.Decimal { return optional(v, v.Amount) }

func optional[T any](v Value, get func() T) *T {
	if !v.Given() {
		return nil
	}
	got := get()
	return &got
}

func (v Value) number(parse func(string) (decimal.Decimal, error)) decimal.Decimal {
	var text string
	switch value := v.value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = value
	default:
		v.want("a number")
		return decimal.Decimal{}
	}
	number, err := parse(text)
	if err != nil {
		v.Fail("%v", err)
	}
	return number
}

// maxCount is far above any list and fits an int everywhere.
const maxCount = 1 << 30

// Count returns a whole Number of at least 0, or nil where there is none.
func (v Value) Count() *int {
	number := v.OptionalNumber()
	if number == nil {
		return nil
	}
	if number.IsNegative() || !number.IsInteger() || number.GreaterThan(decimal.NewFromInt(maxCount)) {
		v.want("a count of at least 0")
		return nil
	}
	count := int(number.IntPart())
	return &count
}

// Flag returns true or false, also written as a text, which is all that XML has;
// nil where there is none.
func (v Value) Flag() *bool {
	switch v.value {
	case nil:
		return nil
	case true, "true":
		return new(true)
	case false, "false":
		return new(false)
	}
	v.want("true or false")
	return nil
}

// Rows returns the values of a list. Its absence fails the document, as does
// another type.
func (v Value) Rows() []Value {
	array, ok := v.value.([]any)
	if !ok {
		v.want("a list")
		return nil
	}
	rows := make([]Value, len(array))
	for i, value := range array {
		rows[i] = Value{
			doc: v.doc, value: value, present: true, at: v.doc.newPath(v.at, "", i),
		}
	}
	return rows
}

// SortedTexts returns the texts of a list whose order means nothing; nil where
// there is no list.
func (v Value) SortedTexts() any {
	if !v.Given() {
		return nil
	}
	texts := []string{}
	for _, row := range v.Rows() {
		texts = append(texts, row.Text())
	}
	slices.Sort(texts)
	return texts
}
