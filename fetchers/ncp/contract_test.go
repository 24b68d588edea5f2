package ncp_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"syncer/fetchers/fetchertest"
	"syncer/fetchers/ncp"
)

func TestContractRegions(t *testing.T) {
	fetchertest.Run(t, contract("regions", "/vserver/v2/getRegionList", "",
		answerOf("getRegionList", "regionList", 1, `{"regionCode":"KR","regionName":"Korea"}`)))
}

// TestContractServerImages asks for the regions first, and for the detail of
// each row.
func TestContractServerImages(t *testing.T) {
	fetchertest.Run(t, contract("server-images", "/vserver/v2/getServerImageList", "",
		answerOf("getServerImageList", "serverImageList", 3, image("1"), image("2")),
		answerOf("getServerImageList", "serverImageList", 3, image("3")),
		answerOf("getServerImageList", "serverImageList", 1, image("4")),
	))
}

func TestContractServerImagesOfOneRegion(t *testing.T) {
	fetchertest.Run(t, contract("server-images", "/vserver/v2/getServerImageList", "KR",
		answerOf("getServerImageList", "serverImageList", 3, image("1"), image("2")),
		answerOf("getServerImageList", "serverImageList", 3, image("3")),
	))
}

func TestContractServerSpecs(t *testing.T) {
	fetchertest.Run(t, contract("server-specs", "/vserver/v2/getServerSpecList", "KR",
		answerOf("getServerSpecList", "serverSpecList", 2, `{"serverSpecCode":"c2-g3","cpuCount":2}`, `{"serverSpecCode":"c4-g3"}`)))
}

func TestContractProductPrices(t *testing.T) {
	row := func(product string) string {
		return `{"productCode":"` + product + `","priceList":[{"priceNo":"` + product + `1","price":317.5}]}`
	}
	fetchertest.Run(t, contract("product-prices", "/billing/v1/product/getProductPriceList", "KR",
		answerOf("getProductPriceList", "productPriceList", 4, row("a"), row("b")),
		answerOf("getProductPriceList", "productPriceList", 4, row("c"), row("d")),
	))
}

func image(number string) string {
	return `{"serverImageNo":"` + number + `","serverImageStatus":{"code":"CREAT","codeName":"created"}}`
}

// answerOf states a total of its own.
func answerOf(action, member string, total int, rows ...string) string {
	return fmt.Sprintf(`{%q: {"returnCode":"0","totalRows":%d,%q:[%s]}}`, action+"Response", total, member, strings.Join(rows, ","))
}

func contract(list, path, regions string, pages ...string) fetchertest.Case {
	options := map[string]string{"page_size": "2"}
	if regions != "" {
		options["regions"] = regions
	}
	return fetchertest.Case{
		Provider: ncp.Provider(), List: list, Path: path, Pages: pages, Other: http.HandlerFunc(others),
		Credentials: map[string]string{"access_key": "canary-access-5b1f", "secret_key": "canary-secret-9c27"},
		Options:     options,
		PageOf:      pageOf,
	}
}

// pageOf counts SGN's first page as the third.
func pageOf(r *http.Request) int {
	if r.URL.Query().Get("regionCode") == "SGN" {
		return 3
	}
	if number, err := strconv.Atoi(r.URL.Query().Get("pageNo")); err == nil {
		return number
	}
	return 1
}

// others answers for the regions and for the details.
func others(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/vserver/v2/getRegionList":
		fmt.Fprint(w, answerOf("getRegionList", "regionList", 2, `{"regionCode":"KR"}`, `{"regionCode":"SGN"}`))
	case "/vserver/v2/getServerImageDetail":
		fmt.Fprint(w, answerOf("getServerImageDetail", "serverImageList", 1, image(r.URL.Query().Get("serverImageNo"))))
	default:
		http.NotFound(w, r)
	}
}
