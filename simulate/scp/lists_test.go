package scp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sdk(c *Config) { c.Dialect = SDK }

// The SDK v1.0.2 reads typed, and no member that it does not know.
type (
	sdkAmount struct{ KRW, USD *string }
	sdkSystem struct {
		ID    *string `json:"os_type_id"`
		Name  *string `json:"display_name"`
		Value *string `json:"os_type_value"`
	}
	sdkServer struct {
		ServerType  *string `json:"server_type"`
		Description *string `json:"server_type_description"`
		Instance    *string `json:"instance_type"`
		Core        *string `json:"core"`
		Memory      *string `json:"memory_gb"`
		GPU         *string `json:"gpu_name"`
		ScaleUp     bool    `json:"scale_up_yn"`
	}
	sdkCovered struct {
		Service struct {
			ID   *string `json:"service_id"`
			Name *string `json:"display_name"`
		} `json:"service"`
		ServerType  string         `json:"server_type"`
		Description map[string]any `json:"server_type_description"`
		OS          sdkSystem      `json:"os"`
		Orders      int32          `json:"order_count"`
		Amount      struct {
			NoContract sdkAmount `json:"no_contract_used"`
			Used       sdkAmount `json:"used"`
			NonApplied sdkAmount `json:"non_applied"`
			Total      sdkAmount `json:"total"`
		} `json:"amount"`
		Coverages []struct {
			Resource   *string   `json:"resource_name"`
			Contract   *string   `json:"contract_id"`
			UsedTime   *int32    `json:"used_time"`
			UnitPrice  sdkAmount `json:"unit_price"`
			Used       sdkAmount `json:"used_amount"`
			NonApplied sdkAmount `json:"non_applied_amount"`
			Requested  *string   `json:"request_at"`
		} `json:"coverages"`
	}
	sdkFee struct {
		Month   string    `json:"bill_year_month"`
		Fee     sdkAmount `json:"cancellation_fee"`
		SameDay bool      `json:"same_day_cancel"`
	}
)

func asTheSDK[T any](t *testing.T, answer *httptest.ResponseRecorder) (read T) {
	t.Helper()
	decoder := json.NewDecoder(answer.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil || answer.Code != http.StatusOK {
		t.Errorf("%d: %v", answer.Code, err)
	}
	return read
}

func TestTheSDKDialect(t *testing.T) {
	api := newAPI(t, sdk)
	list := asTheSDK[struct {
		Rows    []sdkContract `json:"planned_computes"`
		Pages   int           `json:"total_pages"`
		Total   int           `json:"total_count"`
		Current int           `json:"current_page"`
	}](t, get(api, "/v1/planned-computes"))
	if list.Total != 1 || list.Pages != 1 || list.Current != 1 || list.Rows[0].CreatedAt.Year() != 2024 {
		t.Errorf("list %+v", list)
	}
	servers := asTheSDK[struct {
		Rows []sdkServer `json:"server_types"`
	}](t, get(api, "/v1/planned-computes/server-types?service_id=VIRTUAL_SERVER"))
	if !servers.Rows[0].ScaleUp {
		t.Errorf("servers %+v", servers)
	}
	covered := asTheSDK[sdkCovered](t, get(api, instancesURI))
	if *covered.Amount.Used.KRW != "0.000" || *covered.OS.ID != "OPEN_SOURCE" || *covered.Coverages[0].UsedTime != 10 {
		t.Errorf("covered %+v", covered)
	}
	if fee := asTheSDK[sdkFee](t, request(api, http.MethodPost, feeURI, feeList)); *fee.Fee.KRW != "100000.000" {
		t.Errorf("fee %+v", fee)
	}
}

func TestTheFormsOfAQuestionForAFee(t *testing.T) {
	for question, want := range map[string][2]int{feeQuestion: {200, 400}, feeList: {200, 200}, `{"planned_compute_id":[]}`: {400, 400}, `{"planned_compute_id":["none"]}`: {404, 404}} {
		documented, typed := request(newAPI(t), http.MethodPost, feeURI, question), request(newAPI(t, sdk), http.MethodPost, feeURI, question)
		if got := [2]int{documented.Code, typed.Code}; got != want {
			t.Errorf("%s: %v, want %v", question, got, want)
		}
	}
}

func TestTheFaultChoosesTheSDKDialect(t *testing.T) {
	byFault, byConfig := newAPI(t, withFaults(t, "scp:sdk_dialect")), newAPI(t, sdk)
	for _, uri := range []string{"/v1/planned-computes", instancesURI} {
		if got, want := get(byFault, uri).Body.String(), get(byConfig, uri).Body.String(); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

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
