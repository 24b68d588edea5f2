package huawei_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/huawei"
)

const (
	project     = "29dfe82ada564ac2b927e1ff036d9a9b"
	canaryToken = "MIICANARYTOKEN4f7e7eff5bb04f7caXYZ"
)

func TestContractProductsByAccessKey(t *testing.T) {
	fetchertest.Run(t, contract("products", "/product", byKey(), nil))
}

func TestContractProductsByPasswordWithPrices(t *testing.T) {
	services := httptest.NewServer(http.HandlerFunc(iamAndBSS))
	defer services.Close()
	fetchertest.Run(t, contract("products", "/product", byPassword(), map[string]string{
		"iam_url": services.URL, "bss_url": services.URL, "region": "cn-north-7",
	}))
}

func TestContractZonesByPassword(t *testing.T) {
	services := httptest.NewServer(http.HandlerFunc(iamAndBSS))
	defer services.Close()
	fetchertest.Run(t, contract("availability-zones", "/availability-zone", byPassword(), map[string]string{"iam_url": services.URL}))
}

func TestContractZonesByAccessKey(t *testing.T) {
	fetchertest.Run(t, contract("availability-zones", "/availability-zone", byKey(), nil))
}

func byKey() map[string]string {
	return map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"}
}

func byPassword() map[string]string {
	return map[string]string{"domain": "canary-domain-71", "username": "canary-user-3e", "password": `canary-"password"-d2`}
}

func contract(list, path string, credentials, options map[string]string) fetchertest.Case {
	if options == nil {
		options = map[string]string{}
	}
	options["project_id"] = project
	pages := map[string]string{
		"products": `{"products":[{"product_id":"a","charge_mode":"0","resource_type":"r","cloud_service_type":"c"},` +
			`{"product_id":"b","charge_mode":"1","resource_type":"r","cloud_service_type":"c"}]}`,
		"availability-zones": `{"availability_zones":[{"availability_zone":"a"},{"availability_zone":"b"}],"total_count":2}`,
	}
	return fetchertest.Case{
		Provider: huawei.Provider(), List: list, Path: "/v1/" + project + path, Credentials: credentials, Options: options,
		Secrets: []string{canaryToken, `canary-\"password\"-d2`}, Pages: []string{pages[list]},
		PageOf: func(*http.Request) int { return 1 },
	}
}

// iamAndBSS hands out a token and answers every enquiry with one yuan.
func iamAndBSS(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v3/auth/tokens" {
		w.Header().Set("X-Subject-Token", canaryToken)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"token":{"expires_at":"2026-12-31T00:00:00.000000Z","project":{"id":%q}}}`, project)
		return
	}
	var asked struct {
		Products []struct{ ID string } `json:"product_infos"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var results []string
	for _, product := range asked.Products {
		results = append(results, fmt.Sprintf(`{"id":%q,"official_website_amount":1.00}`, product.ID))
	}
	answer := `{"product_rating_results":[` + strings.Join(results, ",") + `]}`
	if strings.HasSuffix(r.URL.Path, "/subscribe-rate") {
		answer = `{"official_website_rating_result":` + answer + `}`
	}
	fmt.Fprint(w, answer)
}
