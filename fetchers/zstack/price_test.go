package zstack_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/catalog"
	"syncer/fetchers/fetchertest"
	"syncer/fetchers/internal/web"
	"syncer/fetchers/zstack"
)

// priced is a page of one table, t, and of the given answers about its prices.
func priced(prices ...string) catalog.Page {
	page := page(`{"inventories":[{"uuid":"t","name":"T","lastOpDate":"Jun 7, 2017 9:20:28 PM"}],"total":1}`, "start=0&limit=1000")
	for i, body := range prices {
		page.Parts = append(page.Parts, catalog.Part{
			Request: fmt.Sprintf("GET /v1/billings/prices?limit=2&q=tableUuid%%3Dt&start=%d", 2*i), MediaType: "json", Body: []byte(body),
		})
	}
	return page
}

func inventories(rows string) string { return `{"inventories":[` + rows + `]}` }

func tables(t testing.TB) catalog.Fetcher {
	return fetcher(t, "price-tables", "http://localhost/zstack", web.Options{})
}

// TestDocumentedPrice is the sample of QueryResourcePrice, whose uuid is cut
// short in the source at hand.
func TestDocumentedPrice(t *testing.T) {
	decoded, err := tables(t).Decode(priced(inventories(`{"uuid":"127da3fe","resourceName":"Volume","resourceUnit":"1","timeUnit":"s","price":2.0}`)))
	if err != nil {
		t.Fatal(err)
	}
	want := "t name=\"T\"\n" +
		"  price sku_price_id=\"t/Volume\" price_kind=\"list\" price_variant=\"Volume\" pricing_unit=\"1/s\" pricing_currency=\"XXX\" list_unit_price=2 tax_basis=\"unknown\"\n" +
		"warning t: the price of Volume may be of some volumes only: the tags of prices are not known\n"
	if diff := cmp.Diff(want, fetchertest.Show(decoded)); diff != "" {
		t.Error(diff)
	}
}

// TestPricesOfATable are all that are dated, past and later ones too.
func TestPricesOfATable(t *testing.T) {
	row := func(uuid, resource, price, more string) string {
		return `{"uuid":"` + uuid + `","resourceName":"` + resource + `","resourceUnit":"1G","timeUnit":"s","price":` + price + more + `}`
	}
	for name, c := range map[string]struct {
		rows []string
		want string
	}{
		"none":                    {nil, ""},
		"double with an exponent": {[]string{row("a", "cpu", "1.5E-7", "")}, "t/cpu=0.00000015;"},
		"ended":                   {[]string{row("a", "cpu", "1", `,"endDateInLong":1700000000000`)}, "t/cpu=1 to 2023-11-14;"},
		"ended and begun again":   {[]string{row("a", "cpu", "1", `,"endDateInLong":5`), row("b", "cpu", "2", `,"dateInLong":5`)}, "t/cpu=2;t/cpu=1 to 1970-01-01;"},
		"ended when it began":     {[]string{row("a", "cpu", "1", `,"dateInLong":5,"endDateInLong":5`), row("b", "cpu", "2", `,"dateInLong":5`)}, "t/cpu=2;"},
		"entered for a later day": {[]string{row("a", "cpu", "1", `,"endDateInLong":1900000000000`), row("b", "cpu", "2", `,"dateInLong":1900000000000`)},
			"t/cpu=2;t/cpu=1 to 2030-03-17;"},
		"an older edition, which ends none": {[]string{
			row("b", "cpu", "2", `,"dateInLong":5`), row("a", "cpu", "1", `,"dateInLong":4`), row("c", "cpu", "3", "")}, "t/cpu=2;t/cpu=1;t/cpu=3;"},
		"null is no price":  {[]string{row("a", "cpu", "null", "")}, ""},
		"free":              {[]string{row("a", "cpu", "0", "")}, "t/cpu=0;"},
		"for some devices":  {[]string{row("a", "gpu", "1", `,"pciDeviceOfferings":[{"pciDeviceOfferingUuid":"y"},{"pciDeviceOfferingUuid":"x"}]`), row("b", "gpu", "2", "")}, "t/gpu=2;t/gpu/x/y=1;"},
		"at the same time":  {[]string{row("a", "cpu", "1", `,"dateInLong":5`), row("b", "cpu", "2", `,"dateInLong":5`)}, "t/cpu=2;warned;"},
		"volumes by tags":   {[]string{row("a", "rootVolume", "1", ""), row("b", "rootVolume", "2", `,"dateInLong":5`)}, "t/rootVolume/b=2;t/rootVolume/a=1;warned;"},
		"twice, identical":  {[]string{row("a", "cpu", "1", ""), row("a", "cpu", "1.0", "")}, "t/cpu=1;"},
		"a word of its own": {[]string{row("a", "quantum", "1", "")}, "t/quantum=1;unknown quantum;"},
	} {
		decoded, err := tables(t).Decode(priced(inventories(strings.Join(c.rows[:len(c.rows)/2], ",")), inventories(strings.Join(c.rows[len(c.rows)/2:], ",")), inventories("")))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := ""
		for _, price := range decoded.Entries[0].Prices {
			got += price.SKUPriceID + "=" + catalog.DecimalText(price.ListUnitPrice)
			if price.EffectiveTo != nil {
				got += " to " + price.EffectiveTo.Format(time.DateOnly)
			}
			got += ";"
		}
		got += strings.Repeat("warned;", len(decoded.Warnings))
		for _, unknown := range decoded.Unknown {
			got += "unknown " + unknown.Seen + ";"
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// TestVolumePricesByTags keep their identity when the amount changes, and one key's
// price ends no other's.
func TestVolumePricesByTags(t *testing.T) {
	row := func(uuid, price, more string) string {
		return `{"uuid":"` + uuid + `","resourceName":"rootVolume","price":` + price + more + `}`
	}
	prices := inventories(strings.Join([]string{
		row("plain", "1", ""), row("fast1", "2", `,"dateInLong":1000,"endDateInLong":5000`), row("fast2", "3", `,"dateInLong":5000`), row("slow", "0.5", ""),
	}, ","))
	tag := func(price, value string) string {
		return fmt.Sprintf(`{"uuid":"x","inherent":false,"resourceUuid":%q,"resourceType":"PriceVO","tag":%q,"type":"System","createDate":"c","lastOpDate":"l"}`, price, "priceUserConfig::"+value)
	}
	key := func(name string) string { return `{"priceUserConfig":{"priceKeyName":"` + name + `"}}` }
	good := inventories(tag("fast1", key("fast")) + "," + tag("fast2", key("fast")) + "," + tag("slow", key("slow")))
	for name, c := range map[string]struct{ tags, want string }{
		"known":          {good, "t/rootVolume=1 t/rootVolume/fast=3 t/rootVolume/fast=2 t/rootVolume/slow=0.5"},
		"none":           {inventories(""), "t/rootVolume=3 t/rootVolume=2 t/rootVolume=0.5"},
		"no right to":    {`{"syncer_refusal":{"status":503,"code":"ID.1002","error":"no"}}`, "unread no"},
		"no such path":   {`{"syncer_refusal":{"status":404,"error":"no"}}`, "t/rootVolume/fast2=3 t/rootVolume/fast1=2 t/rootVolume/slow=0.5 t/rootVolume/plain=1"},
		"does not come":  {`{"syncer_refusal":{"status":503,"code":"SYS.1000","error":"GET /v1/system-tags: status 503 (SYS.1000): no"}}`, "incomplete GET /v1/system-tags: status 503 (SYS.1000): no"},
		"garbled":        {inventories(tag("fast1", "{")), "unreadable part 3: inventories[0].tag: want JSON: jsontext: unexpected EOF after offset 1"},
		"no key in it":   {inventories(tag("fast1", `{"priceUserConfig":{}}`)), "unreadable part 3: inventories[0].tag: priceUserConfig.priceKeyName: want a text that is not empty, got nothing"},
		"about nobody":   {`{"inventories":[{"tag":"priceUserConfig::` + strings.ReplaceAll(key("x"), `"`, `\"`) + `"}]}`, "unreadable part 3: inventories[0].resourceUuid: want a text that is not empty, got nothing"},
		"an error of it": {`{"error":{"code":"SYS.1000","description":"timeout"}}`, "unreadable part 3: error: the answer is an error: SYS.1000: timeout"},
	} {
		page := priced(prices)
		page.Parts[1].Request = strings.Replace(page.Parts[1].Request, "limit=2", "limit=9", 1)
		page.Parts = append(page.Parts, catalog.Part{Request: "GET /v1/system-tags?limit=9&start=0", MediaType: "json", Body: []byte(c.tags)})
		decoded, err := tables(t).Decode(page)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, price := range decoded.Entries[0].Prices {
			got = append(got, price.SKUPriceID+"="+price.ListUnitPrice.String())
		}
		if decoded.PricesUnread != "" {
			got = append(got, "unread", decoded.PricesUnread)
		}
		for _, aside := range decoded.SetAside {
			got = append(got, string(aside.Reason), aside.Detail)
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, c.want)
		}
	}
}

func TestEffectiveDates(t *testing.T) {
	decoded, err := tables(t).Decode(priced(inventories(`{"uuid":"a","resourceName":"cpu","price":1,"dateInLong":1700000000123}`)))
	if err != nil {
		t.Fatal(err)
	}
	price := decoded.Entries[0].Prices[0]
	if want := time.Date(2023, 11, 14, 22, 13, 20, 123e6, time.UTC); !price.EffectiveFrom.Equal(want) || price.EffectiveTo != nil || price.Unit != "" {
		t.Errorf("got %+v", price)
	}
}

// TestPriceEnteredForALaterDay: until the day the old price is in force and the new
// one announced; on the day, with the same page, the new one is.
func TestPriceEnteredForALaterDay(t *testing.T) {
	day := time.Date(2030, 3, 17, 17, 46, 40, 0, time.UTC)
	decoded, err := tables(t).Decode(priced(`{"inventories":[{"uuid":"a","resourceName":"cpu","resourceUnit":"1","timeUnit":"s","price":0.01,"dateInLong":1700000000000,"endDateInLong":1900000000000},
		{"uuid":"b","resourceName":"cpu","resourceUnit":"1","timeUnit":"s","price":0.02,"dateInLong":1900000000000}],"total":2}`))
	if err != nil {
		t.Fatal(err)
	}
	for moment, want := range map[time.Time]string{
		day.AddDate(0, 0, -1): "now 0.01; announced 0.02 from 2030-03-17", day: "now 0.02", day.AddDate(0, 0, 1): "now 0.02",
	} {
		at, _ := decoded.Entries[0].At(moment)
		var shown []string
		for _, price := range at.Prices {
			shown = append(shown, "now "+price.ListUnitPrice.String())
		}
		for _, price := range at.Announced {
			shown = append(shown, "announced "+price.ListUnitPrice.String()+" from "+price.EffectiveFrom.Format(time.DateOnly))
		}
		if got := strings.Join(shown, "; "); got != want {
			t.Errorf("%s: got %s, want %s", moment, got, want)
		}
	}
}

// TestPricesSetAside: the table itself is read.
func TestPricesSetAside(t *testing.T) {
	line := func(more string) string { return `{"uuid":"a","resourceName":"cpu","price":1` + more + `}` }
	for want, page := range map[string]catalog.Page{
		`incomplete: no part holds the prices of the table`:                                           priced(),
		`incomplete: the last answer about the prices of the table is missing`:                        priced(inventories(line("") + `,` + strings.Replace(line(""), `"a"`, `"b"`, 1))),
		`incomplete: the provider states a total of 2 prices, the answers hold 1`:                     priced(`{"inventories":[`+line("")+`],"total":2}`, `{"inventories":[],"total":2}`),
		`unreadable: part 2: inventories[0].price: want an amount of at least 0, got "-1"`:            priced(inventories(`{"uuid":"a","resourceName":"cpu","price":-1}`)),
		`unreadable: part 2: inventories[0].price: want a number, got "NaN"`:                          priced(inventories(`{"uuid":"a","resourceName":"cpu","price":"NaN"}`)),
		`unreadable: part 2: inventories[0].resourceName: want a text that is not empty, got nothing`: priced(inventories(`{"uuid":"a","price":1}`)),
		`unreadable: part 2: inventories[0].tableUuid: asked for table "t", got table "u"`:            priced(inventories(line(`,"tableUuid":"u"`))),
		`unreadable: part 2: inventories[0].dateInLong: want milliseconds since 1970, got 1.5`:        priced(inventories(line(`,"dateInLong":1.5`))),
		`unreadable: part 2: inventories[0].dateInLong: want milliseconds since 1970, got 1`:          priced(inventories(line(`,"dateInLong":1e17`))),
		`unreadable: part 3: inventories[0]: price "a": same key with other content`:                  priced(inventories(line("")), inventories(`{"uuid":"a","resourceName":"cpu","price":2}`)),
		`unreadable: part 2: inventories[0].pciDeviceOfferings[0]: want an object, got "x"`:           priced(inventories(line(`,"pciDeviceOfferings":["x"]`))),
		`unreadable: part 2: error: the answer is an error: SYS.1000: timeout`:                        priced(`{"error":{"code":"SYS.1000","description":"timeout"}}`),
	} {
		decoded, err := tables(t).Decode(page)
		if err != nil || len(decoded.SetAside) != 1 {
			t.Errorf("got %v, %v, want %s", decoded.SetAside, err, want)
			continue
		}
		aside := decoded.SetAside[0]
		if got := fmt.Sprintf("%s: %s", aside.Reason, aside.Detail); !strings.HasPrefix(got, want) || aside.Key != "t" || aside.Part != catalog.PricesPart {
			t.Errorf("got %s of %s %s, want %s", got, aside.Key, aside.Part, want)
		}
		if len(decoded.Entries) != 1 || decoded.Entries[0].Name != "T" || len(decoded.Entries[0].Prices) != 0 {
			t.Errorf("%s: got %+v", want, decoded.Entries)
		}
	}
}

// TestEditionWithoutBilling is a community build, which says in plain text that
// it knows no such path.
func TestEditionWithoutBilling(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.Write([]byte(`{"inventory":{"uuid":"session-0001"}}`))
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintf(w, "no api mapping to %s", strings.TrimPrefix(r.URL.Path, "/zstack"))
	}))
	defer server.Close()
	for list, want := range map[string]bool{"price-tables": true, "disk-offerings": false} {
		for _, err := range fetcher(t, list, server.URL+"/zstack", web.Options{}).Pages(t.Context()) {
			if err == nil || !strings.Contains(err.Error(), "no api mapping to /v1/") || strings.Contains(err.Error(), "no billing module") != want {
				t.Errorf("%s: got %v", list, err)
			}
		}
	}
}

func TestCurrency(t *testing.T) {
	source := catalog.Source{Name: "zs", BaseURL: "http://localhost/zstack", Location: time.UTC, Credentials: map[string]catalog.Secret{
		"access_key": catalog.NewSecret("a"), "secret_key": catalog.NewSecret("s"),
	}}
	options := web.Options{Now: func() time.Time { return time.Unix(0, 0) }}
	for currency, good := range map[string]bool{"CNY": true, "cny": false, "": false, "¥": false} {
		source.Options = map[string]string{"currency": currency}
		fetchers, err := zstack.New(source, options)
		if (err == nil) != good {
			t.Errorf("%q: got %v", currency, err)
		}
		for _, fetcher := range fetchers {
			settings := fetcher.List().Settings
			if _, set := settings["currency"]; set != (fetcher.List().ID.Name == "price-tables") || set && settings["currency"] != currency {
				t.Errorf("%s: settings %v", fetcher.List().ID, settings)
			}
		}
	}
}
