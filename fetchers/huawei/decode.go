package huawei

import (
	"errors"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Decode reads the page: the list's answer and, for products, those of the
// price enquiries that followed it.
func (f *fetcher) Decode(page catalog.Page) (catalog.Decoded, error) {
	switch {
	case len(page.Parts) == 0:
		return catalog.Decoded{}, errors.New("want a page of at least one part")
	case len(page.Parts) > 1 && !f.list.priced:
		return catalog.Decoded{}, errors.New("want a page of one part")
	}
	list, err := f.readList(page.Parts[0])
	if err != nil {
		return catalog.Decoded{}, err
	}
	decoded := catalog.Decoded{End: list.end}
	if f.list.priced && (f.account.bss != nil || len(page.Parts) > 1) {
		prices := newPrices(list, f.account.currency)
		for i, part := range page.Parts[1:] {
			prices.read(part, i+2)
		}
		if prices.unread == "" && f.account.bss != nil {
			prices.requireAnswers()
		}
		prices.finish()
		decoded.PricesUnread, decoded.Unknown, decoded.Warnings = prices.unread, prices.unknown, prices.warnings
	}
	list.rows.Into(&decoded)
	decoded.Unknown = append(list.document.Unknown(), decoded.Unknown...)
	decoded.Warnings = append(list.document.Warnings(), decoded.Warnings...)
	return decoded, nil
}

// listAnswer is the answer of a list. It is whole: nothing follows it.
type listAnswer struct {
	document *web.Document
	rows     *web.Rows
	lines    []line
	count    int // of rows, those without a key too
	end      catalog.End
}

// row is the row with that number; nil where there is none with a key.
func (l listAnswer) row(number int) *web.Row {
	for _, line := range l.lines {
		if line.number == number {
			return line.row
		}
	}
	return nil
}

// line is a row of a list that has a key, and its number, from 1.
type line struct {
	number int
	object web.Object
	row    *web.Row
}

// readList reads the list's answer.
func (f *fetcher) readList(part catalog.Part) (listAnswer, error) {
	document, err := web.ParseJSON(part.Body)
	if err != nil {
		return listAnswer{}, err
	}
	envelope := document.Root().Object()
	list := listAnswer{document: document, rows: web.NewRows(document), end: catalog.End{Last: true}}
	values := rowsOf(envelope, f.list.member)
	if f.list.count != "" {
		list.end.Total = envelope.Get(f.list.count).Count()
	}
	envelope.Ignore(f.list.echoes...)
	envelope.Done()
	if err := document.Err(); err != nil {
		return listAnswer{}, err
	}
	list.count = len(values)
	for i, value := range values {
		var object web.Object
		row := list.rows.Add(func() string {
			object = value.Object()
			return object.Get(f.list.key).Key()
		})
		if row == nil {
			continue
		}
		row.Read(catalog.FieldsPart, func(entry *catalog.Entry) { f.list.fields(object, entry) })
		object.Done()
		list.lines = append(list.lines, line{i + 1, object, row})
	}
	return list, nil
}

// rowsOf looks for an error first: it may come with status 200.
func rowsOf(answer web.Object, member string) []web.Value {
	if refused(answer) {
		return nil
	}
	return answer.Get(member).Rows()
}

// success is the code that BSS documents for an answer without an error.
const success = "CBC.0000"

// refused fails an answer that holds an error code.
func refused(answer web.Object) bool {
	code, message := answer.Get("error_code"), answer.Get("error_msg")
	if !code.Given() && !message.Given() || code.Raw() == success {
		return false
	}
	code.Fail("the answer is an error: %s: %s", text(code.Raw()), text(message.Raw()))
	return true
}
