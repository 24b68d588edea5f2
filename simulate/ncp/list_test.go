package ncp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPages(t *testing.T) {
	api := newAPI(t, func(c *Config) { c.Products, c.Seed = 200, 4 })
	seen := map[string]bool{}
	for page, want := range []int{10, 10, 3, 0} {
		got, total := rows(t, api, fmt.Sprintf("/vserver/v2/getServerImageList?regionCode=KR&pageNo=%d&pageSize=10", page+1))
		if len(got) != want || total != 23.0 {
			t.Errorf("page %d: %d rows of %v", page+1, len(got), total)
		}
		for _, no := range members(got, "serverImageNo") {
			seen[no] = true
		}
	}
	if len(seen) != 23 {
		t.Errorf("%d distinct images", len(seen))
	}
	first, _ := rows(t, api, "/vserver/v2/getServerImageList?pageNo=1&pageSize=5")
	zeroth, _ := rows(t, api, "/vserver/v2/getServerImageList?pageNo=0&pageSize=5")
	if diff := cmp.Diff(first, zeroth); diff != "" {
		t.Errorf("page 0 is not page 1: %s", diff)
	}
	for uri, want := range map[string]int{
		"/vserver/v2/getServerImageList": 23, "/vserver/v2/getServerImageList?pageNo=0": 23, "/vserver/v2/getServerImageList?pageSize=5": 5,
		"/billing/v1/product/getProductPriceList?regionCode=KR": 208, "/billing/v1/product/getProductPriceList?regionCode=KR&pageSize=7": 7,
	} {
		if got, _ := rows(t, api, uri); len(got) != want {
			t.Errorf("%s: %d rows, want %d", uri, len(got), want)
		}
	}
}

func TestFilters(t *testing.T) {
	api := newAPI(t, at(16))
	for uri, want := range map[string]string{
		"getServerImageList?hypervisorTypeCodeList.1=XEN":                   "***5847",
		"getServerImageList?osTypeCodeList.1=UBUNTU&osTypeCodeList.2=NAVIX": "23214590 104630229",
		"getServerImageList?serverImageName=rocky":                          "25495367",
		"getServerImageList?serverImageStatusCode=INIT":                     "",
		"getServerImageList?serverImageTypeCodeList.1=SELF":                 "",
		"getServerImageList?platformCategoryCodeList.1=GPU":                 "",
		"getServerImageList?regionCode=SGN":                                 "104700001",
	} {
		got, _ := rows(t, api, "/vserver/v2/"+uri)
		if got := strings.Join(members(got, "serverImageNo"), " "); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
	for uri, want := range map[string]string{
		"getServerSpecList?serverImageNo=***5847":        "",
		"getServerSpecList?serverImageNo=23214590":       "c2-g3 s2-g3",
		"getServerSpecList?regionCode=SGN":               "c2-g3",
		"getServerSpecList?serverSpecCodeList.1=s2-g3":   "s2-g3",
		"getServerSpecList?hypervisorTypeCodeList.1=XEN": "",
	} {
		got, _ := rows(t, api, "/vserver/v2/"+uri)
		if got := strings.Join(members(got, "serverSpecCode"), " "); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
	for query, want := range map[string]string{
		"productItemKindCode=NAS": "SPNASNAS00000001", "productCategoryCode=STORAGE": "SPBSTBSTAD000006 SPNASNAS00000001",
		"productCode=SPSVRSTAND000056A": "SPSVRSTAND000056A", "productName=6248R": "SVR.VSVR.BM.C048.M512.LOCAL.SSD.B15564.G001",
	} {
		got, _ := rows(t, api, "/billing/v1/product/getProductPriceList?regionCode=KR&"+query)
		if got := strings.Join(members(got, "productCode"), " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestCurrencies(t *testing.T) {
	for currency, want := range map[string]string{"KRW": `"price":0.16,`, "USD": `"price":0.00012,`, "JPY": `"price":0.0176,`} {
		answer := get(newAPI(t), "/billing/v1/product/getProductPriceList?regionCode=KR&productCode=SPBSTBSTAD000006&responseFormatType=json&payCurrencyCode="+currency).Body.String()
		if !strings.Contains(answer, want) || !strings.Contains(answer, `"payCurrency":{"code":"`+currency+`"`) {
			t.Errorf("%s: %s", currency, answer)
		}
	}
}
