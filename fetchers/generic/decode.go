package generic

import (
	"bytes"
	"errors"
	"fmt"
	"time"

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
	body := page.Parts[0].Body
	if bytes.HasPrefix(body, []byte("\ufeff")) {
		return catalog.Decoded{}, errors.New("line 1: begins with a byte order mark; save the file without")
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

// entry reads one line. Null is the same as absent.
func entry(document *web.Document, kind catalog.EntryKind) catalog.Entry {
	row := document.Root().Object()
	read := catalog.Entry{Key: row.Get("key").Key()}
	document.About(read.Key)
	if name := row.Get("name").OptionalText(); name != nil {
		read.Name = *name
	}
	read.Status, read.Lifecycle = row.Get("status").OptionalText(), row.Get("lifecycle").OptionalText()
	read.RegionID = row.Get("region_id").OptionalText()
	read.VCPU, read.MemoryMiB = row.Get("vcpu").OptionalAmount(), row.Get("memory_mib").OptionalAmount()
	read.DiskGiB, read.GPUCount = row.Get("disk_gib").OptionalAmount(), row.Get("gpu_count").OptionalAmount()
	read.ZoneStatuses = zones(row.Get("zone_statuses"))
	read.Attributes = attributes(row, row.Get("attributes"))
	read.Prices = prices(document, read.Key, row.Get("prices"))
	if kind == catalog.Contracts {
		read.Contract = contract(row.Get("contract").Object())
	}
	row.Done()
	return read
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

func contract(stated web.Object) *catalog.Contract {
	read := &catalog.Contract{ContractID: stated.Get("contract_id").Key()}
	if word := stated.Get("contract_type").OptionalText(); word != nil {
		read.ContractType = *word
	}
	read.PeriodStart, read.PeriodEnd = moment(stated.Get("period_start")), moment(stated.Get("period_end"))
	stated.Done()
	return read
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
