package scp_test

import (
	"fmt"
	"strings"
	"testing"

	"syncer/catalog"
)

// told is what a page sets aside, a line for each: key, part, reason and detail.
func told(decoded catalog.Decoded) string {
	var lines []string
	for _, set := range decoded.SetAside {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", set.Key, set.Part, set.Reason, set.Detail)))
	}
	if decoded.PricesUnread != "" {
		lines = append(lines, "prices unread: "+decoded.PricesUnread)
	}
	return strings.Join(lines, "\n")
}

// TestOddRows wants what cannot be read to hide neither another row nor the other
// part of its own.
func TestOddRows(t *testing.T) {
	const instances = "GET /v1/planned-computes/instances?service_id=S&os_type=O&server_type=T&start_date=2026-01-01&end_date=2026-01-31"
	const fee = `POST /v1/planned-computes/cancellation-fee {"planned_compute_id":"a"}`
	list := part("GET /v1/planned-computes?limit=3&page=1", contracts(contractRow("")+`,{"id":"b","delete_yn":"Y"}`))
	covering := func(coverages string) catalog.Page {
		return page(list, part(instances, coverages), part(fee, `{"cancellation_fee":1}`))
	}
	feeOf := func(answer string) catalog.Page {
		return page(list, part(instances, `{"coverages":[]}`), part(fee, answer))
	}
	rows := func(more string) catalog.Page { return page(part("", contracts(contractRow("")+","+more))) }
	price := func(members string) catalog.Page {
		return page(part("", `{"prices":[{"billing_item_id":"i"`+members+`},{"billing_item_id":"j","prices":[]}]}`))
	}
	covers := "prices unreadable: part 2 (" + instances + "): "
	for name, c := range map[string]struct {
		list    string
		page    catalog.Page
		want    string
		entries int
	}{
		"a contract without id":        {"planned-computes", rows(`{"id":null}`), `fields unreadable: planned_computes[1].id: want a text that is not empty, got null`, 1},
		"a contract that is a number":  {"planned-computes", rows(`{"id":12}`), `fields unreadable: planned_computes[1].id: want a text that is not empty, got 12`, 1},
		"a date that is none":          {"planned-computes", rows(`{"id":"b","start_date":7}`), `b fields unreadable: planned_computes[1].start_date: want a text, got 7`, 2},
		"what prices are asked by":     {"planned-computes", rows(`{"id":"b","server_type":7}`), "b prices unreadable: planned_computes[1].server_type: want a text, got 7\nb fields unreadable: planned_computes[1].server_type: want a text, got 7", 1},
		"instances without a list":     {"planned-computes", covering(`{}`), "a " + covers + "coverages: want a list, got nothing", 2},
		"instances of another":         {"planned-computes", covering(`{"server_type":"U","coverages":[]}`), "a " + covers + "server_type: asked for T, got U", 2},
		"instances cut short":          {"planned-computes", covering(`{"cov`), "a prices unreadable: instances of S/O/T: part 2 (" + instances + "): want JSON: jsontext: unexpected EOF after offset 5", 2},
		"an amount that is none":       {"planned-computes", covering(`{"coverages":[{"contract_id":"C","unit_price":{"krw":"5,600"}}]}`), "a " + covers + `coverages[0].unit_price.krw: want a number, got "5,600"`, 2},
		"an amount below 0":            {"planned-computes", covering(`{"coverages":[{"contract_id":"C","unit_price":{"usd":-1}}]}`), "a " + covers + `coverages[0].unit_price.usd: want an amount of at least 0, got "-1"`, 2},
		"an amount without a currency": {"planned-computes", covering(`{"coverages":[{"contract_id":"C","unit_price":5600}]}`), "a " + covers + "coverages[0].unit_price: want an amount by currency, got 5600 alone", 2},
		"two prices": {"planned-computes", covering(`{"coverages":[{"contract_id":"C","resource_name":"r","request_at":"x","unit_price":{"krw":1}},{"contract_id":"C","resource_name":"r","request_at":"x","unit_price":{"krw":2}}]}`),
			"a " + covers + `coverages[1].unit_price: resource "r" has two prices at "x"`, 2},
		"a row of nobody knows whom": {"planned-computes", covering(`{"coverages":[{"contract_id":7,"unit_price":{"krw":1}}]}`), "a " + covers + "coverages[0].contract_id: want a text, got 7", 2},
		"a row of another contract":  {"planned-computes", covering(`{"coverages":[{"contract_id":"D","unit_price":{"krw":"x"}}]}`), "", 2},
		"a row of no contract":       {"planned-computes", covering(`{"coverages":[{"unit_price":{"krw":"x"}}]}`), "", 2},
		"a fee that is none":         {"planned-computes", feeOf(`{"cancellation_fee":"free"}`), "a prices unreadable: part 3 (" + fee + `): cancellation_fee: want a number, got "free"`, 2},
		"a month that is none":       {"planned-computes", feeOf(`{"bill_year_month":"soon"}`), "a prices unreadable: part 3 (" + fee + `): bill_year_month: want a month such as 2022-10, got "soon"`, 2},
		"a fee that says an error":   {"planned-computes", feeOf(`{"errors":[{"code":"E"}]}`), "prices unread: cancellation fee of a: part 3 (" + fee + `): errors: the answer is an error: [{"code":"E"}]`, 2},
		"a code without code":        {"os-types", page(part("", `{"os_types":[{"os_type_id":null},{"os_type_id":"x"}]}`)), `fields unreadable: os_types[0].os_type_id: want a text that is not empty, got null`, 1},
		"a size with a unit":         {"server-types", page(part("", `{"server_types":[{"server_type":"a","memory_gb":"2GB"},{"server_type":"b"}]}`)), `a fields unreadable: server_types[0].memory_gb: want a number, got "2GB"`, 2},
		"no prices":                  {"prices", price(``), "i// fields unreadable: prices[0].prices: want a list, got nothing\ni// prices unreadable: prices[0].prices: want a list, got nothing", 1},
		"a price that is none":       {"prices", price(`,"price_model":7,"prices":[]`), `i// fields unreadable: prices[0].price_model: want a text, got 7`, 2},
		"a start below 0":            {"prices", price(`,"prices":[{"range_start":"-1","unit_price":"1"}]`), "i// fields unreadable: prices[0].prices[0].range_start: want an amount of at least 0, got \"-1\"\ni// prices unreadable: prices[0].prices[0].range_start: want an amount of at least 0, got \"-1\"", 1},
	} {
		decoded, err := fetcher(t, c.list).Decode(c.page)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := told(decoded); got != c.want || len(decoded.Entries) != c.entries {
			t.Errorf("%s: %d entries, set aside\n%s\nwant %d and\n%s", name, len(decoded.Entries), got, c.entries, c.want)
		}
	}
}

// TestServicesThatDoNotAnswer wants contracts without prices, and each lack with the
// name of the service.
func TestServicesThatDoNotAnswer(t *testing.T) {
	failed := func(string) (int, string) {
		return 500, `{"errors":[{"code":"InternalServerError","detail":"no"}]}`
	}
	const status = ": status 500 (InternalServerError): no"
	for name, c := range map[string]struct {
		instances string
		fee       func(string) (int, string)
		want      string
	}{
		"instances": {instances: `500 {"errors":[{"code":"InternalServerError","detail":"no"}]}`, want: "prices unread: instances of S/O/T: GET /v1/planned-computes/instances" + status},
		"fees":      {fee: failed, want: "prices unread: cancellation fee of a: POST /v1/planned-computes/cancellation-fee" + status},
		"one fee": {fee: func(question string) (int, string) {
			if strings.Contains(question, `"b"`) {
				return failed(question)
			}
			return 200, `{"cancellation_fee":7}`
		}, want: "b prices incomplete: cancellation fee of b: POST /v1/planned-computes/cancellation-fee" + status},
		"a fee of one": {fee: func(string) (int, string) { return 400, `{"errors":[{"code":"ValidationError","detail":"no"}]}` },
			want: "a prices incomplete: cancellation fee of a: POST /v1/planned-computes/cancellation-fee: status 400 (ValidationError): no\n" +
				"b prices incomplete: cancellation fee of b: POST /v1/planned-computes/cancellation-fee: status 400 (ValidationError): no"},
	} {
		s := newServer(contractRow(`,"end_date":"2026-12-31"`) + `,{"id":"b","service_id":"S","os_type":"O","server_type":"T","contract_id":"D","end_date":"2026-12-31"}`)
		if c.instances != "" {
			s.answers["/v1/planned-computes/instances"] = c.instances
		}
		if c.fee != nil {
			s.fee = c.fee
		}
		pages, err := s.walk(t, "planned-computes", walked())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		decoded := decode(t, "planned-computes", pages[0])
		if got := told(decoded); got != c.want || len(decoded.Entries) != 2 {
			t.Errorf("%s: %d entries, set aside\n%s\nwant\n%s", name, len(decoded.Entries), got, c.want)
		}
		if prices := decoded.Entries[1].Prices; len(prices) != 0 {
			t.Errorf("%s: some prices of b pass for all: %v", name, prices)
		}
	}
}
