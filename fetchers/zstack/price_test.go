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
		"  price sku_price_id=\"t/Volume\" price_kind=\"list\" price_variant=\"Volume\" pricing_unit=\"1/s\" pricing_currency=\"XXX\" list_unit_price=2 tax_basis=\"unknown\"\n"
	if diff := cmp.Diff(want, fetchertest.Show(decoded)); diff != "" {
		t.Error(diff)
	}
}

func TestPricesInForce(t *testing.T) {
	row := func(uuid, resource, price, more string) string {
		return `{"uuid":"` + uuid + `","resourceName":"` + resource + `","resourceUnit":"1G","timeUnit":"s","price":` + price + more + `}`
	}
	for name, c := range map[string]struct {
		rows []string
		want string
	}{
		"none":                    {nil, ""},
		"double with an exponent": {[]string{row("a", "cpu", "1.5E-7", "")}, "t/cpu=0.00000015;"},
		"ended":                   {[]string{row("a", "cpu", "1", `,"endDateInLong":1700000000000`)}, ""},
		"ended and begun again":   {[]string{row("a", "cpu", "1", `,"endDateInLong":5`), row("b", "cpu", "2", `,"dateInLong":5`)}, "t/cpu=2;"},
		"an older edition, which ends none": {[]string{
			row("b", "cpu", "2", `,"dateInLong":5`), row("a", "cpu", "1", `,"dateInLong":4`), row("c", "cpu", "3", "")}, "t/cpu=2;"},
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
			got += price.SKUPriceID + "=" + catalog.DecimalText(price.ListUnitPrice) + ";"
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

func TestPriceRefusals(t *testing.T) {
	line := func(more string) string { return `{"uuid":"a","resourceName":"cpu","price":1` + more + `}` }
	for want, page := range map[string]catalog.Page{
		`prices of table "t": no part holds them`:                                         priced(),
		`prices of table "t": walk is not complete: the last answer is missing`:           priced(inventories(line("") + `,` + strings.Replace(line(""), `"a"`, `"b"`, 1))),
		`prices of table "t": walk is not complete: the provider states a total of 2`:     priced(`{"inventories":[`+line("")+`],"total":2}`, `{"inventories":[],"total":2}`),
		`part 2: inventories[0].price: want an amount of at least 0, got "-1"`:            priced(inventories(`{"uuid":"a","resourceName":"cpu","price":-1}`)),
		`part 2: inventories[0].price: want a number, got "NaN"`:                          priced(inventories(`{"uuid":"a","resourceName":"cpu","price":"NaN"}`)),
		`part 2: inventories[0].resourceName: want a text that is not empty, got nothing`: priced(inventories(`{"uuid":"a","price":1}`)),
		`part 2: inventories[0].tableUuid: asked for table "t", got table "u"`:            priced(inventories(line(`,"tableUuid":"u"`))),
		`part 2: inventories[0].dateInLong: want milliseconds since 1970, got 1.5`:        priced(inventories(line(`,"dateInLong":1.5`))),
		`part 2: inventories[0].dateInLong: want milliseconds since 1970, got 1`:          priced(inventories(line(`,"dateInLong":1e17`))),
		`part 3: inventories[0]: price "a": same key with other content`:                  priced(inventories(line("")), inventories(`{"uuid":"a","resourceName":"cpu","price":2}`)),
		`part 2: inventories[0].pciDeviceOfferings[0]: want an object, got "x"`:           priced(inventories(line(`,"pciDeviceOfferings":["x"]`))),
		`part 2: error: the answer is an error: SYS.1000: timeout`:                        priced(`{"error":{"code":"SYS.1000","description":"timeout"}}`),
	} {
		if _, err := tables(t).Decode(page); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
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
