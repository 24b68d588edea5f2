package ncp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

func TestListAndDetailMakeOneEntry(t *testing.T) {
	list := part("getServerImageList?regionCode=KR", listOf("getServerImageList", "serverImageList",
		`{"serverImageNo":"1","serverImageName":"one","xInList":1}`, `{"serverImageNo":"2","serverImageName":"two","serverImageDescription":"of the list"}`))
	detail := func(row string) catalog.Part {
		return part("getServerImageDetail?regionCode=KR", listOf("getServerImageDetail", "serverImageList", row))
	}
	second := detail(`{"serverImageNo":"2","serverImageName":"two!","serverImageDescription":"","osType":{"code":"ROCKY"},"xInDetail":1}`)
	decoded := mustDecode(t, "server-images", list, second, detail(`{"serverImageNo":"1","serverImageStatus":{"code":"INIT"}}`))
	want := `1 "one" status=INIT lifecycle=- region=KR vcpu=<nil> memory=<nil> disk=<nil> gpu=<nil>
  {}
2 "two!" status=- lifecycle=- region=KR vcpu=<nil> memory=<nil> disk=<nil> gpu=<nil>
  {"description":"of the list","os_type":"ROCKY"}
warning : the page lacks the answer of getRegionList: taken as the last
`
	if diff := cmp.Diff(want, show(decoded)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(decoded.Unknown) != 2 {
		t.Errorf("unknown: %v", decoded.Unknown)
	}
}

func TestPartsAreThoseOfTheRows(t *testing.T) {
	list := part("getServerImageList?regionCode=KR", listOf("getServerImageList", "serverImageList", `{"serverImageNo":"1"}`, `{"serverImageNo":"2"}`))
	regions := part("getRegionList", listOf("getRegionList", "regionList", `{"regionCode":"KR"}`))
	detail := func(number string) catalog.Part {
		return part("getServerImageDetail?regionCode=KR", listOf("getServerImageDetail", "serverImageList", `{"serverImageNo":"`+number+`"}`))
	}
	unnamed := part("", string(list.Body))
	refused := func(number, text string) catalog.Part {
		return part("getServerImageDetail?regionCode=KR&serverImageNo="+number, text)
	}
	missing := func(number string) catalog.SetAside {
		return aside(number, catalog.Incomplete, "getServerImageDetail of image "+number+" in region KR: the page lacks its answer")
	}
	for name, c := range map[string]struct {
		parts []catalog.Part
		want  string // the error
		aside []catalog.SetAside
		warns string // the warning
	}{
		"whole":            {parts: []catalog.Part{list, detail("1"), detail("2"), regions}},
		"a stranger":       {parts: []catalog.Part{list, detail("1"), detail("2"), detail("3"), regions}, warns: `the page holds an answer of getServerImageDetail about image "3", which its list does not`},
		"a detail is gone": {parts: []catalog.Part{list, detail("1"), regions}, aside: []catalog.SetAside{missing("2")}},
		"all details":      {parts: []catalog.Part{list, regions}, aside: []catalog.SetAside{missing("1"), missing("2")}},
		"a detail of another": {parts: []catalog.Part{list, detail("1"), refused("2", string(detail("1").Body)), regions},
			aside: []catalog.SetAside{aside("2", catalog.Unreadable, "getServerImageDetail of image 2 in region KR: part 3: want one row, that of the image")}},
		"an error with status 200": {parts: []catalog.Part{list, refused("1", `{"responseError":{"returnCode":"1104037","returnMessage":"The server image could not be found."}}`), detail("2"), regions},
			aside: []catalog.SetAside{aside("1", catalog.Incomplete, "getServerImageDetail of image 1 in region KR: part 2: the answer is an error: 1104037: The server image could not be found.")}},
		"a detail cut short": {parts: []catalog.Part{list, refused("1", `{"getServer`), detail("2"), regions},
			aside: []catalog.SetAside{aside("1", catalog.Unreadable, "getServerImageDetail of image 1 in region KR: part 2: want JSON: jsontext: unexpected EOF after offset 11")}},
		"a detail without rows": {parts: []catalog.Part{list, refused("1", `{"getServerImageDetailResponse":{"returnCode":"0","serverImageList":"x"}}`), detail("2"), regions},
			aside: []catalog.SetAside{aside("1", catalog.Unreadable, `getServerImageDetail of image 1 in region KR: part 2: getServerImageDetailResponse.serverImageList: want a list, got "x"`)}},
		"a refusal": {parts: []catalog.Part{list, refused("1", `{"syncer_refusal":{"status":400,"code":"1104037","error":"GET /x: status 400 (1104037): no"}}`), detail("2"), regions},
			aside: []catalog.SetAside{aside("1", catalog.Incomplete, "getServerImageDetail of image 1 in region KR: GET /x: status 400 (1104037): no")}},
		"the list is gone":    {parts: []catalog.Part{detail("1"), detail("2"), regions}, want: `want an answer of getServerImageList in the page`},
		"the regions":         {parts: []catalog.Part{list, detail("1"), detail("2")}, warns: "the page lacks the answer of getRegionList: taken as the last"},
		"an archive of lists": {parts: []catalog.Part{unnamed}, warns: "the page lacks the answers of getServerImageDetail about 2 of 2 rows"},
	} {
		decoded, err := fetcher(t, "server-images").Decode(page(c.parts...))
		if (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
		if warned := len(decoded.Warnings) == 1 && decoded.Warnings[0].Text == c.warns; err == nil && warned != (c.warns != "") {
			t.Errorf("%s: warnings %v, want %s", name, decoded.Warnings, c.warns)
		}
		if diff := cmp.Diff(c.aside, decoded.SetAside); diff != "" {
			t.Errorf("%s: set aside (-want +got):\n%s", name, diff)
		}
		if err == nil && len(decoded.Entries) != 2 { // one whose fields are set aside is seen all the same
			t.Errorf("%s: %d entries, want 2", name, len(decoded.Entries))
		}
	}
}

// aside is what is set aside of an image.
func aside(key string, reason catalog.SetAsideReason, detail string) catalog.SetAside {
	return catalog.SetAside{Key: key, Part: catalog.FieldsPart, Reason: reason, Detail: detail}
}

// TestOddRows wants a row that cannot be read to hide no other, and a part of it
// not the other part.
func TestOddRows(t *testing.T) {
	for name, c := range map[string]struct {
		list, action, rows string
		odd                []string
		want               []catalog.SetAside
		keys               string
	}{
		"images": {"server-images", "getServerImageList", "serverImageList", []string{
			`{"serverImageNo":12}`, `{"serverImageNo":null}`, `"x"`, `{"serverImageNo":"1","serverImageDescription":1}`,
			`{"serverImageNo":"2","blockStorageMappingList":[{"isEncryptedVolume":"no"}]}`, `{"serverImageNo":"3"}`,
		}, []catalog.SetAside{
			aside("1", catalog.Unreadable, `getServerImageListResponse.serverImageList[3].serverImageDescription: want a text, got 1`),
			aside("2", catalog.Unreadable, `getServerImageListResponse.serverImageList[4].blockStorageMappingList[0].isEncryptedVolume: want true or false, got "no"`),
			aside("", catalog.Unreadable, `getServerImageListResponse.serverImageList[0].serverImageNo: want a text that is not empty, got 12`),
			aside("", catalog.Unreadable, `getServerImageListResponse.serverImageList[1].serverImageNo: want a text that is not empty, got null`),
			aside("", catalog.Unreadable, `getServerImageListResponse.serverImageList[2]: want an object, got "x"`),
		}, "1 2 3"},
		"prices": {"product-prices", "getProductPriceList", "productPriceList", []string{
			`{"productCode":"a","cpuCount":2,"priceList":[{"price":"5,600"}]}`, `{"productCode":"b","cpuCount":"two","priceList":[{"price":1}]}`,
			`{"productCode":"c","priceList":[{"price":-1}]}`, `{"productCode":"d","priceList":[{"price":1,"startDate":"soon"}]}`, `{"productCode":"e","priceList":7}`,
		}, []catalog.SetAside{
			{Key: "KR/a", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: `getProductPriceListResponse.productPriceList[0].priceList[0].price: want a number, got "5,600"`},
			{Key: "KR/b", Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: `getProductPriceListResponse.productPriceList[1].cpuCount: want a number, got "two"`},
			{Key: "KR/c", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: `getProductPriceListResponse.productPriceList[2].priceList[0].price: want an amount of at least 0, got "-1"`},
			{Key: "KR/d", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: `getProductPriceListResponse.productPriceList[3].priceList[0].startDate: want a date such as 2020-08-24T10:34:27+0900, got "soon"`},
			{Key: "KR/e", Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: `getProductPriceListResponse.productPriceList[4].priceList: want a list, got 7`},
			{Key: "KR/e", Part: catalog.PricesPart, Reason: catalog.Unreadable, Detail: `getProductPriceListResponse.productPriceList[4].priceList: want a list, got 7`},
		}, "KR/a KR/b KR/c KR/d"},
	} {
		request := ""
		if c.list == "product-prices" {
			request = c.action + "?regionCode=KR&payCurrencyCode=KRW"
		}
		decoded := mustDecode(t, c.list, part(request, listOf(c.action, c.rows, c.odd...)))
		if diff := cmp.Diff(c.want, decoded.SetAside); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		var keys []string
		for _, entry := range decoded.Entries {
			keys = append(keys, entry.Key)
		}
		if got := strings.Join(keys, " "); got != c.keys {
			t.Errorf("%s: entries %s, want %s", name, got, c.keys)
		}
	}
}

func TestRefusals(t *testing.T) {
	for want, c := range map[string]struct {
		list string
		part catalog.Part
	}{
		`want an answer of getServerImageList, got one of "getServerSpecList"`:                    {"server-images", part("", listOf("getServerSpecList", "serverSpecList"))},
		`regionList: want at least one region`:                                                    {"server-images", part("", listOf("getRegionList", "regionList"))},
		`want an answer of getServerImageList in the page`:                                        {"server-images", part("", listOf("getRegionList", "regionList", `{"regionCode":"KR"}`))},
		`getServerImageListResponse.returnCode: want 0, got "1401": Not found`:                    {"server-images", part("", `{"getServerImageListResponse": {"returnCode":1401,"returnMessage":"Not found"}}`)},
		`returnCode: want 0, got "": `:                                                            {"server-images", part("", `{}`)},
		`the answer is an error: 1401: no such image`:                                             {"server-images", part("", "{\n  \"responseError\": {\"returnCode\": \"1401\", \"returnMessage\": \"no such image\"}\n}")},
		`the answer is an error: 500: Endpoint Error: later`:                                      {"server-images", part("", `<error><errorCode>500</errorCode><message>Endpoint Error</message><details>later</details></error>`)},
		`getServerImageListResponse.serverImageList: want a list, got "x"`:                        {"server-images", part("", `{"getServerImageListResponse":{"returnCode":"0","serverImageList":"x"}}`)},
		`getServerImageListResponse.totalRows: want a count of at least 0, got -1`:                {"server-images", part("", `{"getServerImageListResponse":{"returnCode":"0","totalRows":-1}}`)},
		`the page does not state its region, and keys begin with it`:                              {"server-specs", part("", listOf("getServerSpecList", "serverSpecList", `{"serverSpecCode":"c2"}`))},
		`want XML: getServerImageListResponse: duplicate element returnCode with another content`: {"server-images", part("", `<getServerImageListResponse><returnCode>0</returnCode><returnCode>1</returnCode></getServerImageListResponse>`)},
	} {
		if _, err := fetcher(t, c.list).Decode(page(c.part)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := fetcher(t, "server-images").Decode(page()); err == nil {
		t.Error("a page without parts is no error")
	}
}

func TestPrices(t *testing.T) {
	for name, c := range map[string]struct{ row, want string }{
		"monthly":         {`{"priceNo":"1","priceType":{"code":"FXSUM"},"unit":{"code":"USAGE_TIME"},"price":228000.0,"payCurrency":{"code":"KRW"},"region":{"regionCode":"KR"}}`, "1 FXSUM USAGE_TIME KRW KR <nil> 228000;"},
		"number for text": {`{"priceNo":1,"price":"0.16","payCurrency":{"code":"USD"}}`, "1   USD - <nil> 0.16;"},
		"no number":       {`{"priceType":{"code":"MTRAT"},"price":317,"payCurrency":{"code":"KRW"}}`, "KR/p/MTRAT MTRAT  KRW - <nil> 317;"},
		"asked currency":  {`{"priceNo":"1","price":1}`, "1   JPY - <nil> 1;"},
		"free":            {`{"priceNo":"1","price":0}`, "1   JPY - <nil> 0;"},
		"null":            {`{"priceNo":"1","price":null}`, ""},
		"absent":          {`{"priceNo":"1"}`, ""},
		"tiers":           {`{"priceNo":"1","periodUnitList":[{"startValue":0,"endValue":10,"price":2},{"startValue":10,"endValue":-1,"price":1.5},{"startValue":20,"endValue":-1,"price":null}]}`, "1   JPY - 0 2;1   JPY - 10 1.5;"},
		"lone":            {`{"priceNo":"1","periodUnitList":{"startValue":5,"endValue":-1,"price":2}}`, "1   JPY - 5 2;"},
		"by country":      {`{"priceNo":"1","countryUnitList":[{"country":"KR","price":2}],"packageUnitList":{}}`, "1/KR   JPY - <nil> 2;"},
		"empty lists":     {`{"priceNo":"1","countryUnitList":[],"packageUnitList":"","promiseList":null,"detailUnitList":{}}`, ""},
		"new type":        {`{"priceNo":"1","priceType":{"code":"SPOT","codeName":"Spot"},"price":1}`, "1 SPOT  JPY - <nil> 1;unknown word getProductPriceListResponse.productPriceList[].priceList[].priceType.code"},
	} {
		decoded := mustDecode(t, "product-prices", part("getProductPriceList?regionCode=KR&payCurrencyCode=JPY",
			listOf("getProductPriceList", "productPriceList", `{"productCode":"p","priceList":[`+c.row+`]}`)))
		if err := decoded.Entries[0].Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got strings.Builder
		for _, p := range decoded.Entries[0].Prices {
			fmt.Fprintf(&got, "%s %s %s %s %s %v %s;", p.SKUPriceID, p.Variant, p.Unit, p.Currency, word(p.RegionID), p.TierMinimum, p.ListUnitPrice)
		}
		for _, unknown := range decoded.Unknown {
			got.WriteString("unknown " + unknown.Kind + " " + unknown.Path)
		}
		if got.String() != c.want {
			t.Errorf("%s: got %s, want %s", name, got.String(), c.want)
		}
	}
}

func TestEndOfList(t *testing.T) {
	rows := func(n int) string {
		var rows []string
		for i := range n {
			rows = append(rows, fmt.Sprintf(`{"serverImageNo":"%d"}`, i))
		}
		return strings.Join(rows, ",")
	}
	regions := part("getRegionList", listOf("getRegionList", "regionList", `{"regionCode":"KR"}`, `{"regionCode":"SGN"}`))
	for name, c := range map[string]struct {
		options, query, fields string
		rows                   int
		carried                bool
		scope                  string
		last                   bool
	}{
		"reached in the last region":        {"", "regionCode=SGN&pageNo=2&pageSize=3", `"totalRows":5,`, 2, true, "SGN", true},
		"reached, a region follows":         {"", "regionCode=KR&pageNo=2&pageSize=3", `"totalRows":5,`, 2, true, "KR", false},
		"not reached in the last region":    {"", "regionCode=SGN&pageNo=1&pageSize=3", `"totalRows":5,`, 3, true, "SGN", false},
		"short, but the total says more":    {"", "regionCode=SGN&pageNo=1&pageSize=3", `"totalRows":5,`, 2, true, "SGN", false},
		"page 0 is the first":               {"", "regionCode=SGN&pageNo=0&pageSize=5", `"totalRows":"5",`, 5, true, "SGN", true},
		"no total, full":                    {"", "regionCode=SGN&pageNo=1&pageSize=3", ``, 3, true, "SGN", false},
		"no total, short":                   {"", "regionCode=SGN&pageNo=1&pageSize=3", ``, 2, true, "SGN", true},
		"empty, whatever the total":         {"", "regionCode=SGN&pageNo=3&pageSize=3", `"totalRows":50,`, 0, true, "SGN", true},
		"the regions of the option":         {"regions=SGN,KR", "regionCode=KR&pageNo=1&pageSize=3", `"totalRows":2,`, 2, false, "KR", true},
		"the regions of the option, first":  {"regions=SGN, KR", "regionCode=SGN&pageNo=1&pageSize=3", `"totalRows":2,`, 2, false, "SGN", false},
		"the page knows better":             {"regions=SGN,KR", "regionCode=SGN&pageNo=1&pageSize=3", `"totalRows":2,`, 2, true, "SGN", true},
		"an archive that names no request":  {"", "", `"totalRows":2,`, 2, false, "", true},
		"an archive with a region list":     {"", "", `"totalRows":2,`, 2, true, "KR", false},
		"an archive, one region configured": {"regions=JPN", "", `"totalRows":2,`, 2, false, "JPN", true},
	} {
		body := `{"getServerImageListResponse": {"returnCode":0,` + c.fields + `"serverImageList":[` + rows(c.rows) + `]}}`
		request := "getServerImageList?" + c.query
		if c.query == "" {
			request = ""
		}
		parts := []catalog.Part{part(request, body)}
		for i := range c.rows {
			parts = append(parts, part("", listOf("getServerImageDetail", "serverImageList", fmt.Sprintf(`{"serverImageNo":"%d"}`, i))))
		}
		if c.carried {
			parts = append(parts, regions)
		}
		decoded, err := fetcher(t, "server-images", c.options).Decode(page(parts...))
		if err != nil || decoded.End.Scope != c.scope || decoded.End.Last != c.last {
			t.Errorf("%s: scope %q, last %t, error %v", name, decoded.End.Scope, decoded.End.Last, err)
		}
	}
}
