package huawei_test

import (
	"encoding/json"
	"fmt"
	"net/http"
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
	c := contract("products", "/product", byKey(), nil)
	c.Samples = map[string]string{"testdata/products.json": "testdata/products.golden"}
	fetchertest.Run(t, c)
}

func TestContractProductsWithPricesByAccessKey(t *testing.T) {
	fetchertest.Run(t, pricedProducts(byKey()))
}

func TestContractProductsWithPricesByPassword(t *testing.T) {
	fetchertest.Run(t, pricedProducts(byPassword()))
}

func TestContractZonesByPassword(t *testing.T) {
	fetchertest.Run(t, contract("availability-zones", "/availability-zone", byPassword(), map[string]string{"iam_url": "{base}"}))
}

func TestContractZonesByAccessKey(t *testing.T) { fetchertest.Run(t, zones()) }

func FuzzDecode(f *testing.F) {
	fetchertest.Fuzz(f, contract("products", "/product", byKey(), nil), pricedProducts(byKey()), zones())
}

func zones() fetchertest.Case {
	return contract("availability-zones", "/availability-zone", byKey(), nil)
}

// pricedProducts ask for prices, of IAM and BSS at the same address.
func pricedProducts(credentials map[string]string) fetchertest.Case {
	c := contract("products", "/product", credentials, map[string]string{"iam_url": "{base}", "bss_url": "{base}", "region": "cn-north-7"})
	c.Part = enquiryAnswer
	return c
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
		"products": `{"products":[{"product_id":"a","descriptions":"A","cpu":"4","charge_mode":"0","resource_type":"r","cloud_service_type":"c"},` +
			`{"product_id":"b","charge_mode":"1","resource_type":"r","cloud_service_type":"c"}]}`,
		"availability-zones": `{"availability_zones":[{"availability_zone":"a"},{"availability_zone":"b"}],"total_count":2}`,
	}
	return fetchertest.Case{
		Provider: huawei.Provider(), List: list, Path: "/v1/" + project + path, Credentials: credentials, Options: options,
		Secrets: []string{canaryToken, `canary-\"password\"-d2`}, Pages: []string{pages[list]},
		PageOf: func(*http.Request) int { return 1 }, Other: http.HandlerFunc(iam),
	}
}

// iam hands out a token.
func iam(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v3/auth/tokens" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Subject-Token", canaryToken)
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"token":{"expires_at":"2026-12-31T00:00:00.000000Z","project":{"id":%q}}}`, project)
}

// enquiryAnswer is one yuan for each product.
func enquiryAnswer(r *http.Request) string {
	var asked struct {
		Products []struct{ ID string } `json:"product_infos"`
	}
	if !strings.HasPrefix(r.URL.Path, "/v2/bills/ratings/") || json.NewDecoder(r.Body).Decode(&asked) != nil {
		return ""
	}
	var results []string
	for _, product := range asked.Products {
		results = append(results, fmt.Sprintf(`{"id":%q,"official_website_amount":1.00}`, product.ID))
	}
	answer := `{"product_rating_results":[` + strings.Join(results, ",") + `]}`
	if strings.HasSuffix(r.URL.Path, "/subscribe-rate") {
		answer = `{"official_website_rating_result":` + answer + `}`
	}
	return answer
}
