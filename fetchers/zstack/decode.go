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
	if len(page.Parts) == 0 || len(page.Parts) > 1 && !f.list.priced {
		return catalog.Decoded{}, errors.New("want a page of one part")
	}
	answer, err := readReply(page.Parts[0], page.Number)
	if err != nil {
		return catalog.Decoded{}, err
	}
	decoded := catalog.Decoded{End: answer.end}
	rows := web.NewRows(answer.document)
	for _, value := range answer.rows {
		var object web.Object
		row := rows.Add(func() string {
			object = value.Object()
			return object.Get("uuid").Key()
		})
		if row == nil {
			continue
		}
		row.Read(catalog.FieldsPart, func(entry *catalog.Entry) { f.list.fields(f, object, entry) })
		object.Done()
	}
	if f.list.priced {
		f.addPrices(&decoded, rows, page.Parts[1:])
	}
	rows.Into(&decoded)
	decoded.Unknown = append(answer.document.Unknown(), decoded.Unknown...)
	decoded.Warnings = append(answer.document.Warnings(), decoded.Warnings...)
	return decoded, nil
}

// reply is one answer to a query.
type reply struct {
	document *web.Document
	rows     []web.Value
	end      catalog.End
}

// readReply reads an answer; number is which of its kind it is, from 1.
func readReply(part catalog.Part, number int) (reply, error) {
	document, err := web.ParseJSON(part.Body)
	if err != nil {
		return reply{}, err
	}
	envelope := document.Root().Object()
	rows := rowsOf(envelope)
	end := end(envelope.Get("total").Count(), part.Request, number, len(rows))
	envelope.Ignore("schema") // class names for typed clients
	envelope.Done()
	return reply{document: document, rows: rows, end: end}, document.Err()
}

// rowsOf looks for an error first: it may come with status 200.
func rowsOf(envelope web.Object) []web.Value {
	if failure := envelope.Get("error"); failure.Given() {
		fields, _ := failure.Raw().(map[string]any)
		failure.Fail("the answer is an error: %v: %v", fields["code"], fields["description"])
		return nil
	}
	return envelope.Get("inventories").Rows()
}

// end goes by the total that replyWithCount=true asks for, else by a page that
// is short of its limit. An empty page ends every walk; whether the total was
// reached is the snapshot's business.
func end(total *int, request string, number, rows int) catalog.End {
	start, limit := span(request, number)
	if total != nil {
		return catalog.End{Total: total, Last: rows == 0 || start+rows >= *total}
	}
	return catalog.End{Last: rows < limit}
}

// span reads start and limit from "GET /v1/instance-offerings?limit=...". A
// page of an archive that names no request is taken as one of full pages.
func span(request string, number int) (start, limit int) {
	limit = standardLimit
	values := queryOf(request)
	if asked, err := strconv.Atoi(values.Get("limit")); err == nil && asked > 0 {
		limit = asked
	}
	if asked, err := strconv.Atoi(values.Get("start")); err == nil && asked >= 0 {
		return asked, limit
	}
	return (number - 1) * limit, limit
}

// queryOf is the query of a request line, empty where it cannot be read.
func queryOf(request string) url.Values {
	_, query, _ := strings.Cut(request, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return url.Values{}
	}
	return values
}
