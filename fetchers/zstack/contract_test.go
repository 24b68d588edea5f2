package zstack_test

import (
	"net/http"
	"strconv"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/zstack"
)

const canarySession = "canarysession4f7e7eff5bb04f7ca"

func TestContractSession(t *testing.T) {
	c := contract(map[string]string{"account": "canary-account-71", "password": "canary-password-d2"})
	c.Other = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.Write([]byte(`{"inventory":{"uuid":"` + canarySession + `"}}`))
		}
	})
	fetchertest.Run(t, c)
}

func TestContractAccessKey(t *testing.T) {
	fetchertest.Run(t, contract(map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"}))
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
