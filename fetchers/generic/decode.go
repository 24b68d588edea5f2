package generic

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// Holds reports whether a page is a file of entries.
func Holds(page catalog.Page) bool {
	return len(page.Parts) == 1 && page.Parts[0].MediaType == MediaType
}

// Decode reads a file of entries as the whole list. It is strict: a member that
// nobody documented sets its part aside, for nothing else would reveal a misspelt
// one. What is set aside names the line and the member: line 3: prices[0].amount:
// want a number. A file of which no line can be read is no file of entries.
func Decode(kind catalog.EntryKind, page catalog.Page) (catalog.Decoded, error) {
	if !Holds(page) {
		return catalog.Decoded{}, errors.New("want a page of entries, one JSON object a line")
	}
	body := bytes.TrimPrefix(page.Parts[0].Body, []byte("\ufeff")) // some programs begin UTF-8 so
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		return catalog.Decoded{}, errors.New("line 1: the file is UTF-16; save it as UTF-8")
	}
	decoded, number := catalog.Decoded{End: catalog.End{Last: true}}, 0
	rows := web.NewRows()
	for line := range bytes.Lines(bytes.TrimRight(body, " \t\r\n")) {
		number++
		document, err := parse(line)
		if err != nil {
			rows.Nameless(fmt.Sprintf("line %d: %v", number, err))
			continue
		}
		rows.Join(document, fmt.Sprintf("line %d", number))
		readLine(rows, document, kind, number)
		decoded.Warnings = append(decoded.Warnings, document.Warnings()...)
	}
	rows.Into(&decoded)
	if len(rows.All()) == 0 && number > 0 {
		return catalog.Decoded{}, errors.New(decoded.SetAside[0].Detail)
	}
	return decoded, nil
}

func parse(line []byte) (*web.Document, error) {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, errors.New("is empty")
	}
	return web.ParseJSON(line)
}

// readLine reads one line: the tracked fields by their names, those that only
// contracts have in a member contract. Null is the same as absent.
func readLine(rows *web.Rows, document *web.Document, kind catalog.EntryKind, number int) {
	var line, contract web.Object
	row := rows.Add(func() string {
		line = document.Root().Object()
		return line.Get("key").Key()
	})
	if row == nil {
		return
	}
	row.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		if kind == catalog.Contracts {
			entry.Contract, contract = &catalog.Contract{}, line.Get("contract").Object()
		}
	})
	for _, field := range catalog.Fields() {
		from := line // also of a contract, so that one with sizes is refused by name
		if !field.In(catalog.Products) {
			from = contract
		}
		if field.In(catalog.Products) || kind == catalog.Contracts {
			row.Read(field.Part, func(entry *catalog.Entry) { readField(from, field, entry) })
		}
	}
	if kind == catalog.Contracts {
		contract.Done()
	}
	line.Done()
	for _, unknown := range document.Unknown() {
		part := catalog.FieldsPart
		if strings.HasPrefix(unknown.Path, "prices[]") {
			part = catalog.PricesPart
		}
		row.SetAside(part, catalog.Unreadable, fmt.Sprintf("line %d: unknown member %s", number, unknown.Path))
	}
	validate(row, number)
}

// validate refuses here, where the line is known, what must not enter history.
func validate(row *web.Row, number int) {
	refuse := func(part catalog.EntryPart, err error) {
		reason := catalog.Unreadable
		switch {
		case errors.Is(err, catalog.ErrTooLong):
			reason = catalog.TooLong
		case errors.Is(err, catalog.ErrTwice):
			reason = catalog.Ambiguous
		}
		row.SetAside(part, reason, fmt.Sprintf("line %d: %v", number, err))
	}
	if err := row.Entry.ValidatePart(catalog.FieldsPart); err != nil {
		refuse(catalog.FieldsPart, err)
	}
	seen := make(map[begun]bool)
	for _, price := range row.Entry.Prices {
		alone := catalog.Entry{Key: row.Entry.Key, Prices: []catalog.Price{price}}
		if err := alone.ValidatePart(catalog.PricesPart); err != nil {
			refuse(catalog.PricesPart, err)
		}
		term := begun{id: price.Identity()}
		if price.EffectiveFrom != nil {
			term.from = price.EffectiveFrom.UnixNano()
		}
		if seen[term] {
			refuse(catalog.PricesPart, fmt.Errorf("price %q: %w", price.SKUPriceID, catalog.ErrTwice))
		}
		seen[term] = true
	}
}

// begun is a price and when it begins; 0 where that is not stated.
type begun struct {
	id   catalog.PriceIdentity
	from int64
}

func readField(from web.Object, field catalog.Field, read *catalog.Entry) {
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
		*at = prices(read.Key, value)
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
