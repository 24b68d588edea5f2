package scp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"syncer/simulate/fault"
)

// contractWire is a PlannedComputeDTO, its members in the order of the sample.
type contractWire struct {
	StartDate             string  `json:"start_date"`
	EndDate               string  `json:"end_date"`
	ID                    string  `json:"id"`
	ContractID            string  `json:"contract_id"`
	AccountID             string  `json:"account_id"`
	Region                string  `json:"region"`
	ServiceID             string  `json:"service_id"`
	ServiceName           string  `json:"service_name"`
	OSType                string  `json:"os_type"`
	OSName                string  `json:"os_name"`
	ServerType            string  `json:"server_type"`
	ServerTypeDescription any     `json:"server_type_description"`
	SRN                   string  `json:"srn"`
	ResourceType          string  `json:"resource_type"`
	ContractType          string  `json:"contract_type"`
	NextContractType      *string `json:"next_contract_type"`
	FirstContractStartAt  string  `json:"first_contract_start_at"`
	NextStartDate         *string `json:"next_start_date"`
	NextEndDate           *string `json:"next_end_date"`
	State                 string  `json:"state"`
	DeleteYN              string  `json:"delete_yn"`
	ResourceName          string  `json:"resource_name"`
	CreatedAt             string  `json:"created_at"`
	CreatedBy             string  `json:"created_by"`
	ModifiedAt            string  `json:"modified_at"`
	ModifiedBy            string  `json:"modified_by"`
}

func (c call) wire(row contractRow) contractWire {
	service := c.catalog.service(row.service)
	return contractWire{
		StartDate: row.start, EndDate: row.end, ID: row.id, ContractID: row.contractID, AccountID: c.config.AccountID,
		Region: row.region, ServiceID: row.service, ServiceName: service.name, OSType: row.os, OSName: service.system(row.os).Name,
		ServerType: row.server, ServerTypeDescription: c.spell.nothing(), SRN: row.srn, ResourceType: "instance",
		ContractType: row.term, NextContractType: orNull(row.nextTerm), FirstContractStartAt: row.first,
		NextStartDate: orNull(row.nextStart), NextEndDate: orNull(row.nextEnd),
		State: row.state, DeleteYN: Documented.yes(row.deleted).(string), ResourceName: row.name,
		CreatedAt: c.spell.date(row.created), CreatedBy: row.createdBy, ModifiedAt: c.spell.date(row.modified), ModifiedBy: row.modifiedBy,
	}
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// defaultLimit is the page size when none is asked for; the real one is
// unpublished.
const defaultLimit = 10

func contractsPage(query url.Values) int { return max(number(query, "page", 1), 0) }

// number is a number of the query, or -1 for what is none.
func number(query url.Values, name string, otherwise int) int {
	if !query.Has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// contracts is ListPlannedComputes.
func contracts(c call) fault.Answer {
	query := c.URL.Query()
	limit := number(query, "limit", defaultLimit)
	if c.asked < 1 || limit < 1 {
		return invalid("['Input should be greater than or equal to 1']")
	}
	kept := filtered(c.catalog.contracts, query)
	if bad := order(kept, query.Get("sort")); bad != "" {
		return invalid(bad)
	}
	rows := make([]contractWire, len(kept))
	for i, row := range kept {
		rows[i] = c.wire(row)
	}
	picks, size := c.active.Picks(len(rows), c.asked), c.active.PageSize(limit)
	page := cut(picks, c.active.Page(c.asked), size)
	return listed("planned_computes", render(c.active, page, rows, fault.Shape{ID: "id", Name: "resource_name"}), c.counts(picks, size))
}

// counts is what follows the rows. The sample prints three zeros beside its
// row, and so they are while it is alone.
func (c call) counts(picks []fault.Pick, size int) string {
	total, all, page := c.active.Total(picks), pages(len(picks), size), c.asked
	if c.catalog.untouched && c.spell != SDK && string(total) == "1" && c.asked == 1 {
		total, all, page = json.RawMessage("0"), 0, 0
	}
	if total == nil {
		return ""
	}
	return fmt.Sprintf(`,"total_pages":%s,"total_count":%s,"current_page":%s`, c.spell.count(all), c.spell.number(total), c.spell.count(page))
}

// filters are the parameters that rows are picked by; those with several
// values are sent as repeated keys. contract_type filters by code.
func filters() map[string]func(contractRow) string {
	return map[string]func(contractRow) string{
		"server_type":        func(row contractRow) string { return row.server },
		"contract_id":        func(row contractRow) string { return row.contractID },
		"contract_type":      func(row contractRow) string { return codeOf(row.term) },
		"next_contract_type": func(row contractRow) string { return codeOf(row.nextTerm) },
		"service_id":         func(row contractRow) string { return row.service },
		"os_type":            func(row contractRow) string { return row.os },
		"state":              func(row contractRow) string { return row.state },
		"created_by":         func(row contractRow) string { return row.createdBy },
		"modified_by":        func(row contractRow) string { return row.modifiedBy },
	}
}

// codeOf is "01" for "1-year".
func codeOf(term string) string {
	if years, ok := strings.CutSuffix(term, "-year"); ok {
		return "0" + years
	}
	return term
}

func filtered(rows []contractRow, query url.Values) []contractRow {
	kept := slices.Clone(rows)
	for name, field := range filters() {
		if wanted := query[name]; len(wanted) > 0 {
			kept = slices.DeleteFunc(kept, func(row contractRow) bool { return !slices.Contains(wanted, field(row)) })
		}
	}
	if from := query.Get("start_date"); from != "" {
		kept = slices.DeleteFunc(kept, func(row contractRow) bool { return row.end < from })
	}
	if to := query.Get("end_date"); to != "" {
		kept = slices.DeleteFunc(kept, func(row contractRow) bool { return row.start > to })
	}
	return kept
}

// order sorts by "created_by:asc"; bad says what is wrong with the text.
func order(rows []contractRow, sort string) (bad string) {
	if sort == "" {
		return ""
	}
	name, direction, _ := strings.Cut(sort, ":")
	field, known := filters()[name]
	if !known || direction != "asc" && direction != "desc" {
		return fmt.Sprintf("['cannot sort by %s']", sort)
	}
	slices.SortStableFunc(rows, func(a, b contractRow) int {
		if direction == "desc" {
			a, b = b, a
		}
		return strings.Compare(field(a), field(b))
	})
	return ""
}

// contract is GetPlannedCompute.
func contract(c call, id string) fault.Answer {
	at := c.catalog.contract(id)
	if at < 0 {
		return notFound(id)
	}
	return answer(http.StatusOK, map[string]any{"planned_compute": c.wire(c.catalog.contracts[at])})
}
