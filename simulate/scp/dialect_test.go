package scp

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func sdk(c *Config) { c.Dialect = SDK }

// The SDK v3.3.2 reads typed, and no member that it does not know.
type (
	sdkList struct {
		Rows    []sdkContract `json:"planned_computes"`
		Pages   int           `json:"total_pages"`
		Total   int           `json:"total_count"`
		Current int           `json:"current_page"`
	}
	sdkAmount  struct{ KRW, USD *string }
	sdkService struct {
		ID   *string `json:"service_id"`
		Name *string `json:"display_name"`
	}
	sdkCode struct {
		Code *string `json:"code"`
		Name *string `json:"display_name"`
	}
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
		Service     sdkService     `json:"service"`
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
		Month    string  `json:"bill_year_month"`
		Fee      *string `json:"cancellation_fee"`
		Currency *struct {
			Code   *string `json:"code"`
			Symbol *string `json:"symbol"`
		} `json:"currency"`
	}
)

func asTheSDK[T any](t *testing.T, answer *httptest.ResponseRecorder) T {
	t.Helper()
	if answer.Code != http.StatusOK {
		t.Fatalf("%d: %s", answer.Code, answer.Body)
	}
	return strict[T](t, answer.Body.Bytes())
}

func TestTheSDKDialect(t *testing.T) {
	api := newAPI(t, sdk)
	list := asTheSDK[sdkList](t, get(api, "/v1/planned-computes"))
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
	if fee := asTheSDK[sdkFee](t, request(api, http.MethodPost, feeURI, feeList)); fee.Fee == nil || *fee.Fee != "100000" || fee.Currency == nil || *fee.Currency.Code != "KRW" {
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
