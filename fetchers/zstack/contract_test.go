package zstack_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/zstack"
)

const canarySession = "canarysession4f7e7eff5bb04f7ca"

func TestContractSession(t *testing.T) {
	c := contract(map[string]string{"account": "canary-account-71", "password": "canary-password-d2"})
	c.Other = loggingIn()
	fetchertest.Run(t, c)
}

func TestContractAccessKey(t *testing.T) {
	fetchertest.Run(t, contract(map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"}))
}

func TestContractInstanceOfferings(t *testing.T) { fetchertest.Run(t, instanceOfferings()) }

func TestContractVirtualRouterOfferings(t *testing.T) {
	c := instanceOfferings()
	c.List, c.Path, c.Samples = "virtual-router-offerings", "/v1/instance-offerings/virtual-routers", nil
	c.Pages = []string{
		`{"inventories":[{"uuid":"a","name":"A","cpuNum":2,"memorySize":1073741824,"type":"VirtualRouter","isDefault":true,"zoneUuid":"z"},{"uuid":"b"}],"total":3}`,
		`{"inventories":[{"uuid":"c","managementNetworkUuid":"m","publicNetworkUuid":"p","imageUuid":"i","isDefault":false}],"total":3}`,
	}
	fetchertest.Run(t, c)
}

func TestContractPriceTables(t *testing.T) { fetchertest.Run(t, priceTables()) }

func instanceOfferings() fetchertest.Case {
	c := contract(map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"})
	c.List, c.Path = "instance-offerings", "/v1/instance-offerings"
	c.Samples = map[string]string{"testdata/instance-offerings.json": "testdata/instance-offerings.golden"}
	return c
}

// priceTables have an answer with their prices for each row.
func priceTables() fetchertest.Case {
	c := contract(map[string]string{"account": "canary-account-71", "password": "canary-password-d2"})
	c.List, c.Path = "price-tables", "/v1/billings/price-tables"
	c.Pages = []string{
		`{"inventories":[{"uuid":"a","name":"A"},{"uuid":"b","name":"B"}],"total":3}`,
		`{"inventories":[{"uuid":"c","name":"C","createDate":"Jun 7, 2017 9:20:40 PM"}],"total":3}`,
	}
	c.Part = func(r *http.Request) string {
		if r.URL.Path == "/zstack/v1/system-tags" {
			return `{"inventories":[{"uuid":"tag","resourceUuid":"pa","resourceType":"PriceVO","tag":"priceUserConfig::{\"priceUserConfig\":{\"priceKeyName\":\"fast\"}}","type":"System"}],"total":1}`
		}
		table, asked := strings.CutPrefix(r.URL.Query().Get("q"), "tableUuid=")
		if r.URL.Path != "/zstack/v1/billings/prices" || !asked {
			return ""
		}
		return `{"inventories":[{"uuid":"p` + table + `","resourceName":"rootVolume","resourceUnit":"1","timeUnit":"s","price":1.5E-7,"tableUuid":"` + table + `",
			"dateInLong":1700000000000,"pciDeviceOfferings":[]}],"total":1}`
	}
	c.Other = loggingIn()
	return c
}

func FuzzDecode(f *testing.F) {
	fetchertest.Fuzz(f, contract(map[string]string{"access_key": "a", "secret_key": "s"}), instanceOfferings(), priceTables())
}

// loggingIn hands out one session to whoever asks.
func loggingIn() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.Write([]byte(`{"inventory":{"uuid":"` + canarySession + `"}}`))
		}
	})
}

func contract(credentials map[string]string) fetchertest.Case {
	return fetchertest.Case{
		Provider: zstack.Provider(), List: "disk-offerings", BasePath: "/zstack", Path: "/v1/disk-offerings",
		Credentials: credentials, Options: map[string]string{"page_size": "2"}, Secrets: []string{canarySession},
		Pages: []string{
			`{"inventories":[{"uuid":"a","name":"A","diskSize":1073741824},{"uuid":"b","state":"Enabled"}],"total":3}`,
			`{"inventories":[{"uuid":"c","createDate":"Jun 7, 2017 9:20:40 PM"}],"total":3}`,
		},
		PageOf: func(r *http.Request) int {
			start, _ := strconv.Atoi(r.URL.Query().Get("start")) // absent is 0
			return start/2 + 1
		},
	}
}
