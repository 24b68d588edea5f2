package scp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/simulate/fault"
	"syncer/simulate/world"
)

const (
	testAccess  = "0123456789abcdef0123456789abcdef"
	testSecret  = "11111111-2222-3333-4444-555555555555"
	testAccount = "228cb9e4a7934f84853594c7f26f7a21"
	testStamp   = "1700000000000"
	host        = "https://billingplan.e.samsungsdscloud.com"
)

func moment(day int) func() time.Time {
	return func() time.Time { return world.Start().Add(time.Duration(day) * world.Day) }
}

func onDay(day int) func(*Config) { return func(c *Config) { c.At = moment(day) } }

func newAPI(t *testing.T, changes ...func(*Config)) *API {
	t.Helper()
	config := Config{
		AccessKey: testAccess, SecretKey: testSecret, AccountID: testAccount, At: moment(0),
		Now: func() time.Time { return time.UnixMilli(1700000000000) },
	}
	for _, change := range changes {
		change(&config)
	}
	return New(config)
}

func withFaults(t *testing.T, texts ...string) func(*Config) {
	t.Helper()
	var faults []fault.Fault
	for _, text := range texts {
		parsed, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, parsed)
	}
	return func(c *Config) { c.Faults = faults }
}

// request signs as a client would, without the code under test.
func request(api *API, method, uri, body string) *httptest.ResponseRecorder {
	mac := hmac.New(sha256.New, []byte(testSecret))
	fmt.Fprint(mac, method+host+uri+testStamp+testAccess+"Openapi")
	return send(api, method, host+uri, body, signed(base64.StdEncoding.EncodeToString(mac.Sum(nil)), ""))
}

func get(api *API, uri string) *httptest.ResponseRecorder {
	return request(api, http.MethodGet, uri, "")
}

func signed(signature, account string) http.Header {
	header := http.Header{}
	header.Set("Scp-Accesskey", testAccess)
	header.Set("Scp-Signature", signature)
	header.Set("Scp-Timestamp", testStamp)
	header.Set("Scp-ClientType", "Openapi")
	if account != "" {
		header.Set("Scp-AccountId", account)
	}
	return header
}

func send(api *API, method, address, body string, header http.Header) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, address, strings.NewReader(body))
	request.Header = header
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	return answer
}

func object(t *testing.T, answer *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil || answer.Code != http.StatusOK {
		t.Fatalf("%d %s: %v", answer.Code, answer.Body, err)
	}
	return got
}

const (
	instancesURI = "/v1/planned-computes/instances?end_date=2024-08-01&os_type=OPEN_SOURCE&server_type=s1v1m2&service_id=VIRTUAL_SERVER&start_date=2024-08-01"
	feeURI       = "/v1/planned-computes/cancellation-fee"
	feeQuestion  = `{"region":"kr-west1","planned_compute_id":"` + sample + `"}`
	feeList      = `{"region":"kr-west1","planned_compute_id":["` + sample + `"]}`
)

func TestTheDocumentedSamplesAreServed(t *testing.T) {
	for name, uri := range map[string]string{
		"planned-computes": "/v1/planned-computes", "planned-compute": "/v1/planned-computes/" + sample,
		"contract-types": "/v1/planned-computes/contract-types", "os-types": "/v1/planned-computes/os-types",
		"server-types": "/v1/planned-computes/server-types?service_id=VIRTUAL_SERVER", "service-types": "/v1/planned-computes/service-types",
		"instances": instancesURI, "cancellation-fee": feeURI,
	} {
		method, question := http.MethodGet, ""
		if uri == feeURI {
			method, question = http.MethodPost, feeQuestion
		}
		text, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, object(t, request(newAPI(t), method, uri, question))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestSignatureVectors has the vectors of the vendor's own signer.
func TestSignatureVectors(t *testing.T) {
	for _, c := range []struct{ method, address, account, want string }{
		{"GET", host + "/v1/planned-computes", "", "2coTjyPbgqICruyrRwKHJiEWYfgrSHPlrBLOuBmZ4hw="},
		{"GET", host + "/v1/planned-computes?limit=10&page=1", "", "F7g7Mzwq0z+IiEiKVdTOdXHP5zs7M7E1a7UEalxVAEM="},
		{"GET", host + "/v1/planned-computes?limit=10&page=1", testAccount, "IdeWsbnj7q0HinjlgmazyxQAxbjZ7S9FnYjbOPESJ/4="},
		{"GET", host + "/v1/planned-computes?contract_type=01&contract_type=03&sort=created_by%3Aasc", "", "0nz8tSwB57rr0uK5hkFbNT/oV2f3O7Xctup6kBF5Qek="},
		{"GET", host + "/v1/planned-computes?sort=created_by:asc", "", "uvXNDcvXKacFZPvVkjAc/fzItq4SRIvRck+5cKM9T3Q="},
		{"GET", host + "/v1/planned-computes?modified_by=%EA%B9%80%EC%82%BC%EC%84%B1", "", "rgil9oQwCKQb9r0gRR3dOB/9QajNO7EFInOW8cFpbVc="},
		{"POST", host + "/v1/planned-computes/cancellation-fee", "", "SPpZA+681f4wIb/G8WlzlcubCh7XdLtIxslElo+2ovU="},
		{"GET", "https://pricing.e.samsungsdscloud.com/v1/reports/prices?page=0&size=100", "", "4VcgPciOk3IupLH49Y/+k2z3zx/g8lcRxBup0b/MYdk="},
		{"GET", "https://iam.e.samsungsdscloud.com/v1/endpoints", "", "0LPwjFnaFDxtLW2HGuVQbwX3zWs8GNrcJkDLY3caTxM="},
		{"GET", "http://127.0.0.1:8080/v1/planned-computes?limit=10&page=1", "", "mmV/iYILa0dNT0NsPmaOQjKAh969trcEyDZ7QI08+ao="},
	} {
		answer := send(newAPI(t), c.method, c.address, feeQuestion, signed(c.want, c.account))
		if answer.Code != http.StatusOK {
			t.Errorf("%s %s: %d %s", c.method, c.address, answer.Code, answer.Body)
		}
		wrong := send(newAPI(t), c.method, c.address+"?", feeQuestion, signed(c.want, c.account))
		if wrong.Code != http.StatusUnauthorized {
			t.Errorf("%s %s?: %d", c.method, c.address, wrong.Code)
		}
	}
}

func TestRefusals(t *testing.T) {
	const good, uri = "2coTjyPbgqICruyrRwKHJiEWYfgrSHPlrBLOuBmZ4hw=", host + "/v1/planned-computes"
	gateway404, gateway401 := `404 {"error":"Not Found","path":"/v1/planned-computes","requestId":`, `401 {"message":"Authentication failed : HmacValidFail","name":"Request was rejected by gateway","status":"UNAUTHORIZED"}`
	for name, c := range map[string]struct {
		change func(http.Header)
		skew   time.Duration
		want   string
	}{
		"no headers":      {func(h http.Header) { clear(h) }, 0, gateway404},
		"no client type":  {func(h http.Header) { h.Del("Scp-ClientType") }, 0, gateway404},
		"no timestamp":    {func(h http.Header) { h.Del("Scp-Timestamp") }, 0, gateway404},
		"wrong signature": {func(h http.Header) { h.Set("Scp-Signature", "A"+good[1:]) }, 0, gateway401},
		"wrong key":       {func(h http.Header) { h.Set("Scp-Accesskey", "x") }, 0, gateway401},
		"other account":   {func(h http.Header) { h.Set("Scp-AccountId", "x") }, 0, gateway401},
		"seconds":         {func(h http.Header) { h.Set("Scp-Timestamp", "1700000000") }, 0, gateway401},
		"old":             {func(http.Header) {}, skew + time.Second, gateway401},
		"empty account":   {func(h http.Header) { h["Scp-Accountid"] = []string{""} }, 0, `200 {"planned_computes":`},
		"other spelling":  {func(h http.Header) { h.Set("SCP-ACCESSKEY", testAccess) }, 0, `200 {"planned_computes":`},
	} {
		header := signed(good, "")
		c.change(header)
		api := newAPI(t, func(config *Config) {
			config.Now = func() time.Time { return time.UnixMilli(1700000000000).Add(c.skew) }
		})
		answer := send(api, http.MethodGet, uri, "", header)
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for uri, want := range map[string]string{
		"GET /v1/nothing":                                "404 Not Found",
		"GET /v1/planned-computes/none":                  "404 NotFound",
		"GET /v1/planned-computes/a/b":                   "404 Not Found",
		"GET /v1/planned-computes?page=0":                "400 ValidationError",
		"GET /v1/planned-computes?page=x":                "400 ValidationError",
		"GET /v1/planned-computes?limit=0":               "400 ValidationError",
		"GET /v1/planned-computes?sort=created_by":       "400 ValidationError",
		"GET /v1/planned-computes/server-types":          "500 InternalServerError",
		"GET /v1/planned-computes/instances?os_type=X":   "400 ValidationError",
		"GET /v1/reports/prices?page=-1":                 "400 ValidationError",
		"GET /v1/reports/prices?offering=XX":             "400 ValidationError",
		"POST /v1/planned-computes":                      "403 Forbidden",
		"PUT /v1/planned-computes/" + sample:             "403 Forbidden",
		"POST /v1/planned-computes/cancellation-fee":     "400 ValidationError",
		"GET /v1/planned-computes/instances?start_date=": "400 ValidationError",
	} {
		method, uri, _ := strings.Cut(uri, " ")
		answer := request(newAPI(t), method, uri, "")
		var got struct {
			Errors []struct {
				Code string
			}
			Error string
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		code := got.Error
		if len(got.Errors) > 0 {
			code = got.Errors[0].Code
		}
		if text := fmt.Sprintf("%d %s", answer.Code, code); text != want {
			t.Errorf("%s %s: %s, want %s", method, uri, text, want)
		}
	}
}

func TestVersionsAreOpenAndEndpointsAreNot(t *testing.T) {
	answer := send(newAPI(t), http.MethodGet, "http://127.0.0.1:8080/", "", http.Header{})
	want := `{"versions":[{"id":"v1.0","links":[{"href":"http://127.0.0.1:8080/v1","rel":"self"}],"not_before":"2026-02-23","status":"CURRENT"}]}`
	if got := answer.Body.String(); got != want || answer.Code != http.StatusOK {
		t.Errorf("%d %s", answer.Code, got)
	}
	if answer := send(newAPI(t), http.MethodGet, "http://127.0.0.1:8080/v1/endpoints", "", http.Header{}); answer.Code != http.StatusNotFound {
		t.Errorf("unsigned endpoints: %d", answer.Code)
	}
	first := object(t, get(newAPI(t), "/v1/endpoints"))["endpoints"].([]any)[0].(map[string]any)
	if first["service_type"] != "scp-billingplan" || first["url"] != host {
		t.Errorf("endpoint %v", first)
	}
}
