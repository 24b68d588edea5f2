package zstack

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// defaultLimit holds when no limit is asked for: longer lists are cut there
// and nothing says so.
const defaultLimit = 1000

// query is what a list request asks for. Parameters it does not know are
// ignored, as the server does.
type query struct {
	conditions           []condition
	start, limit         int
	countOnly, withCount bool
	sort                 string
	descending           bool
}

// condition is one q: a field that must equal a value, or must not, or be like it.
type condition struct {
	field, value string
	equal        bool
	like         bool // % stands for any text
}

// holds reports whether a field's text meets the condition.
func (c condition) holds(text string) bool {
	if !c.like {
		return (text == c.value) == c.equal
	}
	parts := strings.Split(c.value, "%")
	rest, ok := strings.CutPrefix(text, parts[0])
	for _, part := range parts[1:] {
		at := strings.Index(rest, part)
		ok = ok && at >= 0
		rest = rest[max(at, 0):]
	}
	return ok && (len(parts) > 1 || rest == "")
}

// newQuery reads the parameters; bad says in the server's place what is wrong.
func newQuery(values url.Values) (q query, bad string) {
	q = query{limit: defaultLimit, countOnly: values.Get("count") == "true", withCount: values.Get("replyWithCount") == "true"}
	for name, target := range map[string]*int{"start": &q.start, "limit": &q.limit} {
		if !values.Has(name) {
			continue
		}
		n, err := strconv.Atoi(values.Get(name))
		if err != nil || n < 0 {
			return q, fmt.Sprintf("Invalid query parameter: the %s must be an integer", name)
		}
		*target = n
	}
	for _, text := range values["q"] {
		condition, ok := newCondition(text)
		if !ok {
			return q, "Invalid query parameter: " + text
		}
		q.conditions = append(q.conditions, condition)
	}
	return q, q.sortBy(values.Get("sort"))
}

func newCondition(text string) (condition, bool) {
	field, value, ok := strings.Cut(text, "=")
	name, unequal := strings.CutSuffix(field, "!")
	name, like := strings.CutSuffix(name, "~")
	if !ok || name == "" || unequal && like || strings.ContainsAny(name, "<>?~!") {
		return condition{}, false
	}
	return condition{name, value, !unequal, like}, true
}

// sortBy reads +field or -field; a plus sign that was not escaped arrives as
// a blank and still means ascending.
func (q *query) sortBy(text string) (bad string) {
	if text == "" {
		return ""
	}
	q.descending = text[0] == '-'
	q.sort = strings.TrimLeft(text, "+- ")
	if q.sort == "" {
		return "Invalid query parameter: sort " + text
	}
	return ""
}

// page is which page, counted from 1, start is in: faults are set by it.
func (q query) page() int {
	if q.limit == 0 {
		return 1
	}
	return q.start/q.limit + 1
}
