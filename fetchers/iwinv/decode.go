package iwinv

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// success is the envelope's code beside rows; anything else, also with HTTP
// status 200, is an error.
const success = "0x00"

// documentedPageSize is what the server takes when the request states none.
const documentedPageSize = 10

// Decode reads one page.
func (f *fetcher) Decode(page catalog.Page) (catalog.Decoded, error) {
	if len(page.Parts) != 1 {
		return catalog.Decoded{}, errors.New("want a page of one part")
	}
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	envelope := document.Root().Object()
	rows := rowsOf(envelope)
	if err := document.Err(); err != nil {
		return catalog.Decoded{}, err
	}
	decoded := catalog.Decoded{End: f.end(envelope, page, len(rows))}
	envelope.Done()
	if err := document.Err(); err != nil {
		return catalog.Decoded{}, err
	}
	f.list.read(document, rows).Into(&decoded)
	decoded.Unknown, decoded.Warnings = document.Unknown(), document.Warnings()
	return decoded, nil
}

// read reads the rows of an answer.
func (l *list) read(document *web.Document, values []web.Value) *web.Rows {
	rows := web.NewRows(document)
	for _, value := range values {
		var object web.Object
		row := rows.Add(func() string {
			object = value.Object()
			return object.Get(l.key).Key()
		})
		if row == nil {
			continue
		}
		row.Read(catalog.FieldsPart, func(entry *catalog.Entry) { l.fields(object, entry) })
		if l.prices != nil {
			row.Read(catalog.PricesPart, func(entry *catalog.Entry) { l.prices(object, entry) })
		}
		object.Done()
	}
	return rows
}

// rowsOf looks at the code first: an error may come with an empty result.
func rowsOf(envelope web.Object) []web.Value {
	code, errorCode, message := envelope.Get("code"), envelope.Get("error_code"), envelope.Get("message")
	if code.Raw() != success {
		code.Fail("want %s, got %s: %s", success, codeText(errorCode.Raw(), code.Raw()), text(message.Raw()))
		return nil
	}
	rows := envelope.Get("result").Rows()
	if count := envelope.Get("count"); count.Given() {
		if stated := count.Count(); stated != nil && *stated != len(rows) {
			count.Fail("the answer states %d rows and holds %d", *stated, len(rows))
		}
	}
	return rows
}

// end goes by the total, which only flavors state and no document names; else
// by a page that is short of the size in use, which the echo knows better than
// the request. An empty page ends every walk.
func (f *fetcher) end(envelope web.Object, page catalog.Page, rows int) catalog.End {
	total := envelope.Get("total").Count()
	number, size := envelope.Get("page_no"), envelope.Get("page_size").Count()
	if !f.list.paged {
		return catalog.End{Total: total, Last: true}
	}
	if echo := number.Count(); echo != nil && *echo != page.Number {
		number.Fail("asked for page %d, got page %d", page.Number, *echo)
	}
	if size == nil || *size == 0 {
		size = askedSize(page.Parts[0].Request)
	}
	if total != nil {
		return catalog.End{Total: total, Last: rows == 0 || page.Number**size >= *total}
	}
	return catalog.End{Last: rows < *size}
}

// askedSize is the page_size of "GET /v1/flavors?page_no=1&page_size=100".
func askedSize(request string) *int {
	size := documentedPageSize
	_, query, _ := strings.Cut(request, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return &size
	}
	if asked, err := strconv.Atoi(values.Get("page_size")); err == nil && asked > 0 {
		size = asked
	}
	return &size
}
