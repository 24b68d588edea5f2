package ncp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/ncp"
	"syncer/snapshot"
)

// gateway answers by path and, after a blank, what the query must hold; a text that
// begins with a status and a blank is a refusal. What it does not know is a 404.
type gateway map[string]string

func (g gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	longest, found := "", false
	for question := range g {
		path, query, _ := strings.Cut(question, " ")
		if path == r.URL.Path && strings.Contains(r.URL.RawQuery, query) && len(question) >= len(longest) {
			longest, found = question, true
		}
	}
	answer := g[longest]
	status, body, refused := strings.Cut(answer, " ")
	code := map[string]int{"400": 400, "401": 401, "404": 404, "429": 429, "500": 500}[status]
	switch {
	case !found:
		http.NotFound(w, r)
	case refused && code != 0:
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	default:
		_, _ = w.Write([]byte(answer))
	}
}

// walk takes the pages of a list, and the snapshot that they make.
func (g gateway) walk(t *testing.T, list string, options ...string) ([]catalog.Page, *snapshot.Snapshot, error) {
	t.Helper()
	server := httptest.NewServer(g)
	defer server.Close()
	source := catalog.Source{
		Name: "ncp", BaseURL: server.URL, Location: time.UTC, Options: map[string]string{},
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("access-1f7c"), "secret_key": catalog.NewSecret("secret-9d02")},
	}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		source.Options[name] = value
	}
	fetchers, err := ncp.New(source, web.Options{Now: time.Now, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	for _, fetcher := range fetchers {
		if fetcher.List().ID.Name != list {
			continue
		}
		taken := snapshot.New(fetcher)
		var pages []catalog.Page
		for page, err := range fetcher.Pages(t.Context()) {
			if err == nil {
				err = taken.Add(page)
			}
			if err != nil {
				return pages, taken, err
			}
			pages = append(pages, page)
		}
		return pages, taken, taken.Complete()
	}
	t.Fatalf("no list %q", list)
	return nil, nil, nil
}

// decoded is what the pages say, in one: keys and what is set aside.
func decodedAll(t *testing.T, list string, pages []catalog.Page, options ...string) (keys []string, aside []catalog.SetAside) {
	t.Helper()
	for _, page := range pages {
		decoded, err := fetcher(t, list, options...).Decode(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range decoded.Entries {
			keys = append(keys, entry.Key)
		}
		aside = append(aside, decoded.SetAside...)
	}
	return keys, aside
}

const (
	detailPath  = "/vserver/v2/getServerImageDetail"
	pricesPath  = "/billing/v1/product/getProductPriceList"
	billingPath = "/billing/v1/region/getRegionList"
	vserverPath = "/vserver/v2/getRegionList"
	noImage     = `{"responseError":{"returnCode":"1104037","returnMessage":"The server image could not be found."}}`
)

// images are six of KR, each with a detail.
func images6() gateway {
	g := gateway{}
	var rows []string
	for _, number := range []string{"1", "2", "3", "4", "5", "6"} {
		row := `{"serverImageNo":"` + number + `"}`
		rows = append(rows, row)
		g[detailPath+" serverImageNo="+number] = listOf("getServerImageDetail", "serverImageList", row)
	}
	g["/vserver/v2/getServerImageList"] = listOf("getServerImageList", "serverImageList", rows...)
	return g
}

// TestADetailThatIsRefused wants one image's refusal to concern that image, and a
// refusal of everything to end the walk.
func TestADetailThatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		answers gateway // over those of the images
		aside   string  // why image 2 is set aside
		fails   string
	}{
		"an unknown image": {gateway{detailPath + " serverImageNo=2": "400 " + noImage}, "GET " + detailPath + ": status 400 (1104037): The server image could not be found.", ""},
		"a service that falls over one image": {
			gateway{detailPath + " serverImageNo=2": `500 {"error":{"errorCode":"900","message":"Unexpected Error"}}`},
			"GET " + detailPath + ": status 500 (900): Unexpected Error", "",
		},
		"an answer with a name, cut short": {
			gateway{detailPath + " serverImageNo=2": `{"getServerImageDetailResponse": {"serverImageList":[{"sharedLoginIdList":["kim"]`},
			"GET " + detailPath + ": want JSON: jsontext: unexpected EOF", "",
		},
		"an error with status 200": {gateway{detailPath + " serverImageNo=2": noImage}, "part 3: the answer is an error: 1104037: The server image could not be found.", ""},
		"credentials":              {gateway{detailPath + " serverImageNo=2": `401 {"error":{"errorCode":"210","message":"Permission Denied"}}`}, "", "image 2 in region KR: GET " + detailPath + ": status 401 (210): Permission Denied"},
		"a quota":                  {gateway{detailPath + " serverImageNo=2": `429 {"error":{"errorCode":"400","message":"Quota Exceeded"}}`}, "", "status 429 (400): Quota Exceeded"},
		"a page about the works": {
			gateway{detailPath + " serverImageNo=2": `<!doctype html><html></html>`}, "GET " + detailPath + ": the answer is an HTML page with status 200", "",
		},
	} {
		g := images6()
		for question, answer := range c.answers {
			g[question] = answer
		}
		pages, _, err := g.walk(t, "server-images", "regions=KR")
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: got %v, want %q", name, err, c.fails)
		}
		if err != nil {
			continue
		}
		keys, aside := decodedAll(t, "server-images", pages, "regions=KR")
		if len(keys) != 6 || len(aside) != 1 || aside[0].Key != "2" || !strings.HasPrefix(aside[0].Detail, "getServerImageDetail of image 2 in region KR: "+c.aside) {
			t.Errorf("%s: entries %v, set aside %v", name, keys, aside)
		}
		for _, part := range pages[0].Parts {
			if strings.Contains(string(part.Body), "kim") {
				t.Errorf("%s: the name of a person is kept: %s", name, part.Body)
			}
		}
	}
}

// TestDetailsThatAreNotThere wants a service that is down to be asked no longer, and
// all that it leaves open to be named.
func TestDetailsThatAreNotThere(t *testing.T) {
	g := images6()
	for _, number := range []string{"2", "3", "4", "5", "6"} {
		g[detailPath+" serverImageNo="+number] = "500 "
	}
	pages, _, err := g.walk(t, "server-images", "regions=KR")
	if err != nil {
		t.Fatal(err)
	}
	_, aside := decodedAll(t, "server-images", pages, "regions=KR")
	var got []string
	for _, set := range aside {
		_, why, _ := strings.Cut(set.Detail, " in region KR: ")
		got = append(got, set.Key+" "+why)
	}
	status := "GET " + detailPath + ": status 500: Internal Server Error"
	if diff := cmp.Diff([]string{
		"2 " + status, "3 " + status, "4 " + status,
		"5 not asked after 3 refusals in a row: " + status, "6 not asked after 3 refusals in a row: " + status,
	}, got); diff != "" {
		t.Errorf("set aside (-want +got):\n%s", diff)
	}
}

// TestRegionsOfTheBillingService wants the prices of all regions that the billing
// service knows, and what is not to be had by name.
func TestRegionsOfTheBillingService(t *testing.T) {
	regions := func(codes ...string) string {
		var rows []string
		for _, code := range codes {
			rows = append(rows, `{"regionNo":1,"regionCode":"`+code+`","regionName":"x"}`)
		}
		return listOf("getRegionList", "regionList", rows...)
	}
	prices := listOf("getProductPriceList", "productPriceList", `{"productCode":"p","priceList":[{"priceNo":"1","price":100,"payCurrency":{"code":"KRW"}}]}`)
	none := func(region, why string) catalog.SetAside {
		return catalog.SetAside{Part: catalog.FieldsPart, Reason: catalog.Incomplete, Detail: "getProductPriceList of region " + region + ": " + why}
	}
	lacking := func(why string) []catalog.SetAside {
		return []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Incomplete,
			Detail: "regions that only the billing service names are not read: GET " + billingPath + ": " + why}}
	}
	for name, c := range map[string]struct {
		answers gateway
		keys    string
		aside   []catalog.SetAside
		fails   string
	}{
		"more than the servers'": {
			gateway{vserverPath: regions("KR", "SGN", "JPN"), billingPath: regions("KR", "HK", "SGN", "JPN", "USWN", "DEN"), pricesPath: prices},
			"KR/p HK/p SGN/p JPN/p USWN/p DEN/p", nil, "",
		},
		"as the documents print them": {
			gateway{billingPath: `{"getRegionListResponse":{"totalRows":1,"regionList":[{"regionNo":1,"regionCode":"KR","regionName":"Korea"}]}}`, pricesPath: prices},
			"KR/p", nil, "",
		},
		"a region that is refused": {
			gateway{billingPath: regions("KR", "HK", "SGN"), pricesPath: prices, pricesPath + " regionCode=HK": "400 " + noImage},
			"KR/p SGN/p", []catalog.SetAside{none("HK", "GET "+pricesPath+": status 400 (1104037): The server image could not be found.")}, "",
		},
		"the last ones are refused": {
			gateway{billingPath: regions("KR", "HK", "SGN"), pricesPath: prices, pricesPath + " regionCode=HK": "400 " + noImage, pricesPath + " regionCode=SGN": "500 " + noImage},
			"KR/p", []catalog.SetAside{
				none("HK", "GET "+pricesPath+": status 400 (1104037): The server image could not be found."),
				none("SGN", "GET "+pricesPath+": status 500 (1104037): The server image could not be found."),
			}, "",
		},
		"the first one is refused": {
			gateway{billingPath: regions("KR", "HK"), pricesPath: prices, pricesPath + " regionCode=KR": "400 " + noImage},
			"", nil, "page 1: fetch: GET " + pricesPath + ": status 400",
		},
		"nobody names them": {
			gateway{vserverPath: regions("KR", "SGN"), pricesPath: prices},
			"KR/p SGN/p", []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Incomplete,
				Detail: "regions that only the billing service names are not read: GET " + billingPath + ": status 404: 404 page not found"}}, "",
		},
		"it names none": {
			gateway{vserverPath: regions("KR"), billingPath: listOf("getRegionList", "regionList"), pricesPath: prices},
			"KR/p", lacking("regionList: want at least one region"), "",
		},
		"it names one that is none": {
			gateway{vserverPath: regions("KR", "SGN"), billingPath: listOf("getRegionList", "regionList", `{"regionCode":"KR"}`, `null`), pricesPath: prices},
			"KR/p SGN/p", lacking("getRegionListResponse.regionList[1]: want an object, got null"), "",
		},
		"it answers with an error": {
			gateway{vserverPath: regions("KR"), billingPath: noImage, pricesPath: prices},
			"KR/p", lacking("the answer is an error: 1104037: The server image could not be found."), "",
		},
		"the billing service is down": {
			gateway{vserverPath: regions("KR"), billingPath: "500 ", pricesPath: prices}, "", nil, "GET " + billingPath + ": status 500",
		},
	} {
		pages, taken, err := c.answers.walk(t, "product-prices")
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: got %v, want %q", name, err, c.fails)
		}
		if err != nil {
			continue
		}
		keys, aside := decodedAll(t, "product-prices", pages)
		if diff := cmp.Diff(c.aside, aside); diff != "" || strings.Join(keys, " ") != c.keys || taken.Len() != len(keys) {
			t.Errorf("%s: entries %v, set aside (-want +got):\n%s", name, keys, diff)
		}
	}
}

func TestOneSpecStatedTwiceAlike(t *testing.T) {
	rows := []string{`{"serverSpecCode":"c2-g3","cpuCount":2}`, `{"serverSpecCode":"c2-g3","cpuCount":2}`, `{"serverSpecCode":"m2-g3","cpuCount":2}`}
	g := gateway{"/vserver/v2/getServerSpecList": listOf("getServerSpecList", "serverSpecList", rows...)}
	_, taken, err := g.walk(t, "server-specs", "regions=KR")
	if err != nil || taken.Len() != 2 || taken.Collapsed() != 1 {
		t.Errorf("%d entries, %d collapsed, error %v; want 2 and 1", taken.Len(), taken.Collapsed(), err)
	}
	g["/vserver/v2/getServerSpecList"] = strings.Replace(g["/vserver/v2/getServerSpecList"], `"totalRows":3`, `"totalRows":4`, 1)
	if _, _, err := g.walk(t, "server-specs", "regions=KR"); !errors.Is(err, catalog.ErrIncomplete) {
		t.Errorf("a total of 4: error %v", err)
	}
}

func TestCurrencyOfThePriceList(t *testing.T) {
	g := gateway{pricesPath + " payCurrencyCode=USD": listOf("getProductPriceList", "productPriceList", `{"productCode":"p","priceList":[{"priceNo":"1","price":0.27}]}`)}
	_, taken, err := g.walk(t, "product-prices", "regions=KR", "currency=USD")
	if err != nil || taken.List.Settings["currency"] != "USD" {
		t.Fatalf("settings %v, error %v", taken.List.Settings, err)
	}
	for entry := range taken.Entries(func(string) bool { return true }) {
		if entry.Prices[0].Currency != "USD" {
			t.Errorf("price in %s", entry.Prices[0].Currency)
		}
	}
	source := catalog.Source{Name: "ncp", BaseURL: "https://ncloud.apigw.ntruss.com", Options: map[string]string{"currency": "EUR"},
		Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("access-1f7c"), "secret_key": catalog.NewSecret("secret-9d02")}}
	if _, err := ncp.New(source, web.Options{Now: time.Now}); err == nil || !strings.Contains(err.Error(), "currency: want KRW, USD or JPY") {
		t.Errorf("a currency that the list is not kept in: %v", err)
	}
}
