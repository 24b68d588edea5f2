package ncp

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"syncer/simulate/fault"
)

// params are the parameters of a request, wherever they stood.
type params url.Values

// Get is one parameter, "" when it is absent.
func (p params) Get(name string) string { return url.Values(p).Get(name) }

// list is name.1, name.2 and so on.
func (p params) list(name string) []string {
	var all []string
	for i := 1; ; i++ {
		value := p.Get(name + "." + strconv.Itoa(i))
		if value == "" {
			return all
		}
		all = append(all, value)
	}
}

// pages is how an action is paged.
type pages int

const (
	unpaged     pages = iota
	conditional       // only when asked for; a page number wants a page size
	always            // by 1,000 unless asked otherwise
)

// mostSize is the greatest page size.
const mostSize = 1000

// paging is the page asked for, from 1, and its size; 0 is the whole list. The
// first page is 0 or 1.
func (p params) paging(pages pages) (page, size int, bad bool) {
	page, badPage := number(p.Get("pageNo"), 0)
	size, badSize := number(p.Get("pageSize"), 0)
	switch {
	case pages == unpaged:
		return 1, 0, false
	case badPage, badSize, size > mostSize, size == 0 && p.Get("pageSize") != "":
		return 1, 0, true
	case pages == conditional && size == 0 && page > 0:
		return 1, 0, true
	case pages == always && size == 0:
		size = mostSize
	}
	return max(page, 1), size, false
}

func number(text string, otherwise int) (n int, bad bool) {
	if text == "" {
		return otherwise, false
	}
	n, err := strconv.Atoi(text)
	return n, err != nil || n < 0
}

// serve writes the rows of a list, or the page of them that was asked for.
func serve(c call, action, list string, pages pages, rows []object, shape fault.Shape) fault.Answer {
	asked, size, _ := c.params.paging(pages)
	picks := c.active.Picks(len(rows), asked)
	shown := picks
	if size > 0 {
		shown = cut(picks, c.active.Page(asked), c.active.PageSize(size))
	}
	out := make([]json.RawMessage, 0, len(shown))
	for _, pick := range shown {
		row, err := c.active.Row(pick, rows[pick.Index], shape)
		if err != nil {
			return gateway(c.format, http.StatusInternalServerError)
		}
		out = append(out, row)
	}
	return success(c, action, list, c.active.Total(picks), out)
}

func cut(picks []fault.Pick, page, size int) []fault.Pick {
	if page-1 >= (len(picks)+size-1)/size {
		return nil
	}
	from := (page - 1) * size
	return picks[from:min(from+size, len(picks))]
}

// serveRow writes a list of a single row, which no fault of rows touches.
func serveRow(c call, action, list string, row object) fault.Answer {
	text, err := json.Marshal(row)
	if err != nil {
		return gateway(c.format, http.StatusInternalServerError)
	}
	return success(c, action, list, json.RawMessage("1"), []json.RawMessage{text})
}

// within reports whether a word is wanted: one of several, or any.
func within(wanted []string, word string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, word)
}

// holds reports whether a text contains another, or any is wanted.
func holds(text, part string) bool { return strings.Contains(text, part) }
