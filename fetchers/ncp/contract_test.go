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

func TestContractRegions(t *testing.T) { fetchertest.Run(t, regionList()) }

func TestContractServerImages(t *testing.T) { fetchertest.Run(t, images()) }

func TestContractServerImagesOfOneRegion(t *testing.T) { fetchertest.Run(t, imagesOfOneRegion()) }

func TestContractServerSpecs(t *testing.T) { fetchertest.Run(t, specs()) }

func TestContractProductPrices(t *testing.T) { fetchertest.Run(t, productPrices()) }

func TestContractServerImagesInXML(t *testing.T) { fetchertest.Run(t, inXML(t, imagesOfOneRegion())) }

func TestContractProductPricesInXML(t *testing.T) { fetchertest.Run(t, inXML(t, productPrices())) }

func FuzzDecode(f *testing.F) {
	fetchertest.Fuzz(f, regionList(), images(), imagesOfOneRegion(), specs(), productPrices(),
		inXML(f, regionList()), inXML(f, imagesOfOneRegion()), inXML(f, specs()), inXML(f, productPrices()))
}

func regionList() fetchertest.Case {
	c := contract("regions", "/vserver/v2/getRegionList", "",
		answerOf("getRegionList", "regionList", 1, `{"regionCode":"KR","regionName":"Korea"}`))
	c.Samples = map[string]string{"testdata/regions.json": "testdata/regions.golden"}
	return c
}

// images asks for the regions first, and for the detail of each row.
func images() fetchertest.Case {
	c := contract("server-images", "/vserver/v2/getServerImageList", "",
		answerOf("getServerImageList", "serverImageList", 3, image("1"), image("2")),
		answerOf("getServerImageList", "serverImageList", 3, image("3")),
		answerOf("getServerImageList", "serverImageList", 1, image("4")))
	c.Part, c.Other = details, http.HandlerFunc(serveRegions)
	return c
}

func imagesOfOneRegion() fetchertest.Case {
	c := contract("server-images", "/vserver/v2/getServerImageList", "KR",
		answerOf("getServerImageList", "serverImageList", 3, image("1"), image("2")),
		answerOf("getServerImageList", "serverImageList", 3, image("3")))
	c.Part = details
	c.Samples = map[string]string{
		"testdata/server-images.json":      "testdata/server-images.golden",
		"testdata/server-image-detail.xml": "testdata/server-image-detail.golden",
	}
	return c
}

func specs() fetchertest.Case {
	c := contract("server-specs", "/vserver/v2/getServerSpecList", "KR",
		answerOf("getServerSpecList", "serverSpecList", 2, `{"serverSpecCode":"c2-g3","cpuCount":2}`, `{"serverSpecCode":"c4-g3"}`))
	c.Samples = map[string]string{"testdata/server-specs.json": "testdata/server-specs.golden"}
	return c
}

func productPrices() fetchertest.Case {
	row := func(product string) string {
		return `{"productCode":"` + product + `","priceList":[{"priceNo":"` + product + `1","price":317.5}]}`
	}
	c := contract("product-prices", "/billing/v1/product/getProductPriceList", "KR",
		answerOf("getProductPriceList", "productPriceList", 4, row("a"), row("b")),
		answerOf("getProductPriceList", "productPriceList", 4, row("c"), row("d")))
	c.Samples = map[string]string{"testdata/product-prices.xml": "testdata/product-prices.golden"}
	return c
}

// inXML is the same list in the other format.
func inXML(t testing.TB, c fetchertest.Case) fetchertest.Case {
	t.Helper()
	c.Options["format"] = "xml"
	for i, page := range c.Pages {
		c.Pages[i] = xmlOf(t, page)
	}
	if inJSON := c.Part; inJSON != nil {
		c.Part = func(r *http.Request) string {
			if answer := inJSON(r); answer != "" {
				return xmlOf(t, answer)
			}
			return ""
		}
	}
	c.Samples = nil // they are tried in their own format, whatever is asked for
	return c
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
		Provider: ncp.Provider(), List: list, Path: path, Pages: pages,
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

// details answers about one image.
func details(r *http.Request) string {
	if r.URL.Path != "/vserver/v2/getServerImageDetail" {
		return ""
	}
	return answerOf("getServerImageDetail", "serverImageList", 1, image(r.URL.Query().Get("serverImageNo")))
}

func serveRegions(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, answerOf("getRegionList", "regionList", 2, `{"regionCode":"KR"}`, `{"regionCode":"SGN"}`))
}
