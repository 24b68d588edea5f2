package scp_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/scp"
)

func TestContractPlannedComputes(t *testing.T) { fetchertest.Run(t, plannedComputes()) }

func TestContractPrices(t *testing.T) { fetchertest.Run(t, prices()) }

func TestContractServiceTypes(t *testing.T) { fetchertest.Run(t, serviceTypes()) }

func TestContractCodeLists(t *testing.T) {
	for _, c := range codeLists() {
		t.Run(c.List, func(t *testing.T) { fetchertest.Run(t, c) })
	}
}

func FuzzDecode(f *testing.F) {
	fetchertest.Fuzz(f, append(codeLists(), plannedComputes(), prices(), serviceTypes())...)
}

// plannedComputes has an answer about instances for each kind of server on a
// page and one about the fee for each row.
func plannedComputes() fetchertest.Case {
	row := func(id, server string) string {
		return `{"id":"` + id + `","contract_id":"C-` + id + `","service_id":"VM","os_type":"LINUX","server_type":"` + server + `","start_date":"2026-01-01","end_date":"2026-12-31"}`
	}
	c := contract("planned-computes", "/v1/planned-computes",
		`{"planned_computes":[`+row("a", "s1")+`,`+row("b", "s1")+`],"total_pages":"2","total_count":"3","current_page":"1"}`,
		`{"planned_computes":[`+row("c", "s2")+`],"total_pages":2,"total_count":3,"current_page":2}`)
	c.PageOf = func(r *http.Request) int { return number(r, "page") }
	c.Part = func(r *http.Request) string {
		if r.Method == http.MethodPost {
			return `{"bill_year_month":"2026-12","cancellation_fee":100,"currency":{"code":"KRW"}}`
		}
		return `{"server_type":"` + r.URL.Query().Get("server_type") + `","coverages":[{"resource_name":"r","contract_id":"C-a","used_time":1,"unit_price":{"krw":"1"}}]}`
	}
	return c
}

func prices() fetchertest.Case {
	row := func(item string) string {
		return `{"billing_item_id":"` + item + `","currency_code":"KRW","offering":"PP","prices":[{"unit_price":"1.5","range_start":null,"range_end":null}]}`
	}
	c := contract("prices", "/v1/reports/prices",
		`{"count":3,"page":0,"size":2,"total_pages":2,"prices":[`+row("a")+`,`+row("b")+`]}`,
		`{"count":3,"page":1,"size":2,"total_pages":2,"prices":[`+row("c")+`]}`)
	c.PageOf = func(r *http.Request) int { return number(r, "page") + 1 }
	c.Samples = map[string]string{"testdata/prices.json": "testdata/prices.golden"}
	return c
}

const services = `{"services":[{"service_id":"VIRTUAL_SERVER","display_name":"Virtual Server"}]}`

func serviceTypes() fetchertest.Case {
	c := contract("service-types", "/v1/planned-computes/service-types", services)
	c.Samples = map[string]string{"testdata/service-types.json": "testdata/service-types.golden"}
	return c
}

// codeLists ask for the services first, whose answer is in every page.
func codeLists() []fetchertest.Case {
	var all []fetchertest.Case
	for list, answer := range map[string]string{
		"contract-types": `{"contract_types":[{"code":"01","display_name":"1-year"},{"code":"03","display_name":"3-year"}],"extension_types":[]}`,
		"os-types":       `{"os_types":[{"os_type_id":"LINUX","display_name":"Linux","os_type_value":"linux"}]}`,
		"server-types":   `{"server_types":[{"server_type":"s1","core":"1","memory_gb":2}]}`,
	} {
		c := contract(list, "/v1/planned-computes/"+list, answer)
		c.Other = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, services) })
		all = append(all, c)
	}
	return all
}

func contract(list, path string, pages ...string) fetchertest.Case {
	return fetchertest.Case{
		Provider: scp.Provider(), List: list, Path: path, Pages: pages,
		Credentials: map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"},
		Options:     map[string]string{"page_size": "2", "account_id": "account-of-canary"},
		PageOf:      func(*http.Request) int { return 1 },
	}
}

// number is a number of the query, -1 for none.
func number(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return -1
	}
	return n
}
