package scp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// sdkClient calls as the SDK v3.3.2 does: it looks the service up in the
// catalogue of endpoints, asks the service's versions before each call, and
// signs the address with the account in it, which may be "".
type sdkClient struct {
	service, account string
}

// newSDKClient finds the service at the address of the catalogue.
func newSDKClient(t *testing.T, catalogue, account string) sdkClient {
	t.Helper()
	var list struct {
		Endpoints []struct {
			Type string `json:"service_type"`
			URL  string `json:"url"`
		}
	}
	text := sdkClient{account: account}.send(t, http.MethodGet, catalogue+"/endpoints", "")
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range list.Endpoints {
		if endpoint.Type == "scp-billingplan" {
			return sdkClient{endpoint.URL, account}
		}
	}
	t.Fatalf("no service in %s", text)
	return sdkClient{}
}

func (c sdkClient) call(t *testing.T, method, path string, query url.Values, body string) []byte {
	t.Helper()
	c.checkVersion(t)
	address := c.service + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return c.send(t, method, address, body)
}

// checkVersion sends no header of a signature.
func (c sdkClient) checkVersion(t *testing.T) {
	t.Helper()
	answer, err := http.Get(c.service)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var offered struct{ Versions []struct{ ID string } }
	if err := json.NewDecoder(answer.Body).Decode(&offered); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("versions: %d %v", answer.StatusCode, err)
	}
	if len(offered.Versions) != 1 || offered.Versions[0].ID != "v1.0" {
		t.Fatalf("versions %+v", offered)
	}
}

func (c sdkClient) send(t *testing.T, method, address, body string) []byte {
	t.Helper()
	question, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	stamp := fmt.Sprint(time.Now().UnixMilli())
	mac := hmac.New(sha256.New, []byte(testSecret))
	fmt.Fprint(mac, method+address+stamp+testAccess+c.account+"Openapi")
	for name, value := range map[string]string{ // the SDK's own spelling, past Set
		"Scp-AccessKey": testAccess, "Scp-AccountId": c.account, "Scp-ClientType": "Openapi", "Scp-Timestamp": stamp,
		"Scp-Signature": base64.StdEncoding.EncodeToString(mac.Sum(nil)), "Scp-API-Version": "billingplan 1.0", "Accept-Language": "en-US",
	} {
		question.Header[name] = []string{value}
	}
	answer, err := http.DefaultClient.Do(question)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s %s: %d %s %v", method, address, answer.StatusCode, text, err)
	}
	return text
}

// strict reads as the SDK does: no member that T lacks, and none of the
// required ones absent.
func strict[T any](t *testing.T, text []byte, required ...string) (read T) {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range required {
		if _, there := members[name]; !there {
			t.Errorf("no %s in %s", name, text)
		}
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		t.Errorf("%s: %v", text, err)
	}
	return read
}

// servedToTheSDK is a platform of 25 contracts on a port, in its dialect.
func servedToTheSDK(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(newAPI(t, withFaults(t, "scp:sdk_dialect"), func(c *Config) {
		c.Products, c.Contracts, c.Seed, c.Now = 24, 24, 3, time.Now
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPagesAsTheSDKAsks(t *testing.T) {
	for _, account := range []string{"", testAccount} {
		client := newSDKClient(t, servedToTheSDK(t)+"/v1", account)
		seen := map[string]bool{}
		for page, pages := 1, 1; page <= pages; page++ {
			list := strict[sdkList](t, client.call(t, http.MethodGet, "/v1/planned-computes", url.Values{
				"limit": {"10"}, "page": {fmt.Sprint(page)}, "contract_type": {"01", "03"}, "sort": {"contract_id:asc"},
			}, ""), "planned_computes")
			for _, row := range list.Rows {
				seen[*row.ID] = true
			}
			if pages = list.Pages; list.Current != page || pages < 2 {
				t.Fatalf("page %d: %d of %d", page, list.Current, pages)
			}
			if page == pages && len(seen) != list.Total {
				t.Errorf("%d contracts seen, want %d", len(seen), list.Total)
			}
		}
	}
}

func TestOneContractAsTheSDKAsks(t *testing.T) {
	client := newSDKClient(t, servedToTheSDK(t)+"/v1", testAccount)
	shown := strict[struct {
		Row sdkContract `json:"planned_compute"`
	}](t, client.call(t, http.MethodGet, "/v1/planned-computes/"+sample, nil, ""), "planned_compute")
	if shown.Row.ID == nil || *shown.Row.ID != sample || shown.Row.Description == nil {
		t.Errorf("contract %+v", shown.Row)
	}
	fee := strict[sdkFee](t, client.call(t, http.MethodPost, feeURI, nil, feeList), "bill_year_month", "currency")
	covered := strict[sdkCovered](t, client.send(t, http.MethodGet, client.service+instancesURI, ""), "coverages")
	if len(covered.Coverages) == 0 || covered.OS.ID == nil || *covered.OS.ID != "OPEN_SOURCE" {
		t.Errorf("covered %+v", covered)
	}
	if fee.Month != "2022-10" || fee.Fee == nil || *fee.Fee != "100000" {
		t.Errorf("fee %+v", fee)
	}
}

func TestCodeListsAsTheSDKAsks(t *testing.T) {
	client := newSDKClient(t, servedToTheSDK(t)+"/v1", "")
	ask := func(list string, query url.Values) []byte {
		return client.call(t, http.MethodGet, "/v1/planned-computes/"+list, query, "")
	}
	services := strict[struct{ Services []sdkService }](t, ask("service-types", nil), "services").Services
	if len(services) == 0 || services[0].ID == nil {
		t.Fatalf("services %+v", services)
	}
	of := url.Values{"service_id": {*services[0].ID}}
	terms := strict[struct {
		Contracts  []sdkCode `json:"contract_types"`
		Extensions []sdkCode `json:"extension_types"`
	}](t, ask("contract-types", of), "contract_types", "extension_types")
	systems := strict[struct {
		Rows []sdkSystem `json:"os_types"`
	}](t, ask("os-types", of), "os_types").Rows
	servers := strict[struct {
		Rows []sdkServer `json:"server_types"`
	}](t, ask("server-types", of), "server_types").Rows
	if len(terms.Contracts) == 0 || len(terms.Extensions) == 0 || len(systems) == 0 || len(servers) == 0 {
		t.Errorf("%+v %+v %+v", terms, systems, servers)
	}
}
