package iwinv_test

import (
	"net/http"
	"strconv"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/iwinv"
)

func TestContractFlavors(t *testing.T) { fetchertest.Run(t, flavors()) }

func TestContractImages(t *testing.T) { fetchertest.Run(t, imageList()) }

func TestContractZones(t *testing.T) { fetchertest.Run(t, zones()) }

func TestContractBlockStorageTypes(t *testing.T) { fetchertest.Run(t, blockStorageTypes()) }

func FuzzDecode(f *testing.F) {
	fetchertest.Fuzz(f, flavors(), imageList(), zones(), blockStorageTypes())
}

// flavors state a total, as no document says.
func flavors() fetchertest.Case {
	row := func(id string) string {
		return `{"flavor_id":"` + id + `","name":"n","status":"available","spec":{"vcpu":1},"price":{"full":{"type":"month","KRW":5600}}}`
	}
	c := contract("flavors", "/v1/flavors", []string{
		`{"code":"0x00","result":[` + row("a") + `,` + row("b") + `],"count":2,"page_no":1,"page_size":2,"total":5}`,
		`{"code":"0x00","result":[` + row("c") + `,` + row("d") + `],"count":2,"page_no":2,"page_size":2,"total":"5"}`,
		`{"code":"0x00","result":[` + row("e") + `],"count":1,"page_no":"3","page_size":"2","total":5}`,
	})
	c.Samples = map[string]string{"testdata/flavors.json": "testdata/flavors.golden"}
	return c
}

// imageList states none: an empty page ends it.
func imageList() fetchertest.Case {
	return contract("images", "/v1/images", []string{
		`{"code":"0x00","result":[{"image_id":"a","name":"A"},{"image_id":"b"}],"count":2,"page_size":2}`,
		`{"code":"0x00","result":[{"image_id":"c"},{"image_id":"d"}],"count":2,"page_size":2}`,
		`{"code":"0x00","result":[],"count":0,"page_size":2}`,
	})
}

// zones are a list that is never cut.
func zones() fetchertest.Case {
	return contract("zones", "/v1/zones", []string{
		`{"code":"0x00","error_code":"SUCCESS","message":"","result":[{"zone_id":"kr2-z01","zone_name":"KR2","status":"available"}],"count":1}`,
	})
}

func blockStorageTypes() fetchertest.Case {
	return contract("block-storage-types", "/v1/block-storages/types", []string{
		`{"code":"0x00","result":[{"type":"ssd","min":10,"max":2000,"zones":null},{"type":"sata","min":10,"max":20000,"zones":["kr2-z01"]}],"count":2}`,
	})
}

func contract(list, path string, pages []string) fetchertest.Case {
	return fetchertest.Case{
		Provider: iwinv.Provider(), List: list, Path: path, Pages: pages,
		Credentials: map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"},
		Options:     map[string]string{"page_size": "2"},
		PageOf: func(r *http.Request) int {
			if len(pages) == 1 {
				return 1
			}
			number, _ := strconv.Atoi(r.URL.Query().Get("page_no")) // 0 is no page
			return number
		},
	}
}
