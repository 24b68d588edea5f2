package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// An edit changes members of one row. literal is put where marker stands:
// it may be text that no JSON writer would produce.
type edit struct {
	members map[string]any
	literal string
}

const marker = "\"spoilt by a fault\""

func (e *edit) spoilt(literal string) json.RawMessage {
	e.literal = literal
	return json.RawMessage(marker)
}

func (e *edit) copied(kind Kind, shape Shape) {
	switch kind {
	case Conflict:
		e.members[shape.Name] = fmt.Sprint(e.members[shape.Name], " (other)")
	case Shift:
		e.members[shape.ID] = fmt.Sprint(e.members[shape.ID], "_inserted")
	}
}

func (e *edit) all(fault Fault, shape Shape) {
	switch fault.Kind {
	case UnknownField:
		e.members["brand_new_member"] = map[string]any{"since": "today"}
	case BarePrice:
		e.eachPrice(shape, func(byCurrency, amounts map[string]any) {
			byCurrency[shape.Currency] = amounts["price"]
		})
	}
}

func (e *edit) first(fault Fault, shape Shape) {
	switch fault.Kind {
	case EmptyID:
		e.members[shape.ID] = ""
	case NumberID:
		e.members[shape.ID] = json.Number("12345678901234567890")
	case BadPrice:
		e.eachPrice(shape, func(_, amounts map[string]any) { e.badPrice(amounts, fault.Value) })
	}
}

func (e *edit) badPrice(amounts map[string]any, value string) {
	switch value {
	case "absent":
		delete(amounts, "price")
		return
	case "manifold":
		for name, amount := range amounts {
			if number, ok := amount.(json.Number); ok && number != "0" {
				amounts[name] = number + "0000"
			}
		}
		return
	}
	amounts["price"] = e.spoilt(map[string]string{
		"text": `"5,600"`, "NaN": "NaN", "negative": "-5600", "null": "null", "empty": `""`, "huge": "1e400",
	}[value])
}

func (e *edit) eachPrice(shape Shape, change func(byCurrency, amounts map[string]any)) {
	variants, _ := e.members[shape.Price].(map[string]any)
	for variant := range variants {
		byCurrency, _ := variants[variant].(map[string]any)
		if amounts, ok := byCurrency[shape.Currency].(map[string]any); ok {
			change(byCurrency, amounts)
		}
	}
}

func (e *edit) text() (json.RawMessage, error) {
	text, err := json.Marshal(e.members)
	if err != nil {
		return nil, fmt.Errorf("writing a spoilt row: %w", err)
	}
	return bytes.ReplaceAll(text, []byte(marker), []byte(e.literal)), nil
}

// Rows joins rows to an array byte for byte: unlike a JSON writer it lets
// spoilt text through.
func Rows(rows []json.RawMessage) []byte {
	out := []byte{'['}
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, row...)
	}
	return append(out, ']')
}
