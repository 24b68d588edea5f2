package scp

import (
	"net/url"
	"strconv"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// contractsEnd goes by total_pages, which a server that serves fewer rows than
// asked for states truly, else by total_count, else by a page that is short. A
// count of 0 beside rows, as in the documents' own sample, states nothing.
func contractsEnd(document *web.Document, answer web.Object, page catalog.Page, rows int) catalog.End {
	pages, total := answer.Get("total_pages").Count(), answer.Get("total_count").Count()
	current := answer.Get("current_page")
	if total != nil && *total == 0 && rows > 0 {
		document.Warn("total_count is 0, the page holds %d: taken as not stated", rows)
		return catalog.End{Last: rows < asked(page, "limit")}
	}
	// The schema counts pages from 1, its example is 0: both are heeded.
	if echo := current.Count(); echo != nil && *echo != page.Number && *echo != page.Number-1 {
		current.Fail("asked for page %d, got page %d", page.Number, *echo)
	}
	end := catalog.End{Total: total}
	switch {
	case rows == 0:
		end.Last = true
	case pages != nil && *pages > 0:
		end.Last = page.Number >= *pages
	case total != nil:
		end.Last = page.Number*asked(page, "limit") >= *total
	default:
		end.Last = rows < asked(page, "limit")
	}
	return end
}

// pricesEnd reads the pricing service's count, page (from 0), size and
// total_pages. Nobody says whether count is all rows or those of the page:
// where there are more pages and it is the page's, it is no total.
func pricesEnd(answer web.Object, page catalog.Page, rows int) catalog.End {
	count, pages := answer.Get("count").Count(), answer.Get("total_pages").Count()
	size, echo := answer.Get("size").Count(), answer.Get("page")
	answer.Ignore("sort")
	if number := echo.Count(); number != nil && *number != page.Number-1 {
		echo.Fail("asked for page %d, got page %d", page.Number-1, *number)
	}
	if size == nil || *size == 0 {
		standard := asked(page, "size")
		size = &standard
	}
	end := catalog.End{Total: count}
	if count != nil && *count == rows && (page.Number > 1 || pages != nil && *pages > 1) {
		end.Total = nil
	}
	switch {
	case rows == 0:
		end.Last = true
	case pages != nil && *pages > 0:
		end.Last = page.Number >= *pages
	default:
		end.Last = rows < *size
	}
	return end
}

// asked is the page size in "GET /v1/planned-computes?limit=100&page=1". A
// page of an archive that names no request is taken as one of full pages.
func asked(page catalog.Page, name string) int {
	if size, err := strconv.Atoi(queryOf(page.Parts[0].Request).Get(name)); err == nil && size > 0 {
		return size
	}
	return standardPageSize
}

// queryOf is the query of a request line; what cannot be read is none.
func queryOf(request string) url.Values {
	_, query, _ := strings.Cut(request, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil
	}
	return values
}
