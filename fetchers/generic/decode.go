package generic

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Holds reports whether a page is a file of entries.
func Holds(page catalog.Page) bool {
	return len(page.Parts) == 1 && page.Parts[0].MediaType == MediaType
}

// Decode reads a file of entries as the whole list. It is strict: a member
// nobody documented is an error, for nothing else would reveal a misspelt one.
// Errors name the line and the member: line 3: prices[0].amount: want a number.
func Decode(kind catalog.EntryKind, page catalog.Page) (catalog.Decoded, error) {
	if !Holds(page) {
		return catalog.Decoded{}, errors.New("want a page of entries, one JSON object a line")
	}
	body := bytes.TrimPrefix(page.Parts[0].Body, []byte("\ufeff")) // some programs begin UTF-8 so
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		return catalog.Decoded{}, errors.New("line 1: the file is UTF-16; save it as UTF-8")
	}
	decoded, number := catalog.Decoded{End: catalog.End{Last: true}}, 0
	for line := range bytes.Lines(bytes.TrimRight(body, " \t\r\n")) {
		number++
		if err := decodeLine(kind, line, &decoded); err != nil {
			return catalog.Decoded{}, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return decoded, nil
}

func decodeLine(kind catalog.EntryKind, line []byte, decoded *catalog.Decoded) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return errors.New("is empty")
	}
	document, err := web.ParseJSON(line)
	if err != nil {
		return err
	}
	read := entry(document, kind)
	if err := document.Err(); err != nil {
		return err
	}
	for _, unknown := range document.Unknown() {
		return fmt.Errorf("unknown member %s", unknown.Path)
	}
	decoded.Entries = append(decoded.Entries, read)
	decoded.Warnings = append(decoded.Warnings, document.Warnings()...)
	return read.Validate()
}

// entry reads one line: the tracked fields by their names, those that only
// contracts have in a member contract. Null is the same as absent.
func entry(document *web.Document, kind catalog.EntryKind) catalog.Entry {
	row := document.Root().Object()
	read := catalog.Entry{Key: row.Get("key").Key()}
	document.About(read.Key)
	var contract web.Object
	if kind == catalog.Contracts {
		read.Contract, contract = &catalog.Contract{}, row.Get("contract").Object()
	}
	for _, field := range catalog.Fields() {
		switch {
		case field.In(catalog.Products): // also of a contract, so that one with sizes is refused by name
			readField(document, row, field, &read)
		case kind == catalog.Contracts:
			readField(document, contract, field, &read)
		}
	}
	if kind == catalog.Contracts {
		contract.Done()
	}
	row.Done()
	return read
}

func readField(document *web.Document, from web.Object, field catalog.Field, read *catalog.Entry) {
	value := from.Get(field.Name)
	switch at := field.At(read).(type) {
	case *string:
		if field.Name == "contract_id" { // which identifies the contract
			*at = value.Key()
		} else if text := value.OptionalText(); text != nil {
			*at = *text
		}
	case **string:
		*at = value.OptionalText()
	case **decimal.Decimal:
		*at = value.OptionalAmount()
	case **time.Time:
		*at = moment(value)
	case *catalog.Attributes:
		*at = attributes(from, value)
	case *[]catalog.ZoneStatus:
		*at = zones(value)
	case *[]catalog.Price:
		*at = prices(document, read.Key, value)
	default:
		panic(fmt.Sprintf("generic: field %s is a %T, which no file of entries can state", field.Name, at))
	}
}

// zones reads {"kr-1": "soldout"}.
func zones(value web.Value) []catalog.ZoneStatus {
	if !value.Given() {
		return nil
	}
	var all []catalog.ZoneStatus
	stated := value.Object()
	for _, zone := range stated.Names() {
		all = append(all, catalog.ZoneStatus{Zone: zone, Status: stated.Get(zone).Text()})
	}
	return all
}

// attributes are kept as they are, but for those that are null.
func attributes(row web.Object, value web.Value) catalog.Attributes {
	kept := make(map[string]any)
	if value.Given() {
		stated := value.Object()
		stated.Keep(kept, stated.Names()...)
	}
	return row.Attributes(kept)
}

// moment is an RFC 3339 moment, or nil where there is none.
func moment(value web.Value) *time.Time {
	text := value.OptionalText()
	if text == nil {
		return nil
	}
	read, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		value.Fail("want an RFC 3339 moment such as 2026-01-05T00:00:00Z, got %q", *text)
		return nil
	}
	return &read
}
