package ncp

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"syncer/simulate/world"
)

var requestID = regexp.MustCompile(`"requestId":"[^"]*"`)

// show is everything that the API lists.
func show(t *testing.T, api *API) string {
	t.Helper()
	var all strings.Builder
	for _, uri := range []string{
		"/vserver/v2/getRegionList?", "/vserver/v2/getServerImageList?", "/vserver/v2/getServerSpecList?", "/billing/v1/product/getProductPriceList?regionCode=KR&",
	} {
		answer := get(api, uri+"responseFormatType=json")
		if answer.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", uri, answer.Code, answer.Body)
		}
		all.WriteString(requestID.ReplaceAllString(answer.Body.String(), ""))
	}
	detail := get(api, "/vserver/v2/getServerImageDetail?serverImageNo="+ubuntuImage+"&responseFormatType=json")
	return all.String() + fmt.Sprint(detail.Code)
}

func TestEveryMomentOfTheScriptShows(t *testing.T) {
	for _, moment := range newAPI(t, func(c *Config) { c.Products = 20 }).Moments() {
		if moment.Text == "" || moment.Provider != Name || moment.At.After(world.Start().Add(world.Weeks*7*world.Day)) {
			t.Errorf("moment %+v", moment)
		}
		at := func(at time.Time) string {
			return show(t, newAPI(t, func(c *Config) { c.Products, c.At = 20, func() time.Time { return at } }))
		}
		if at(moment.At.Add(-time.Second)) == at(moment.At) {
			t.Errorf("%s: nothing changed", moment.Text)
		}
	}
}

func TestScript(t *testing.T) {
	for _, c := range []struct {
		day        int
		uri, field string
		want       string
	}{
		{0, "/vserver/v2/getServerImageList", "serverImageNo", "***5847 23214590 25495367"},
		{6, "/vserver/v2/getServerImageList?serverImageNoList.1=104630229", "serverImageStatusName", "initialized"},
		{7, "/vserver/v2/getServerImageList?serverImageNoList.1=104630229", "serverImageStatusName", "created"},
		{12, "/vserver/v2/getServerImageList?serverImageNoList.1=***5847", "serverImageLifeCyclePhase", "map[code:FADE_OUT codeName:Fade Out]"},
		{26, "/vserver/v2/getServerImageList?serverImageNoList.1=***5847", "serverImageLifeCyclePhase", "map[code:RETIRED codeName:Retired]"},
		{29, "/vserver/v2/getServerImageList?serverImageNoList.1=***5847", "serverImageNo", ""},
		{18, "/vserver/v2/getServerImageList?serverImageNoList.1=25495367", "serverImageNo", ""},
		{19, "/vserver/v2/getServerImageList?serverImageNoList.1=25495367", "serverImageNo", "25495367"},
		{33, "/vserver/v2/getServerImageList?serverImageNoList.1=23214590", "serverImageName", "ubuntu-22.04-base (2026)"},
		{15, "/vserver/v2/getRegionList", "regionCode", "KR SGN"},
		{40, "/billing/v1/product/getProductPriceList?regionCode=KR&productItemKindCode=NAS", "productCode", ""},
		{61, "/billing/v1/product/getProductPriceList?regionCode=KR&productItemKindCode=NAS", "productCode", "SPNASNAS00000001"},
		{84, "/billing/v1/product/getProductPriceList?regionCode=SGN", "productCode", "SPSVRSTAND000006"},
	} {
		got, _ := rows(t, newAPI(t, at(c.day)), c.uri)
		if got := strings.Join(members(got, c.field), " "); got != c.want {
			t.Errorf("day %d, %s: %s, want %s", c.day, c.uri, got, c.want)
		}
	}
}

// TestADetailIsRefused: for three days, of an image that is listed all the time.
func TestADetailIsRefused(t *testing.T) {
	const listed = "/vserver/v2/getServerImageList?serverImageNoList.1=" + ubuntuImage
	detail := func(day int, with ...func(*Config)) int {
		api := newAPI(t, append(with, at(day))...)
		if got, _ := rows(t, api, listed); strings.Join(members(got, "serverImageNo"), " ") != ubuntuImage {
			t.Errorf("day %d: the list shows %v", day, got)
		}
		return get(api, "/vserver/v2/getServerImageDetail?serverImageNo="+ubuntuImage).Code
	}
	for day, want := range map[int]int{36: http.StatusOK, 37: http.StatusBadRequest, 39: http.StatusBadRequest, 40: http.StatusOK} {
		if got := detail(day); got != want {
			t.Errorf("day %d: %d, want %d", day, got, want)
		}
	}
	if got := detail(38, func(c *Config) { c.Calm = true }); got != http.StatusOK {
		t.Errorf("in a calm world: %d", got)
	}
}

func TestPricesChange(t *testing.T) {
	for day, want := range map[int]string{3: "317 228000", 4: "330 237000", 73: "309.5 237000"} {
		got, _ := rows(t, newAPI(t, at(day)), "/billing/v1/product/getProductPriceList?regionCode=KR&productCode=SPSVRSTAND000006")
		prices := got[0]["priceList"].([]any)
		if got := fmt.Sprint(prices[0].(map[string]any)["price"], " ", prices[1].(map[string]any)["price"]); got != want {
			t.Errorf("day %d: %s, want %s", day, got, want)
		}
	}
}

func TestTheWorldMayGoBackAndIsReproducible(t *testing.T) {
	day := 84
	api := newAPI(t, func(c *Config) { c.Products, c.At = 100, func() time.Time { return onDay(day)() } })
	late := show(t, api)
	day = 0
	if first := show(t, api); first == late || first != show(t, newAPI(t, func(c *Config) { c.Products = 100 })) {
		t.Error("the first catalog is not what it was")
	}
	if other := show(t, newAPI(t, at(84), func(c *Config) { c.Products, c.Seed = 100, 2 })); other == late {
		t.Error("two seeds gave the same world")
	}
	if again := show(t, newAPI(t, at(84), func(c *Config) { c.Products = 100 })); again != late {
		t.Error("the same seed and moment gave two worlds")
	}
}

func TestRowFaults(t *testing.T) {
	const uri = "/vserver/v2/getServerImageList?regionCode=KR&pageNo=1&pageSize=2"
	for text, want := range map[string]string{
		"ncp:duplicate": "***5847 ***5847 3", "ncp:conflict": "***5847 ***5847 3", "ncp:empty_id": " 23214590 3",
		"ncp:repeat": "***5847 23214590 3", "ncp:page_cap:limit=1": "***5847 3", "ncp:empty": " 0",
		"ncp:empty:list=regions": "***5847 23214590 3", "ncp:shrink:fraction=0.1": "***5847 1",
		"ncp:wrong_total": "***5847 23214590 8", "ncp:wrong_total:value=absent": "***5847 23214590 <nil>",
	} {
		got, total := rows(t, newAPI(t, withFaults(t, text)), uri)
		if got := fmt.Sprint(strings.Join(members(got, "serverImageNo"), " "), " ", total); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	second := strings.Replace(uri, "pageNo=1", "pageNo=2", 1)
	for text, want := range map[string]string{"ncp:shift": "", "ncp:shift:value=insert": "23214590 25495367", "ncp:repeat": "***5847 23214590"} {
		got, _ := rows(t, newAPI(t, withFaults(t, text)), second)
		if got := strings.Join(members(got, "serverImageNo"), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestRowFaultsInXML: a spoilt row is spoilt in either format.
func TestRowFaultsInXML(t *testing.T) {
	for text, want := range map[string]string{
		"ncp:number_id": "<regionCode>12345678901234567890</regionCode>", "ncp:empty_id": "<regionCode></regionCode>",
		"ncp:unknown_field": "<brand_new_member>\n        <since>today</since>", "ncp:empty": "<totalRows>0</totalRows>\n  <regionList/>",
	} {
		if got := get(newAPI(t, withFaults(t, text)), "/vserver/v2/getRegionList").Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestRefusalFaults(t *testing.T) {
	for text, want := range map[string]string{
		"ncp:http500":                   "500 {\n  \"error\": {\n    \"errorCode\": \"900\"",
		"ncp:http401":                   "401 {\n  \"error\": {\n    \"errorCode\": \"200\"",
		"ncp:http403":                   "403 {\n  \"error\": {\n    \"errorCode\": \"210\"",
		"ncp:http429:retry_after=86400": "429 {\n  \"error\": {\n    \"errorCode\": \"420\"",
		"ncp:flaky:percent=100":         "503 {\n  \"error\": {\n    \"errorCode\": \"500\",\n    \"message\": \"Endpoint Error\"",
		"ncp:code_error":                `200 {"responseError": {"returnCode":"1300"`,
		"ncp:html200":                   "200 <!DOCTYPE html>",
		"ncp:http500:list=server-specs": `200 {"getRegionListResponse": {`,
		"ncp:http500:page=2":            `200 {"getRegionListResponse": {`,
	} {
		answer := get(newAPI(t, withFaults(t, text)), "/vserver/v2/getRegionList?responseFormatType=json")
		if got := fmt.Sprintf("%d %s", answer.Code, answer.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
