package scp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPages(t *testing.T) {
	api := newAPI(t, func(c *Config) { c.Products, c.Contracts, c.Seed = 24, 24, 3 })
	seen := map[string]bool{}
	for page, want := range map[int]int{1: 10, 2: 10, 3: 5, 4: 0} {
		got := object(t, get(api, fmt.Sprintf("/v1/planned-computes?page=%d", page)))
		rows := got["planned_computes"].([]any)
		if len(rows) != want || got["total_count"] != "25" || got["total_pages"] != "3" || got["current_page"] != fmt.Sprint(page) {
			t.Errorf("page %d: %d rows, %v %v %v", page, len(rows), got["total_count"], got["total_pages"], got["current_page"])
		}
		for _, row := range rows {
			seen[row.(map[string]any)["id"].(string)] = true
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d contracts seen", len(seen))
	}
	for page, want := range map[int]int{0: 20, 1: 9, 2: 0} {
		got := object(t, get(api, fmt.Sprintf("/v1/reports/prices?page=%d", page)))
		rows := got["prices"].([]any)
		if len(rows) != want || got["count"] != 29.0 || got["total_pages"] != 2.0 || got["page"] != float64(page) || got["size"] != 20.0 {
			t.Errorf("prices page %d: %d rows, %v", page, len(rows), got)
		}
	}
}

func ids(t *testing.T, api *API, query string) string {
	t.Helper()
	var all []string
	for _, row := range object(t, get(api, "/v1/planned-computes"+query))["planned_computes"].([]any) {
		all = append(all, row.(map[string]any)["id"].(string)[:2])
	}
	return strings.Join(all, " ")
}

func TestFilters(t *testing.T) {
	api := newAPI(t, onDay(31))
	for query, want := range map[string]string{
		"":                                     "5f 0b 1d 2e",
		"?contract_type=03":                    "1d",
		"?contract_type=01&contract_type=03":   "5f 0b 1d 2e",
		"?state=EXPIRED":                       "5f",
		"?os_type=RHEL":                        "1d",
		"?server_type=s1v1m2":                  "5f 2e",
		"?next_contract_type=01":               "5f 0b",
		"?start_date=2026-01-01":               "0b 1d 2e",
		"?end_date=2024-08-01":                 "5f",
		"?contract_id=C002700003":              "2e",
		"?sort=server_type%3Aasc&state=ACTIVE": "2e 0b 1d",
		"?sort=contract_id:desc&service_id=VIRTUAL_SERVER&service_id=X": "2e 1d 0b 5f",
	} {
		if got := ids(t, api, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	scale := object(t, get(api, "/v1/planned-computes/server-types?service_id=VIRTUAL_SERVER&current_server_type=s1v2m4"))
	var ups []any
	for _, row := range scale["server_types"].([]any) {
		ups = append(ups, row.(map[string]any)["scale_up_yn"])
	}
	if diff := cmp.Diff([]any{"N", "N", "Y"}, ups); diff != "" {
		t.Error(diff)
	}
	if got := object(t, get(api, "/v1/reports/prices?billing_item_id=VM-HOUR&offering=PP")); got["count"] != 3.0 {
		t.Errorf("prices: %v", got)
	}
	if answer := get(api, "/v1/reports/billing-item-ids"); answer.Body.String() != `["VM-HOUR","PUBLIC-IP-HOUR","OBJECT-STORAGE-GB"]` {
		t.Errorf("items %s", answer.Body)
	}
	if answer := get(api, "/v1/reports/offerings"); answer.Body.String() != `["PS","PP","PG"]` {
		t.Errorf("offerings %s", answer.Body)
	}
}
