package scp

import (
	"fmt"
	"strings"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

const contractsPath = "/v1/planned-computes"

// contract is one planned compute: its entry, and what must be known to ask
// for its details.
type contract struct {
	entry  catalog.Entry
	group  group
	region *string
	live   bool
}

// group is what covered instances are asked by: all contracts of one kind of
// server share the answer.
type group struct{ service, os, server string }

func (g group) String() string { return strings.Join([]string{g.service, g.os, g.server}, "/") }

// complete reports whether instances can be asked for.
func (g group) complete() bool { return g.service != "" && g.os != "" && g.server != "" }

// decodeContracts reads a page: the list's answer, then the answers about its
// rows. A page that lacks one is refused; a page that does not name its request
// is an archive of somebody else's, which may hold lists alone: that is a
// warning.
func (f *fetcher) decodeContracts(page catalog.Page) (catalog.Decoded, error) {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	contracts, end := f.contracts(document, page)
	decoded, err := result(document, nil, end)
	if err != nil {
		return catalog.Decoded{}, err
	}
	details := f.newDetails()
	for i, part := range page.Parts[1:] {
		if err := details.read(part); err != nil {
			return catalog.Decoded{}, fmt.Errorf("part %d (%.200s): %w", i+2, part.Request, err)
		}
	}
	for _, contract := range contracts {
		if lacks := details.lacking(contract); lacks != "" && page.Parts[0].Request != "" {
			return catalog.Decoded{}, fmt.Errorf("contract %q: the page lacks %s", contract.entry.Key, lacks)
		} else if lacks != "" {
			details.warnings = append(details.warnings, catalog.Warning{Key: contract.entry.Key, Text: "the page lacks " + lacks})
		}
		details.attach(&contract)
		decoded.Entries = append(decoded.Entries, contract.entry)
	}
	decoded.Unknown = append(decoded.Unknown, details.unknown...)
	decoded.Warnings = append(decoded.Warnings, details.warnings...)
	return decoded, nil
}

func (f *fetcher) contracts(document *web.Document, page catalog.Page) ([]contract, catalog.End) {
	answer := envelope(document)
	rows := answer.Get("planned_computes").Rows()
	end := contractsEnd(document, answer, page, len(rows))
	answer.Done()
	contracts := make([]contract, 0, len(rows))
	for _, row := range rows {
		object := row.Object()
		contracts = append(contracts, f.contract(document, object))
		object.Done()
	}
	return contracts, end
}

// contract reads a PlannedComputeDTO. The only documented state is ACTIVE,
// which is also the schema's default.
func (f *fetcher) contract(document *web.Document, row web.Object) contract {
	entry := catalog.Entry{Key: row.Get("id").Key()}
	document.About(entry.Key)
	entry.Name = textOf(row.Get("resource_name"))
	entry.Status = row.Get("state").Word("ACTIVE")
	entry.RegionID = region(row.Get("region"))
	start, _ := f.date(document, row.Get("start_date"))
	entry.Contract = &catalog.Contract{
		ContractID: textOf(row.Get("contract_id")), ContractType: textOf(row.Get("contract_type")),
		PeriodStart: start, PeriodEnd: f.periodEnd(document, row.Get("end_date")),
	}
	deleted := yesNo(row.Get("delete_yn"))
	entry.Attributes = row.Attributes(contractAttributes(row, deleted))
	row.Ignore("created_by", "modified_by") // names of persons
	return contract{
		entry: entry, region: entry.RegionID, live: (entry.Status == nil || *entry.Status == "ACTIVE") && deleted != "Y",
		group: group{textOf(row.Get("service_id")), textOf(row.Get("os_type")), textOf(row.Get("server_type"))},
	}
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
