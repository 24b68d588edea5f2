package web

import (
	"strconv"
	"strings"
)

// where is the place of a value in its document. Its text is made only when an
// error or a report needs it: nearly no value is ever told of.
type where struct {
	up   *where
	name string // of a member; "" for a row
	row  int
}

// path reads result[3].price.full.
func (w *where) path() string {
	return w.text(func(row int) string { return "[" + strconv.Itoa(row) + "]" })
}

// pattern reads result[].price.full: the same for all rows.
func (w *where) pattern() string { return w.text(func(int) string { return "[]" }) }

func (w *where) text(row func(int) string) string {
	var steps []string
	for at := w; at != nil; at = at.up {
		switch {
		case at.name == "":
			steps = append(steps, row(at.row))
		case at.up == nil:
			steps = append(steps, at.name)
		default:
			steps = append(steps, "."+at.name)
		}
	}
	var out strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		out.WriteString(steps[i])
	}
	return out.String()
}

// placesAtOnce is how many places are made together.
const placesAtOnce = 256

// place makes a place below another.
func (d *Document) place(up *where, name string, row int) *where {
	if len(d.places) == cap(d.places) {
		d.places = make([]where, 0, placesAtOnce)
	}
	d.places = append(d.places, where{up, name, row})
	return &d.places[len(d.places)-1]
}
