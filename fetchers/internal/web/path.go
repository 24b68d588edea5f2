package web

import (
	"strconv"
	"strings"
)

// path leads to a value from the root of its document. Its text is made only
// when an error or a report needs it, which is hardly ever.
type path struct {
	up   *path
	name string // of a member; "" for a row
	row  int
}

// String reads result[3].price.full.
func (p *path) String() string {
	return p.text(func(row int) string { return "[" + strconv.Itoa(row) + "]" })
}

// pattern reads result[].price.full: the same for all rows.
func (p *path) pattern() string { return p.text(func(int) string { return "[]" }) }

func (p *path) text(row func(int) string) string {
	var steps []string
	for at := p; at != nil; at = at.up {
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

// pathsAtOnce is how many paths are allocated together.
const pathsAtOnce = 256

// newPath leads one step further: to a member by its name, or to a row.
func (d *Document) newPath(up *path, name string, row int) *path {
	if len(d.paths) == cap(d.paths) {
		d.paths = make([]path, 0, pathsAtOnce)
	}
	d.paths = append(d.paths, path{up, name, row})
	return &d.paths[len(d.paths)-1]
}
