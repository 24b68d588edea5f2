package huawei_test

import (
	"fmt"
	"strings"
	"testing"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
	"time"
)

const twoProducts = `{"product_id":"a","charge_mode":"0"},{"product_id":"b","charge_mode":"1"}`

func TestPrices(t *testing.T) {
	for name, c := range map[string]struct{ answer, want string }{
		"documented": {`{"amount":0.9,"discount_amount":0.1,"official_website_amount":1,"measure_id":1,"currency":"CNY","product_rating_results":[{"id":"1","product_id":"00301-1","amount":0.9,
			"discount_amount":0.1,"official_website_amount":1.0000000001,"measure_id":1,"discount_rating_results":[{"discount_id":"d","discount_type":605,"amount":0.1,"measure_id":1,"discount_name":"n"}]}]}`,
			"a/on-demand list on-demand hour CNY 1.0000000001 unknown;"},
		"success code":     {`{"error_code":"CBC.0000","error_msg":"Success.","product_rating_results":[{"id":"1","official_website_amount":2}]}`, "a/on-demand list on-demand hour CNY 2 unknown;"},
		"dollars":          {`{"currency":"USD","product_rating_results":[{"id":"1","official_website_amount":"0.35"}]}`, "a/on-demand list on-demand hour USD 0.35 unknown;"},
		"empty currency":   {`{"currency":"","product_rating_results":[{"id":"1","official_website_amount":1e-09}]}`, "a/on-demand list on-demand hour CNY 0.000000001 unknown;"},
		"free":             {`{"product_rating_results":[{"id":"1","official_website_amount":0}]}`, "a/on-demand list on-demand hour CNY 0 unknown;"},
		"null":             {`{"product_rating_results":[{"id":"1","official_website_amount":null,"amount":5}]}`, "warned about a;"},
		"absent":           {`{"product_rating_results":[{"id":"1","amount":5}]}`, "warned about a;"},
		"nothing answered": {`{"product_rating_results":[]}`, ""},
		"unknown field":    {`{"vat":1,"product_rating_results":[{"id":"1","official_website_amount":1,"tax":2}]}`, "a/on-demand list on-demand hour CNY 1 unknown;field product_rating_results[].tax;field vat;"},
		"a month": {`{"official_website_rating_result":{"official_website_amount":459,"measure_id":1,"product_rating_results":[{"id":"2","product_id":"00301-2","official_website_amount":459.00,"measure_id":1,
			"installment_official_website_amount":null,"installment_period_type":null}]},"optional_discount_rating_results":[{"discount_id":"d","amount":400}],"currency":"CNY"}`,
			"b/period list period month CNY 459 unknown;"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := priceText(mustDecode(t, "products", page(products(twoProducts), c.answer))); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func priceText(decoded catalog.Decoded) (text string) {
	for _, e := range decoded.Entries {
		for _, p := range e.Prices {
			text += fmt.Sprintf("%s %s %s %s %s %s %s;", p.SKUPriceID, p.Kind, p.Variant, p.Unit, p.Currency, catalog.DecimalText(p.ListUnitPrice), p.TaxBasis)
		}
	}
	for _, unknown := range decoded.Unknown {
		text += unknown.Kind + " " + unknown.Path + ";"
	}
	for _, warning := range decoded.Warnings {
		text += "warned about " + warning.Key + ";"
	}
	return text
}

func TestAPageOfSeveralEnquiries(t *testing.T) {
	decoded := mustDecode(t, "products", page(products(twoProducts+`,{"product_id":"c","charge_mode":"0"}`),
		`{"product_rating_results":[{"id":"1","official_website_amount":1}]}`, `{"product_rating_results":[{"id":"3","official_website_amount":3}]}`,
		`{"official_website_rating_result":{"product_rating_results":[{"id":"2","official_website_amount":2}]}}`))
	if got := priceText(decoded); got != "a/on-demand list on-demand hour CNY 1 unknown;b/period list period month CNY 2 unknown;c/on-demand list on-demand hour CNY 3 unknown;" {
		t.Errorf("got %s", got)
	}
}

// TestAnswersThatAreNone leave the list without prices, and say why.
func TestAnswersThatAreNone(t *testing.T) {
	for want, answer := range map[string]string{
		`part 2: error_code: the answer is an error: CBC.3006: no`:                                `{"error_code":"CBC.3006","error_msg":"no","product_rating_results":[]}`,
		`part 2: product_rating_results: want a list, got nothing`:                                `{}`,
		`part 2: currency: want a text that is not empty, got 1`:                                  `{"currency":1,"product_rating_results":[]}`,
		`part 2: official_website_rating_result.product_rating_results: want a list, got nothing`: `{"official_website_rating_result":{}}`,
		`part 2: want JSON`: `x`,
	} {
		decoded := mustDecode(t, "products", page(products(twoProducts), answer))
		if !strings.HasPrefix(decoded.PricesUnread, want) || len(decoded.Entries) != 2 || len(decoded.SetAside) != 0 {
			t.Errorf("got %q, %v, want %s", decoded.PricesUnread, decoded.SetAside, want)
		}
	}
}

// TestResultsSetAside are those of one product; the other has its price.
func TestResultsSetAside(t *testing.T) {
	for want, fields := range map[string]string{
		`part 2: product_rating_results[0].official_website_amount: want a number, got "2,350"`:          `"official_website_amount":"2,350"`,
		`part 2: product_rating_results[0].official_website_amount: want an amount of at least 0`:        `"official_website_amount":-1`,
		`part 2: product_rating_results[0].official_website_amount: want a number of at most 200 digits`: `"official_website_amount":1e400`,
		`part 2: product_rating_results[0].measure_id: want 1 (whole units of the currency), got 3`:      `"official_website_amount":1,"measure_id":3`,
		`part 2: product_rating_results[1].id: product a is answered twice`:                              `"official_website_amount":1},{"id":"1","official_website_amount":1`,
	} {
		decoded := mustDecode(t, "products", page(products(twoProducts), `{"product_rating_results":[{"id":"1",`+fields+`},{"id":"2","official_website_amount":2}]}`))
		if aside := decoded.SetAside; len(aside) != 1 || aside[0].Key != "a" || aside[0].Part != catalog.PricesPart || !strings.HasPrefix(aside[0].Detail, want) {
			t.Errorf("got %v, want %s", aside, want)
		}
		if got := priceText(decoded); got != "b/on-demand list on-demand hour CNY 2 unknown;" {
			t.Errorf("%s: got %s", fields, got)
		}
	}
}

// TestResultsOfNobody are a warning: nobody knows which product they are about.
func TestResultsOfNobody(t *testing.T) {
	for want, id := range map[string]string{
		`product_rating_results[0].id: want the number of a product from 1 to 2 as a text, got 3`:  `"3"`,
		`product_rating_results[0].id: want the number of a product from 1 to 2 as a text, got 0`:  `"0"`,
		`product_rating_results[0].id: want the number of a product from 1 to 2 as a text, got 17`: `17`,
	} {
		decoded := mustDecode(t, "products", page(products(twoProducts), `{"product_rating_results":[{"id":`+id+`,"official_website_amount":1}]}`))
		if len(decoded.Warnings) != 1 || decoded.Warnings[0].Text != want {
			t.Errorf("got %v, want %s", decoded.Warnings, want)
		}
	}
}

// TestCurrencyOfSites holds what an answer without a currency means.
func TestCurrencyOfSites(t *testing.T) {
	for address, want := range map[string]string{
		"https://bss.myhuaweicloud.com": "CNY", "https://bss-intl.myhuaweicloud.com": "USD", "https://bss.myhuaweicloud.eu": "part 2: currency: want a currency, got nothing",
	} {
		f := fetcherOf(t, "products", catalog.Source{
			Name: "hw", BaseURL: "https://appstream.cn-north-4.myhuaweicloud.com", Options: map[string]string{"bss_url": address},
			Credentials: map[string]catalog.Secret{"access_key": catalog.NewSecret("ak"), "secret_key": catalog.NewSecret("sk")},
		}, web.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }})
		decoded, err := f.Decode(page(products(twoProducts), `{"product_rating_results":[{"id":"1","official_website_amount":1}]}`))
		got := decoded.PricesUnread
		if got == "" {
			got = decoded.Entries[0].Prices[0].Currency
		}
		if got != want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", address, got, err, want)
		}
	}
}

// TestUnansweredProductsAreAWarning only where prices are asked for.
func TestUnansweredProductsAreAWarning(t *testing.T) {
	const rows = `{"product_id":"a","charge_mode":"0","resource_type":"r","cloud_service_type":"c"},{"product_id":"b","charge_mode":"1","resource_type":"r","cloud_service_type":"c"},
		{"product_id":"v","charge_mode":"1","resource_type":"hws.resource.type.workspace.volume","cloud_service_type":"c"}`
	priced := fetcher(t, "products", map[string]string{"bss_url": "https://bss.myhuaweicloud.com"})
	for name, c := range map[string]struct {
		fetcher catalog.Fetcher
		answers []string
		want    string
	}{
		"without prices": {fetcher(t, "products", nil), nil, ""},
		"none":           {priced, nil, "no price enquiry answered about 2 of 2 products: a, b"},
		"one":            {priced, []string{`{"product_rating_results":[{"id":"1","official_website_amount":1}]}`}, "no price enquiry answered about 1 of 2 products: b"},
		"no price":       {priced, []string{`{"product_rating_results":[{"id":"1"},{"id":"2","official_website_amount":1}]}`}, "product_rating_results[0].official_website_amount: the price enquiry states no price"},
	} {
		decoded, err := c.fetcher.Decode(page(append([]string{products(rows)}, c.answers...)...))
		var warned []string
		for _, warning := range decoded.Warnings {
			warned = append(warned, warning.Text)
		}
		if got := strings.Join(warned, "; "); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
}
