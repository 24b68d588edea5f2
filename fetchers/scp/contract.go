package scp

import (
	"fmt"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const contractsPath = "/v1/planned-computes"

// contract is one planned compute while it is read, and what must be known to ask
// for its details.
type contract struct {
	row    *web.Row
	id     string // contract_id
	group  group
	region *string
	end    *time.Time
	live   bool
}

// group is what covered instances are asked by: all contracts of one kind of
// server share the answer.
type group struct{ service, os, server string }

func (g group) String() string { return strings.Join([]string{g.service, g.os, g.server}, "/") }

// complete reports whether instances can be asked for.
func (g group) complete() bool { return g.service != "" && g.os != "" && g.server != "" }

// decodeContracts reads a page: the list's answer, then the answers about its
// rows. Prices of a contract about which one is missing say nothing; where none of
// them could be had, those of the whole list do not. A page that does not name its
// request is an archive of somebody else's, which may hold lists alone: that is a
// warning.
func (f *fetcher) decodeContracts(page catalog.Page) (catalog.Decoded, error) {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	rows := web.NewRows(document)
	contracts, end := f.contracts(document, page, rows)
	decoded, err := result(document, end)
	if err != nil {
		return catalog.Decoded{}, err
	}
	details := f.newDetails()
	for i, part := range page.Parts[1:] {
		if err := details.read(part, fmt.Sprintf("part %d (%.200s)", i+2, part.Request)); err != nil {
			return catalog.Decoded{}, fmt.Errorf("part %d (%.200s): %w", i+2, part.Request, err)
		}
	}
	asked := page.Parts[0].Request != ""
	decoded.PricesUnread = details.unread(contracts)
	for i := range contracts {
		contract := &contracts[i]
		switch lack := details.lacking(contract); {
		case lack == nil || decoded.PricesUnread != "":
		case asked || lack.reason == catalog.Unreadable:
			contract.row.SetAside(catalog.PricesPart, lack.reason, lack.why)
		default:
			details.warnings = append(details.warnings, catalog.Warning{Key: contract.row.Entry.Key, Text: lack.why})
		}
		details.attach(contract)
		if decoded.PricesUnread != "" {
			contract.row.Entry.Prices = nil // some of them would pass for all
		}
	}
	rows.Into(&decoded)
	decoded.Unknown = append(decoded.Unknown, details.unknown...)
	decoded.Warnings = append(decoded.Warnings, details.warnings...)
	return decoded, nil
}

// contracts reads the rows of the list.
func (f *fetcher) contracts(document *web.Document, page catalog.Page, rows *web.Rows) ([]contract, catalog.End) {
	answer := envelope(document)
	listed := answer.Get("planned_computes").Rows()
	end := contractsEnd(document, answer, page, len(listed))
	answer.Done()
	contracts := make([]contract, 0, len(listed))
	for _, value := range listed {
		var object web.Object
		row := rows.Add(func() string {
			object = value.Object()
			return object.Get("id").Key()
		})
		if row == nil {
			continue
		}
		contracts = append(contracts, f.contract(document, row, object))
		object.Done()
	}
	return contracts, end
}

// contract reads a PlannedComputeDTO. The only documented state is ACTIVE, which
// is also the schema's default. What its prices are asked by is read for them too.
func (f *fetcher) contract(document *web.Document, row *web.Row, object web.Object) contract {
	read := contract{row: row}
	row.Entry.Contract = &catalog.Contract{}
	row.Read(catalog.PricesPart, func(*catalog.Entry) {
		state, deleted := object.Get("state").Word("ACTIVE"), yesNo(object.Get("delete_yn"))
		read.live = (state == nil || *state == "ACTIVE") && deleted != "Y"
		read.id, read.region = textOf(object.Get("contract_id")), region(object.Get("region"))
		read.group = group{textOf(object.Get("service_id")), textOf(object.Get("os_type")), textOf(object.Get("server_type"))}
	})
	row.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		entry.Name = textOf(object.Get("resource_name"))
		entry.Status = object.Get("state").Word("ACTIVE")
		entry.RegionID = region(object.Get("region"))
		start, _ := f.date(document, object.Get("start_date"))
		read.end = f.periodEnd(document, object.Get("end_date"))
		*entry.Contract = catalog.Contract{
			ContractID: textOf(object.Get("contract_id")), ContractType: textOf(object.Get("contract_type")),
			PeriodStart: start, PeriodEnd: read.end,
		}
		entry.Attributes = object.Attributes(contractAttributes(object, yesNo(object.Get("delete_yn"))))
		object.Ignore("created_by", "modified_by") // names of persons
	})
	return read
}

func contractAttributes(row web.Object, deleted any) map[string]any {
	attributes := map[string]any{}
	keepText(attributes, row, "account_id", "next_contract_type", "os_name", "os_type", "resource_type",
		"server_type", "service_id", "service_name", "srn")
	for _, name := range []string{
		"start_date", "end_date", "first_contract_start_at", "next_start_date", "next_end_date", "created_at", "modified_at",
	} {
		web.Keep(attributes, name, dateText(row.Get(name)))
	}
	web.Keep(attributes, "delete_yn", deleted)
	web.Keep(attributes, "server_type_description", description(row.Get("server_type_description")))
	return attributes
}

// region is FOCUS RegionId, which is never empty.
func region(value web.Value) *string {
	if text := value.OptionalText(); text != nil && *text != "" {
		return text
	}
	return nil
}

// periodEnd is FOCUS' exclusive end: a contract runs to the end of the day
// that end_date names, as the sample's next term (1 to 31 August) shows.
func (f *fetcher) periodEnd(document *web.Document, value web.Value) *time.Time {
	at, wholeDay := f.date(document, value)
	if at != nil && wholeDay {
		next := at.AddDate(0, 0, 1)
		return &next
	}
	return at
}

// date warns of a text that is no date; it stays an attribute.
func (f *fetcher) date(document *web.Document, value web.Value) (at *time.Time, wholeDay bool) {
	text := value.OptionalText()
	if text == nil || *text == "" {
		return nil, false
	}
	read, wholeDay, ok := moment(*text, f.source.Location)
	if !ok {
		document.Warn("%s: want a date such as 2024-08-01, got %.40q", value.Path(), *text)
		return nil, false
	}
	return &read, wholeDay
}
