package zstack

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Decode reads one page.
func (f *fetcher) Decode(page catalog.Page) (catalog.Decoded, error) {
	if len(page.Parts) != 1 {
		return catalog.Decoded{}, errors.New("want a page of one part")
	}
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	reply := document.Root().Object()
	rows := rowsOf(reply)
	decoded := catalog.Decoded{End: end(reply.Get("total").Count(), page, len(rows))}
	reply.Ignore("schema") // class names for typed clients
	reply.Done()
	for _, row := range rows {
		object := row.Object()
		decoded.Entries = append(decoded.Entries, f.list.entry(f, document, object))
		object.Done()
	}
	if err := document.Err(); err != nil {
		return catalog.Decoded{}, err
	}
	decoded.Unknown, decoded.Warnings = document.Unknown(), document.Warnings()
	return decoded, nil
}

// rowsOf looks for an error first: it may come with status 200.
func rowsOf(reply web.Object) []web.Value {
	if failure := reply.Get("error"); failure.Given() {
		fields, _ := failure.Raw().(map[string]any)
		failure.Fail("the answer is an error: %v: %v", fields["code"], fields["description"])
		return nil
	}
	return reply.Get("inventories").Rows()
}

// end goes by the total that replyWithCount=true asks for, else by a page that
// is short of its limit. An empty page ends every walk; whether the total was
// reached is the snapshot's business.
func end(total *int, page catalog.Page, rows int) catalog.End {
	start, limit := span(page)
	if total != nil {
		return catalog.End{Total: total, Last: rows == 0 || start+rows >= *total}
	}
	return catalog.End{Last: rows < limit}
}

// span reads start and limit from "GET /v1/instance-offerings?limit=...". A
// page of an archive that names no request is taken as one of full pages.
func span(page catalog.Page) (start, limit int) {
	limit = standardLimit
	_, query, _ := strings.Cut(page.Parts[0].Request, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return (page.Number - 1) * limit, limit
	}
	if asked, err := strconv.Atoi(values.Get("limit")); err == nil && asked > 0 {
		limit = asked
	}
	if asked, err := strconv.Atoi(values.Get("start")); err == nil && asked >= 0 {
		return asked, limit
	}
	return (page.Number - 1) * limit, limit
}
