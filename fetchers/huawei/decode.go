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
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	decoded, err := f.read(document)
	if err != nil {
		return catalog.Decoded{}, err
	}
	if err := addPrices(&decoded, page.Parts[1:], f.account.currency); err != nil {
		return catalog.Decoded{}, err
	}
	if f.list.priced && f.account.bss != nil {
		warnUnanswered(&decoded, page.Parts[0].Body)
	}
	return decoded, nil
}

// read reads the list's answer. It is whole: nothing follows it.
func (f *fetcher) read(document *web.Document) (catalog.Decoded, error) {
	answer := document.Root().Object()
	decoded := catalog.Decoded{End: catalog.End{Last: true}}
	rows := rowsOf(answer, f.list.member)
	if f.list.count != "" {
		decoded.End.Total = answer.Get(f.list.count).Count()
	}
	answer.Ignore(f.list.echoes...)
	answer.Done()
	for _, row := range rows {
		object := row.Object()
		decoded.Entries = append(decoded.Entries, f.list.entry(document, object))
		object.Done()
	}
	if err := document.Err(); err != nil {
		return catalog.Decoded{}, err
	}
	decoded.Unknown, decoded.Warnings = document.Unknown(), document.Warnings()
	return decoded, nil
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
