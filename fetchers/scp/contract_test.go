package scp_test

import (
	"io"
	"net/http"
	"strconv"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/scp"
)

func TestContractPlannedComputes(t *testing.T) {
	row := func(id, server string) string {
		return `{"id":"` + id + `","contract_id":"C-` + id + `","service_id":"VM","os_type":"LINUX","server_type":"` + server + `","start_date":"2026-01-01","end_date":"2026-12-31"}`
	}
	c := contract("planned-computes", "/v1/planned-computes",
		`{"planned_computes":[`+row("a", "s1")+`,`+row("b", "s1")+`],"total_pages":"2","total_count":"3","current_page":"1"}`,
		`{"planned_computes":[`+row("c", "s2")+`],"total_pages":2,"total_count":3,"current_page":2}`)
	c.PageOf = func(r *http.Request) int { return number(r, "page") }
	c.Other = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			io.WriteString(w, `{"bill_year_month":"2026-12","cancellation_fee":100,"currency":{"code":"KRW"}}`)
			return
		}
		io.WriteString(w, `{"server_type":"`+r.URL.Query().Get("server_type")+`","coverages":[{"resource_name":"r","contract_id":"C-a","used_time":1,"unit_price":{"krw":"1"}}]}`)
	})
	fetchertest.Run(t, c)
}

func TestContractPrices(t *testing.T) {
	row := func(item string) string {
		return `{"billing_item_id":"` + item + `","currency_code":"KRW","offering":"PP","prices":[{"unit_price":"1.5","range_start":null,"range_end":null}]}`
	}
	c := contract("prices", "/v1/reports/prices",
		`{"count":3,"page":0,"size":2,"total_pages":2,"prices":[`+row("a")+`,`+row("b")+`]}`,
		`{"count":3,"page":1,"size":2,"total_pages":2,"prices":[`+row("c")+`]}`)
	c.PageOf = func(r *http.Request) int { return number(r, "page") + 1 }
	fetchertest.Run(t, c)
}

func TestContractServiceTypes(t *testing.T) {
	fetchertest.Run(t, contract("service-types", "/v1/planned-computes/service-types", `{"services":[{"service_id":"VM","display_name":"Virtual Server"}]}`))
}

func TestContractCodeLists(t *testing.T) {
	for list, answer := range map[string]string{
		"contract-types": `{"contract_types":[{"code":"01","display_name":"1-year"}],"extension_types":[{"code":"01","display_name":"1-year"}]}`,
		"os-types":       `{"os_types":[{"os_type_id":"LINUX","display_name":"Linux","os_type_value":"linux"}]}`,
		"server-types":   `{"server_types":[{"server_type":"s1","core":"1","memory_gb":2}]}`,
	} {
		t.Run(list, func(t *testing.T) {
			c := contract(list, "/v1/planned-computes/"+list, answer)
			c.Other = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, `{"services":[{"service_id":"VM","display_name":"Virtual Server"}]}`)
			})
			fetchertest.Run(t, c)
		})
	}
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
