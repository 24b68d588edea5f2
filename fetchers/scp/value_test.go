package scp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

// TestBothReadings wants one entry, figures and all, from what the documents'
// samples and what their schema say in different words.
func TestBothReadings(t *testing.T) {
	spelled := strings.NewReplacer(
		`"server_type_description": ""`, `"server_type_description": {}`,
		`"total_pages": "0"`, `"total_pages": 1`, `"total_count": "0"`, `"total_count": 1`, `"current_page": "0"`, `"current_page": 1`,
		`"delete_yn": "N"`, `"delete_yn": false`, `"2024-08-01 00:00:00"`, `"2024-08-01T00:00:00.000000"`,
		`"order_count": "0"`, `"order_count": 0`, `"used_time": "10"`, `"used_time": 10`,
		`"os": "OPEN_SOURCE"`, `"os": {"os_type_id": "OPEN_SOURCE", "display_name": "Open Source"}`,
		`"no_contract_used": 0`, `"no_contract_used": {"krw": "0.000", "usd": "0.00"}`, `"used": 0`, `"used": {"krw": 0, "usd": 0}`,
		`"krw": "0.000"`, `"krw": 0`, `"cancellation_fee": 100000`, `"cancellation_fee": "100000"`,
		`"core": "1"`, `"core": 1`, `"memory_gb": "2"`, `"memory_gb": 2`, `"scale_up_yn": "Y"`, `"scale_up_yn": true`,
		`"unit_price": "59.000"`, `"unit_price": 59`, `"range_start": "0"`, `"range_start": null`, `"rounding_position": 0`, `"rounding_position": "0"`,
	)
	for _, list := range []string{"planned-computes", "server-types", "prices"} {
		printed, other := documented(t, list), documented(t, list)
		for i := range other.Parts {
			other.Parts[i].Body = []byte(spelled.Replace(string(other.Parts[i].Body)))
		}
		want, got := decode(t, list, printed), decode(t, list, other)
		want.Warnings = nil // the samples' counts are doubtful, the schema's are not
		if diff := cmp.Diff(show(want), show(got)); diff != "" {
			t.Errorf("%s (-samples +schema):\n%s", list, diff)
		}
		if want.Entries[0].Digest() != got.Entries[0].Digest() || len(got.Unknown) != 0 {
			t.Errorf("%s: digests differ, unknown %v", list, got.Unknown)
		}
	}
}

func contractRow(members string) string {
	return `{"id":"a","contract_id":"C","service_id":"S","os_type":"O","server_type":"T"` + members + `}`
}

func contracts(rows string) string { return `{"planned_computes":[` + rows + `]}` }

func TestContractFields(t *testing.T) {
	for members, want := range map[string]string{
		``:                   `a "" status=none region=none`,
		`,"state":"EXPIRED"`: `a "" status=EXPIRED region=none`,
		`,"delete_yn":"Y"`:   `"delete_yn":"Y"`,
		`,"delete_yn":true`:  `"delete_yn":"Y"`,
		`,"delete_yn":"X"`:   `"delete_yn":"X"`,
		`,"delete_yn":null`:  `a "" status=none`,
		`,"server_type_description":{"vcpu":1.0}`:            `"server_type_description":{"vcpu":1}`,
		`,"server_type_description":"1 vCPU"`:                `"server_type_description":"1 vCPU"`,
		`,"start_date":"2024-08-01","end_date":"2025-07-31"`: `from 2024-08-01T00:00+09 to 2025-08-01T00:00+09`,
		`,"start_date":"2024-08-01 10:00:00"`:                `from 2024-08-01T10:00+09 to none`,
		`,"end_date":"2024-08-01T10:00:00.5"`:                `from none to 2024-08-01T10:00+09`,
		`,"end_date":"2024-08-01T00:00:00Z"`:                 `to 2024-08-01T00:00Z`,
		`,"created_at":"2024-08-01T09:00:00+09:00"`:          `"created_at":"2024-08-01T00:00:00Z"`,
		`,"created_at":"2024-08-01T00:00:00.120000"`:         `"created_at":"2024-08-01 00:00:00.12"`,
		`,"modified_at":"yesterday"`:                         `"modified_at":"yesterday"`,
		`,"start_date":"someday"`:                            `warning a: planned_computes[0].start_date: want a date such as 2024-08-01, got "someday"`,
		`,"start_date":""`:                                   `from none to none`,
		`,"next_end_date":[2024,8,1]`:                        `"next_end_date":[2024,8,1]`,
		`,"created_at":1722470400000`:                        `"created_at":1722470400000`,
		`,"modified_at":{"seconds":1}`:                       `"modified_at":{"seconds":1}`,
		`,"contract_type":"01","region":"kr-west1"`:          `contract C 01 from`,
		`,"created_by":"kim","modified_by":null`:             `a "" status=none region=none vcpu=<nil> memory=<nil> {"os_type":"O","server_type":"T","service_id":"S"}`,
	} {
		decoded := decode(t, "planned-computes", page(part("", contracts(contractRow(members)))))
		if got := show(decoded); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", members, got, want)
		}
	}
}

func TestUnknownFieldsAndWords(t *testing.T) {
	decoded := decode(t, "planned-computes", page(part("", contracts(contractRow(`,"state":"EXPIRED","delete_yn":"X"`)+`,{"id":"b","price_plan":"x"}`)),
		part("GET /v1/planned-computes/instances?service_id=S&os_type=O&server_type=T&start_date=2026-01-01&end_date=2026-01-31", `{"coverages":[{"vm_id":1}],"amount":{"tax":1}}`),
		part(`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":"b"}`, `{"currency":{"name":"won"}}`)))
	want := []catalog.Unknown{
		{Kind: "word", Path: "planned_computes[].state", Seen: "EXPIRED"},
		{Kind: "word", Path: "planned_computes[].delete_yn", Seen: "X"},
		{Kind: "field", Path: "planned_computes[].price_plan", Seen: `"x"`},
		{Kind: "field", Path: "amount.tax", Seen: "1"},
		{Kind: "field", Path: "coverages[].vm_id", Seen: "1"},
		{Kind: "field", Path: "currency.name", Seen: `"won"`},
	}
	if diff := cmp.Diff(want, decoded.Unknown); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	list := part("GET /v1/planned-computes?limit=2&page=1", contracts(contractRow("")))
	services := part("GET /v1/planned-computes/service-types", `{"services":[{"service_id":"S"}]}`)
	for want, c := range map[string]struct {
		list string
		page catalog.Page
	}{
		`errors: the answer is an error: [{"code":"E"}]`:                       {"planned-computes", page(part("", `{"errors":[{"code":"E"}]}`))},
		`planned_computes: want a list, got nothing`:                           {"planned-computes", page(part("", `{}`))},
		`total_count: want a count of at least 0, got -1`:                      {"planned-computes", page(part("", `{"planned_computes":[],"total_count":-1}`))},
		`current_page: asked for page 1, got page 2`:                           {"planned-computes", page(part("", `{"planned_computes":[],"current_page":"2"}`))},
		`part 2 (GET /v1/x): want an answer about`:                             {"planned-computes", page(list, part("GET /v1/x", `{}`))},
		`part 2 (GET /v1/planned-computes/instances?service_id=S): want start`: {"planned-computes", page(list, part("GET /v1/planned-computes/instances?service_id=S", `{"coverages":[]}`))},
		`part 2 (POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["a","b"]}): request body: planned_compute_id: want one, got 2`: {"planned-computes",
			page(list, part(`POST /v1/planned-computes/cancellation-fee {"planned_compute_id":["a","b"]}`, `{}`))},
		`extension_types: want a list, got nothing`:              {"contract-types", page(part("", `{"contract_types":[]}`))},
		`part 2: want service "X" among the services, got ["S"]`: {"os-types", page(part("GET /x?service_id=X", `{"os_types":[]}`), services)},
		`part 2: services[0].service_id: want a text`:            {"os-types", page(part("GET /x?service_id=X", `{"os_types":[]}`), part("", `{"services":[{}]}`))},
		`want the codes of 1 services, got only their names`:     {"os-types", page(services)},
		`page: asked for page 0, got page 1`:                     {"prices", page(part("", `{"prices":[],"page":1}`))},
	} {
		if _, err := fetcher(t, c.list).Decode(c.page); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestEndOfContracts(t *testing.T) {
	two := contractRow(`,"state":"EXPIRED"`) + `,{"id":"b","delete_yn":"Y"}` // nothing is asked about these
	for _, c := range []struct {
		rows, counts, request string
		last                  bool
		total                 string
	}{
		{two, ``, "limit=2", false, "none"},
		{two, ``, "limit=3", true, "none"},
		{two, ``, "", true, "none"},
		{two, `,"total_count":"0","total_pages":"0","current_page":"0"`, "limit=100", true, "none"},
		{two, `,"total_count":0`, "limit=2", false, "none"},
		{two, `,"total_count":"2"`, "limit=2", true, "2"},
		{two, `,"total_count":5,"total_pages":3`, "limit=100", false, "5"},
		{two, `,"total_count":5,"total_pages":1`, "limit=2", true, "5"},
		{two, `,"total_count":5,"total_pages":0,"current_page":0`, "limit=2", false, "5"},
		{``, `,"total_count":5,"total_pages":3`, "limit=2", true, "5"},
		{``, `,"total_count":"0","total_pages":"0","current_page":"1"`, "limit=2", true, "0"},
	} {
		end := decode(t, "planned-computes", page(part("GET /v1/planned-computes?page=1&"+c.request, `{"planned_computes":[`+c.rows+`]`+c.counts+`}`))).End
		if got := total(end); end.Last != c.last || got != c.total {
			t.Errorf("%+v: last is %t, total %s", c, end.Last, got)
		}
	}
}

func TestEndOfPrices(t *testing.T) {
	for _, c := range []struct {
		number int
		counts string
		last   bool
		total  string
	}{
		{1, ``, true, "none"},
		{1, `,"count":1,"total_pages":1,"page":0,"size":20`, true, "1"},
		{1, `,"count":6,"total_pages":1,"page":0,"size":20`, true, "6"},
		{1, `,"count":1,"total_pages":3,"page":0,"size":1`, false, "none"},
		{3, `,"count":1,"total_pages":3,"page":2,"size":1`, true, "none"},
		{1, `,"count":3,"total_pages":3,"page":0,"size":1`, false, "3"},
		{3, `,"count":"3","total_pages":"3","page":"2","size":"1"`, true, "3"},
		{1, `,"size":1`, false, "none"},
		{1, `,"size":0`, true, "none"},
	} {
		answer := page(part("GET /v1/reports/prices?size=100", `{"prices":[{"billing_item_id":"i","currency_code":"KRW","prices":[]}]`+c.counts+`}`))
		answer.Number = c.number
		end := decode(t, "prices", answer).End
		if got := total(end); end.Last != c.last || got != c.total {
			t.Errorf("%+v: last is %t, total %s", c, end.Last, got)
		}
	}
}

func total(end catalog.End) string {
	if end.Total == nil {
		return "none"
	}
	return fmt.Sprint(*end.Total)
}
