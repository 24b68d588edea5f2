package ncp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
)

// priceOf is one row of a priceList, as answers hold them, with more members.
func priceOf(no, rating, price, more string) string {
	return fmt.Sprintf(`{"priceNo":%q,"priceType":{"code":"MTRAT","codeName":"Meter rate"},"region":{"regionNo":1,"regionCode":"KR","regionName":"Korea"},
		"chargingUnitType":{"code":"TIME","codeName":"Time"},"ratingUnitType":{"code":%q,"codeName":"x"},"chargingUnitBasicValue":"0",
		"unit":{"code":"TRF_1G","codeName":"TRF_1G"},"price":%s,"conditionPrice":0,"freeValue":0,"payCurrency":{"code":"KRW","codeName":"KRW"},
		"packageUnitList":[],"promiseList":[]%s}`, no, rating, price, more)
}

const since2024 = `,"startDate":"2024-01-01T00:00:00+0900"`

// product decodes one product with these prices.
func product(t *testing.T, prices ...string) (catalog.Entry, catalog.Decoded) {
	t.Helper()
	decoded, err := fetcher(t, "product-prices", "regions=KR").Decode(page(part("getProductPriceList?regionCode=KR&payCurrencyCode=KRW",
		listOf("getProductPriceList", "productPriceList", `{"productCode":"p","priceList":[`+strings.Join(prices, ",")+`]}`))))
	if err != nil || len(decoded.SetAside) != 0 || len(decoded.Unknown) != 0 {
		t.Fatalf("error %v, set aside %v, unknown %v", err, decoded.SetAside, decoded.Unknown)
	}
	return decoded.Entries[0], decoded
}

// amounts are the SKU price, the tier and the amount of each price, with its dates.
func amounts(prices []catalog.Price) string {
	var out []string
	for _, p := range prices {
		line := p.SKUPriceID
		if p.TierMinimum != nil {
			line += " above " + p.TierMinimum.String()
		}
		line += " " + p.ListUnitPrice.String()
		if p.EffectiveFrom != nil {
			line += " from " + p.EffectiveFrom.Format(time.DateOnly)
		}
		if p.EffectiveTo != nil {
			line += " to " + p.EffectiveTo.Format(time.DateOnly)
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// TestAmountsStandWhereTheRatingSays wants the 0 beside tiers, countries or details
// to be no price, and each country or detail to be one.
func TestAmountsStandWhereTheRatingSays(t *testing.T) {
	countries := func(members ...string) string { return `,"countryUnitList":[` + strings.Join(members, ",") + `]` }
	country := func(code, phone, price, periods string) string {
		return fmt.Sprintf(`{"country":{"code":%q,"codeName":"x"},"phoneCode":%q,"price":%s,"ratingUnitType":{"code":"POINT","codeName":"u"},"countryPeriodUnitList":[%s]}`, code, phone, price, periods)
	}
	for name, c := range map[string]struct{ rating, price, more, want string }{
		"countries":            {"CNTRY", "0", countries(country("KR", "0", "9", ""), country("JP", "0", "75", "")), "77/KR 9; 77/JP 75"},
		"a free country":       {"CNTRY", "0", countries(country("KR", "0", "0", "")), "77/KR 0"},
		"tiers of a country":   {"CNTRY", "0", countries(country("KR", "82", "0", `{"startValue":0,"endValue":100,"price":9},{"startValue":100,"endValue":-1,"price":8}`)), "77/KR above 0 9; 77/KR above 100 8"},
		"a country twice":      {"CNTRY", "0", countries(country("US", "1", "9", ""), country("US", "1808", "7", ""), country("KR", "82", "5", "")), "77/US/1 9; 77/US/1808 7; 77/KR 5"},
		"a base beside them":   {"CNTRY", "3", countries(country("KR", "0", "9", "")), "77 3; 77/KR 9"},
		"a rating that is 1.5": {"CNTRY", "0", `,"countryUnitList":[{"country":{"code":"KR"},"ratingUnitType":1.5,"price":9}]`, "77/KR 9"},
		"details":              {"DETAIL", "0", `,"detailUnitList":[{"detail":{"code":"A","codeName":"a"},"price":1,"detailPeriodUnitList":[]},{"detail":{"code":"B"},"price":0,"detailPeriodUnitList":[{"startValue":0,"endValue":-1,"price":2}]}]`, "77/A 1; 77/B above 0 2"},
		"details by country":   {"DETAIL", "0", `,"detailUnitList":[{"country":{"code":"KR"},"price":1}]`, "77/KR 1"},
		"tiers": {"SECT", "0", `,"periodUnitList":[{"startValue":0,"endValue":5,"price":0},{"startValue":5,"endValue":10240,"price":100},{"startValue":10240,"endValue":-1,"price":80.5}]`,
			"77 above 0 0; 77 above 5 100; 77 above 10240 80.5"},
		"a base beside tiers": {"SECT", "7", `,"periodUnitList":[{"startValue":5,"endValue":-1,"price":100}]`, "77 7; 77 above 5 100"},
		"free":                {"POINT", "0", `,"periodUnitList":[],"countryUnitList":[]`, "77 0"},
	} {
		entry, decoded := product(t, priceOf("77", c.rating, c.price, c.more))
		if got := amounts(entry.Prices); got != c.want || len(decoded.Warnings) != 0 {
			t.Errorf("%s: got %s, want %s; warnings %v", name, got, c.want, decoded.Warnings)
		}
		if err := entry.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, rating := range []string{"CNTRY", "DETAIL", "SECT"} {
		entry, decoded := product(t, priceOf("77", rating, "0", ""))
		if len(entry.Prices) != 0 || len(decoded.Warnings) != 1 || decoded.Warnings[0].Key != "KR/p" {
			t.Errorf("%s without its list: prices %s, warnings %v", rating, amounts(entry.Prices), decoded.Warnings)
		}
	}
}

// TestTermsOfCountries wants what is stated around the amounts among the fields.
func TestTermsOfCountries(t *testing.T) {
	entry, _ := product(t, `{"priceNo":7,"price":0,"countryUnitList":[{"country":{"code":"KR"},"phoneCode":82,"price":9,"countryPeriodUnitList":[{"startValue":0,"endValue":-1,"price":9}]}],
		"promiseList":[{"promiseNo":"1813","promiseProductType":{"code":"FXY1","codeName":"x"},"discountProcessMethod":{"code":"RATE","codeName":"x"},"discountAmount":10.0,"renew":false}]}`)
	want := `{"price_list":[{"country_unit_list":[{"country":"KR","period_unit_list":[{"end_value":-1,"start_value":0}],"phone_code":"82"}],"price_no":"7",` +
		`"promise_list":[{"discount_amount":10,"discount_process_method":"RATE","promise_no":"1813","promise_product_type":"FXY1","renew":false}]}],"product_code":"p"}`
	if diff := cmp.Diff(want, string(entry.Attributes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestVersionsOfAPrice wants plans that differ only in number, date and amounts to
// be one price, the later one after the earlier.
func TestVersionsOfAPrice(t *testing.T) {
	after := func(day string) string { return `,"startDate":"` + day + `T00:00:00+0900"` }
	tiers := func(starts ...int) string {
		var all []string
		for _, start := range starts {
			all = append(all, fmt.Sprintf(`{"startValue":%d,"endValue":-1,"price":%d}`, start, 100+start))
		}
		return `,"periodUnitList":[` + strings.Join(all, ",") + `]`
	}
	for name, c := range map[string]struct {
		prices       []string
		want         string
		now, onceDay string // in force before and after 2026-06-01
	}{
		"announced": {
			[]string{priceOf("1", "POINT", "100", since2024), priceOf("2", "POINT", "120", after("2026-06-01"))},
			"1 100 from 2023-12-31; 1 120 from 2026-05-31", "1 100", "1 120",
		},
		"announced first": {
			[]string{priceOf("2", "POINT", "120", after("2026-06-01")), priceOf("1", "POINT", "100", "")},
			"1 120 from 2026-05-31; 1 100", "1 100", "1 120",
		},
		"another version name": {
			[]string{priceOf("1", "POINT", "100", since2024+`,"priceVersionName":"PV1"`), priceOf("2", "POINT", "120", after("2026-06-01")+`,"priceVersionName":"PV2"`)},
			"1 100 from 2023-12-31; 1 120 from 2026-05-31", "1 100", "1 120",
		},
		"other terms": {
			[]string{priceOf("1", "POINT", "100", since2024), priceOf("2", "POINT", "120", after("2026-06-01")+`,"priceDescription":"for others"`)},
			"1 100 from 2023-12-31; 2 120 from 2026-05-31", "1 100", "1 100; 2 120",
		},
		"at the same time": {
			[]string{priceOf("1", "POINT", "100", since2024), priceOf("2", "POINT", "120", since2024)},
			"1 100 from 2023-12-31; 2 120 from 2023-12-31", "1 100; 2 120", "1 100; 2 120",
		},
		"other tiers": {
			[]string{priceOf("1", "SECT", "0", since2024+tiers(0, 10)), priceOf("2", "SECT", "0", after("2026-06-01")+tiers(0, 50))},
			"1 above 0 100 from 2023-12-31; 1 above 10 110 from 2023-12-31 to 2026-05-31; 1 above 0 100 from 2026-05-31; 1 above 50 150 from 2026-05-31",
			"1 above 0 100; 1 above 10 110", "1 above 0 100; 1 above 50 150",
		},
	} {
		entry, _ := product(t, c.prices...)
		if got := amounts(entry.Prices); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		day := time.Date(2026, 5, 31, 15, 0, 0, 0, time.UTC) // midnight in Seoul
		for moment, want := range map[time.Time]string{day.Add(-time.Second): c.now, day: c.onceDay} {
			at, _ := entry.At(moment)
			for i := range at.Prices {
				at.Prices[i].EffectiveFrom, at.Prices[i].EffectiveTo = nil, nil
			}
			if got := amounts(at.Prices); got != want {
				t.Errorf("%s, in force at %s: %s, want %s", name, moment, got, want)
			}
		}
	}
}

func TestDatesOfPrices(t *testing.T) {
	for stated, want := range map[string]string{
		"2024-01-01T00:00:00+0900": "2023-12-31T15:00:00Z", "2024-01-01T00:00:00.000+0900": "2023-12-31T15:00:00Z",
		"2024-01-01T00:00:00+09:00": "2023-12-31T15:00:00Z", "2023-12-31T15:00:00Z": "2023-12-31T15:00:00Z",
		"2024-01-01 00:00:00": "2024-01-01T00:00:00Z", "2024-01-01": "2024-01-01T00:00:00Z", // in the zone of the source
	} {
		entry, decoded := product(t, priceOf("1", "POINT", "1", `,"startDate":"`+stated+`"`))
		if got := entry.Prices[0].EffectiveFrom.Format(time.RFC3339); got != want || len(decoded.Warnings) != 0 {
			t.Errorf("%s: got %s, want %s; warnings %v", stated, got, want, decoded.Warnings)
		}
	}
}
