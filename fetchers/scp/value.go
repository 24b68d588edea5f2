package scp

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// The documents contradict themselves: their samples are texts where their
// schema has numbers, "Y" where it has a boolean, "" where it has an object.
// Each reader here takes both and gives the same for the same meaning.

// envelope is the answer's object, which may hold an error with status 200.
func envelope(document *web.Document) web.Object {
	answer := document.Root().Object()
	if errors := answer.Get("errors"); errors.Given() {
		said, err := json.Marshal(errors.Raw())
		if err != nil {
			said = []byte("(unreadable)")
		}
		errors.Fail("the answer is an error: %.300s", said)
	}
	return answer
}

// textOf is a text, or "" where there is none.
func textOf(value web.Value) string {
	if text := value.OptionalText(); text != nil {
		return *text
	}
	return ""
}

// keepText keeps a text that is there.
func keepText(attributes map[string]any, row web.Object, names ...string) {
	for _, name := range names {
		if text := row.Get(name).OptionalText(); text != nil {
			attributes[name] = *text
		}
	}
}

// yesNo is "Y" or "N", also for a boolean; any other word is kept as sent.
func yesNo(value web.Value) any {
	if answer, isBool := value.Raw().(bool); isBool {
		return map[bool]string{true: "Y", false: "N"}[answer]
	}
	if word := value.Word("Y", "N"); word != nil {
		return *word
	}
	return nil
}

// description is a text or an object; empty ones, as the samples have, say
// nothing.
func description(value web.Value) any {
	switch content := value.Raw().(type) {
	case string:
		if content == "" {
			return nil
		}
	case map[string]any:
		if len(content) == 0 {
			return nil
		}
	}
	return value.Raw()
}

// size is a number of at least 0, also as a text; "" is none.
func size(value web.Value) *decimal.Decimal {
	if value.Raw() == "" {
		return nil
	}
	return value.OptionalAmount()
}

const dateOnly = time.DateOnly

// naive are the layouts without a zone; fractions of a second may follow.
func naive() []string { return []string{time.DateTime, "2006-01-02T15:04:05"} }

// dateText is a date in one text for each meaning. A date without zone keeps
// none, because nobody says which it is in. What is no known date stays as
// sent, whatever it is: nothing rests on it.
func dateText(value web.Value) any {
	if _, isText := value.Raw().(string); !isText {
		return value.Raw()
	}
	text := value.OptionalText()
	if moment, err := time.Parse(time.RFC3339Nano, *text); err == nil {
		return moment.UTC().Format(time.RFC3339Nano)
	}
	for _, layout := range naive() {
		if moment, err := time.Parse(layout, *text); err == nil {
			return moment.Format("2006-01-02 15:04:05.999999999")
		}
	}
	return *text
}

// moment reads a date of any of the four layouts; wholeDay reports that it names
// no time of day. Dates without zone are read in the location.
func moment(text string, location *time.Location) (at time.Time, wholeDay, ok bool) {
	if at, err := time.ParseInLocation(dateOnly, text, location); err == nil {
		return at, true, true
	}
	for _, layout := range append(naive(), time.RFC3339Nano) {
		if at, err := time.ParseInLocation(layout, text, location); err == nil {
			return at, false, true
		}
	}
	return time.Time{}, false, false
}

// money is an amount; currency is "" where the answer names none.
type money struct {
	currency string
	amount   decimal.Decimal
}

// amounts reads an Amount {"krw","usd"}. The samples also have a bare number:
// 0 is nothing in either currency, any other has none.
func amounts(value web.Value, read func(web.Value) *decimal.Decimal) []money {
	if _, isObject := value.Raw().(map[string]any); !isObject {
		return bare(read(value))
	}
	amount, all := value.Object(), []money(nil)
	for _, name := range []string{"krw", "usd"} {
		if number := read(amount.Get(name)); number != nil {
			all = append(all, money{strings.ToUpper(name), *number})
		}
	}
	amount.Done()
	return all
}

func bare(number *decimal.Decimal) []money {
	switch {
	case number == nil:
		return nil
	case number.IsZero():
		return []money{{"KRW", *number}, {"USD", *number}}
	}
	return []money{{"", *number}}
}

// result is what a document says beside its rows, once it is read to its end.
func result(document *web.Document, end catalog.End) (catalog.Decoded, error) {
	if err := document.Err(); err != nil {
		return catalog.Decoded{}, err
	}
	return catalog.Decoded{End: end, Unknown: document.Unknown(), Warnings: document.Warnings()}, nil
}
