package zstack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"syncer/simulate/fault"
)

// A row can be asked for its fields by name, as q and sort do.
type row interface {
	// field is a value to compare by; false when the row has none such.
	field(name string) (value, bool)
}

// value orders as a number where it is one, else as text.
type value struct {
	text   string
	number float64
}

func (v value) compare(other value) int {
	return cmp.Or(cmp.Compare(v.number, other.number), strings.Compare(v.text, other.text))
}

func serveList[T row](a *API, c call, rows []T, class string) fault.Answer {
	kept, bad := filter(rows, c)
	if bad != "" {
		return apiError("SYS.1007", "One or more API argument is invalid", bad)
	}
	a.order(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
	if c.query.sort != "" {
		slices.SortStableFunc(kept, func(x, y T) int { return c.query.compare(x, y) })
	}
	picks := c.active.Picks(len(kept), c.query.page())
	if c.query.countOnly {
		return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: append([]byte("{"), append(member("total", c.active.Total(picks)), '}')...)}
	}
	return inventories(c, kept, picks, class)
}

func filter[T row](rows []T, c call) (kept []T, bad string) {
	conditions := c.query.conditions
	if c.id != "" {
		conditions = append(slices.Clone(conditions), condition{field: "uuid", value: c.id, equal: true})
	}
	for _, row := range rows {
		fits := true
		for _, condition := range conditions {
			value, ok := row.field(condition.field)
			if !ok {
				return nil, "no such field: " + condition.field
			}
			fits = fits && condition.holds(value.text)
		}
		if fits {
			kept = append(kept, row)
		}
	}
	return kept, ""
}

// order shuffles: without a sort the database promises no order, and two
// pages may overlap.
func (a *API) order(n int, swap func(i, j int)) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.random.Shuffle(n, swap)
}

func (q query) compare(x, y row) int {
	left, _ := x.field(q.sort)
	right, _ := y.field(q.sort)
	if q.descending {
		left, right = right, left
	}
	return left.compare(right)
}

// inventories prints a page, the schema of its rows and, when asked, the total.
func inventories[T row](c call, rows []T, picks []fault.Pick, class string) fault.Answer {
	start := c.query.start
	if c.active.Page(c.query.page()) != c.query.page() {
		start = 0
	}
	from := min(start, len(picks))
	to := min(from+c.active.PageSize(c.query.limit), len(picks))
	var page []json.RawMessage
	for _, pick := range c.active.OnPage(picks[from:to]) {
		row, err := c.active.Row(pick, rows[pick.Index], fault.Shape{ID: "uuid", Name: "name"})
		if err != nil {
			return text(http.StatusInternalServerError, err.Error())
		}
		page = append(page, row)
	}
	body := fmt.Appendf(nil, `{"inventories":%s,"schema":%s`, fault.Rows(page), schema(len(page), class))
	if total := c.active.Total(picks); c.query.withCount && total != nil {
		body = append(append(body, ','), member("total", total)...)
	}
	return fault.Answer{Status: http.StatusOK, Type: jsonType, Body: append(body, '}')}
}

func member(name string, value json.RawMessage) []byte {
	if value == nil {
		return nil
	}
	return fmt.Appendf(nil, "%q:%s", name, value)
}

func schema(n int, class string) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"inventories[%d]":%q`, i, class)
	}
	return "{" + strings.Join(members, ",") + "}"
}
