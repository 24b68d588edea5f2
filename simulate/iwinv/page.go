package iwinv

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"syncer/simulate/fault"
)

// defaultSize is the page size when none is asked for. No maximum is
// published, so none is kept here.
const defaultSize = 10

// pageNumber is page_no, 1 when it is absent or empty.
func pageNumber(query url.Values) (page int, bad bool) {
	return positive(query, "page_no", 1)
}

func positive(query url.Values, name string, otherwise int) (n int, bad bool) {
	text := query.Get(name)
	if text == "" {
		return otherwise, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return otherwise, true
	}
	return n, false
}

// paged serves one page of rows, with the total where the list states one.
func paged[T any](r request, rows []T, shape fault.Shape, total totals) fault.Answer {
	size, badSize := positive(r.URL.Query(), "page_size", defaultSize)
	if r.bad || badSize {
		return failure(http.StatusBadRequest, checkParam)
	}
	picks := r.active.Picks(len(rows), r.asked)
	page, err := render(r.active, r.active.OnPage(cut(picks, r.active.Page(r.asked), r.active.PageSize(size))), rows, shape)
	if err != nil {
		return dialect{}.Failure(http.StatusInternalServerError)
	}
	return success(page, fmt.Sprintf(`,"page_no":%d,"page_size":%d%s`, r.asked, size, total(r.active, picks)))
}

// totals writes the total of a list, or nothing.
type totals func(fault.Active, []fault.Pick) string

// withTotal is flavors' undocumented total.
func withTotal(active fault.Active, picks []fault.Pick) string {
	if total := active.Total(picks); total != nil {
		return `,"total":` + string(total)
	}
	return ""
}

// withoutTotal is images, which have none.
func withoutTotal(fault.Active, []fault.Pick) string { return "" }

// whole serves a list that has no pages.
func whole[T any](r request, rows []T, shape fault.Shape) fault.Answer {
	all, err := render(r.active, r.active.Picks(len(rows), 1), rows, shape)
	if err != nil {
		return dialect{}.Failure(http.StatusInternalServerError)
	}
	return success(all, "")
}

func cut(picks []fault.Pick, page, size int) []fault.Pick {
	if page-1 >= (len(picks)+size-1)/size {
		return nil
	}
	from := (page - 1) * size
	return picks[from:min(from+size, len(picks))]
}

func render[T any](active fault.Active, picks []fault.Pick, rows []T, shape fault.Shape) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, 0, len(picks))
	for _, pick := range picks {
		row, err := active.Row(pick, rows[pick.Index], shape)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}
