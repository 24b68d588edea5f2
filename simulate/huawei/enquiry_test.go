package huawei

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	hourly    = "/v2/bills/ratings/on-demand-resources"
	forPeriod = "/v2/bills/ratings/period-resources/subscribe-rate"
)

func enquire(t *testing.T, api *API, uri, body string) string {
	t.Helper()
	answer := send(api, http.MethodPost, uri, body, "X-Auth-Token", login(t, api, loginDomain))
	return fmt.Sprintf("%d %s", answer.Code, answer.Body)
}

// asking is an enquiry for one product, with further members.
func asking(id, more string) string {
	return `{"project_id":"` + testProject + `","inquiry_precision":0,"product_infos":[{"id":"1","cloud_service_type":"hws.service.type.vdi",` +
		`"resource_type":"hws.resource.type.workspace.appstream","resource_spec":"` + id + `","region":"cn-north-7",` + more + `"subscription_num":1}]}`
}

const (
	anHour = `"usage_factor":"Duration","usage_value":1,"usage_measure_id":4,`
	aMonth = `"period_type":2,"period_num":1,`
)

func TestOnDemandPrices(t *testing.T) {
	api := newAPI(t, onDay(3))
	got := enquire(t, api, hourly, asking(large, anHour))
	const want = `200 {"amount":11.232,"currency":"CNY","discount_amount":1.248001,"measure_id":1,"official_website_amount":12.480001,` +
		`"product_rating_results":[{"amount":11.232,"discount_amount":1.248001,"discount_rating_results":[{"amount":1.248001,"discount_id":"DISC0000000001",` +
		`"discount_name":"commercial discount","discount_type":605,"measure_id":1}],"id":"1","measure_id":1,"official_website_amount":12.480001,"product_id":"OFFI`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	fine := strings.Replace(asking(large, anHour), `"inquiry_precision":0`, `"inquiry_precision":1`, 1)
	if got := enquire(t, api, hourly, fine); !strings.Contains(got, `"amount":11.2320009`) {
		t.Errorf("with ten decimals: %s", got)
	}
	if got := enquire(t, api, hourly, strings.Replace(asking(large, anHour), `"usage_value":1`, `"usage_value":"2"`, 1)); !strings.Contains(got, `"official_website_amount":24.960002`) {
		t.Errorf("two hours: %s", got)
	}
}

func TestPeriodPrices(t *testing.T) {
	api := newAPI(t, onDay(3))
	for terms, want := range map[string]string{
		aMonth:                            "486",
		`"period_type":2,"period_num":3,`: "1458",
		`"period_type":3,"period_num":1,`: "4860",
	} {
		got := enquire(t, api, forPeriod, asking(monthly, terms))
		if !strings.HasPrefix(got, `200 {"currency":"CNY","official_website_rating_result":{"measure_id":1,"official_website_amount":`+want+`,"product_rating_results":[{"id":"1",`) {
			t.Errorf("%s: %s, want %s", terms, got, want)
		}
	}
}

func TestEnquiriesRefused(t *testing.T) {
	api := newAPI(t, onDay(58))
	good := asking(small, anHour)
	for name, test := range map[string]struct{ uri, body, want string }{
		"no body":             {hourly, ``, "400 CBC.0100"},
		"no products":         {hourly, `{"project_id":"p","product_infos":[]}`, "400 CBC.0100"},
		"no project":          {hourly, strings.Replace(good, "project_id", "project", 1), "400 CBC.0100"},
		"no region":           {hourly, strings.Replace(good, `"region"`, `"zone"`, 1), "400 CBC.0100"},
		"no subscription":     {hourly, strings.Replace(good, `"subscription_num":1`, `"subscription_num":0`, 1), "400 CBC.0100"},
		"no usage value":      {hourly, strings.Replace(good, "usage_value", "usage", 1), "400 CBC.0100"},
		"another factor":      {hourly, strings.Replace(good, "Duration", "upflow", 1), "400 CBC.99006074"},
		"another measure":     {hourly, strings.Replace(good, `"usage_measure_id":4`, `"usage_measure_id":10`, 1), "400 CBC.99006050"},
		"another region":      {hourly, strings.Replace(good, "cn-north-7", "cn-north-4", 1), "400 CBC.99006006"},
		"another type":        {hourly, strings.Replace(good, "workspace.appstream", "vm", 1), "400 CBC.99006006"},
		"unknown product":     {hourly, asking("none", anHour), "400 CBC.99006006"},
		"a monthly product":   {hourly, asking(monthly, anHour), "400 CBC.99006006"},
		"an hourly product":   {forPeriod, asking(small, aMonth), "400 CBC.99006006"},
		"a dedicated host":    {forPeriod, asking(dedicated, aMonth), "400 CBC.99006006"},
		"no period":           {forPeriod, asking(monthly, ""), "400 CBC.0100"},
		"days":                {forPeriod, asking(monthly, `"period_type":0,"period_num":1,`), "400 CBC.0100"},
		"the same id twice":   {hourly, strings.Replace(good, `[{`, `[{"id":"1","cloud_service_type":"a","resource_type":"b","resource_spec":"c","region":"d","subscription_num":1},{`, 1), "400 CBC.0100"},
		"one that is unknown": {hourly, strings.Replace(good, `[{`, strings.TrimSuffix(asking("none", anHour)[strings.Index(good, `[{`):], `]}`)+`,{`, 1), "400 CBC.0100"},
	} {
		got := enquire(t, api, test.uri, test.body)
		status, code, _ := strings.Cut(test.want, " ")
		if !strings.HasPrefix(got, status+` {"error_code":"`+code+`"`) {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestOneUnknownProductSpoilsTheEnquiry(t *testing.T) {
	two := strings.Replace(asking(small, anHour), `"subscription_num":1}]`, `"subscription_num":1},{"id":"2","cloud_service_type":"hws.service.type.vdi",`+
		`"resource_type":"hws.resource.type.workspace.appstream","resource_spec":"%s","region":"cn-north-7",`+anHour+`"subscription_num":1}]`, 1)
	api := newAPI(t, onDay(3))
	if got := enquire(t, api, hourly, fmt.Sprintf(two, large)); !strings.Contains(got, `"official_website_amount":15.600001,`) {
		t.Errorf("two known: %s", got)
	}
	if got := enquire(t, api, hourly, fmt.Sprintf(two, "none")); !strings.HasPrefix(got, `400 {"error_code":"CBC.99006006"`) {
		t.Errorf("one unknown: %s", got)
	}
}
