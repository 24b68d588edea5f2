package generic_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/generic"
	"syncer/fetchers/internal/web"
)

func page(text string) catalog.Page {
	return catalog.Page{Number: 1, Parts: []catalog.Part{{MediaType: generic.MediaType, Body: []byte(text)}}}
}

func number(text string) *decimal.Decimal {
	value := decimal.RequireFromString(text)
	return &value
}

// TestEveryMemberIsRead states all there is in one entry, and nothing but the
// key in another.
func TestEveryMemberIsRead(t *testing.T) {
	text := `{"key": "m1", "name": "Small", "status": "sale", "lifecycle": "GA", "region_id": "KR",` +
		` "zone_statuses": {"kr-2": "soldout", "kr-1": "sale"}, "attributes": {"b": [1.0, "x"], "a": {"n": null}, "gone": null},` +
		` "vcpu": 2, "memory_mib": "4096", "disk_gib": 1.5e1, "gpu_count": 0,` +
		` "prices": [{"variant": "full", "unit": "month", "currency": "KRW", "amount": "5600.10", "tax": 560, "total": 6160.10, "tax_basis": "excluded"},` +
		` {"sku_price_id": "S1", "kind": "list", "unit": "hour", "currency": "USD", "amount": 1.9e-8, "region_id": "US", "quantity_tier_minimum": 10,` +
		` "effective_from": "2026-01-01T00:00:00+09:00", "effective_to": "2026-12-31T00:00:00Z"},` +
		` {"unit": "hour", "currency": "KRW", "amount": null}, {"unit": "day", "currency": "KRW"}]}` + "\r\n" + `{"key":" m1 "}`
	got, err := generic.Decode(catalog.Products, page(text))
	if err != nil {
		t.Fatal(err)
	}
	word := func(text string) *string { return &text }
	from, to := time.Date(2025, 12, 31, 15, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	want := catalog.Decoded{End: catalog.End{Last: true}, Entries: []catalog.Entry{
		{
			Key: "m1", Name: "Small", Status: word("sale"), Lifecycle: word("GA"), RegionID: word("KR"),
			ZoneStatuses: []catalog.ZoneStatus{{Zone: "kr-1", Status: "sale"}, {Zone: "kr-2", Status: "soldout"}},
			Attributes:   catalog.Attributes(`{"a":{"n":null},"b":[1,"x"]}`),
			VCPU:         number("2"), MemoryMiB: number("4096"), DiskGiB: number("15"), GPUCount: number("0"),
			Prices: []catalog.Price{
				{SKUPriceID: "m1/full", Kind: catalog.PriceList, Variant: "full", Unit: "month", Currency: "KRW",
					ListUnitPrice: *number("5600.1"), TaxAmount: number("560"), PriceWithTax: number("6160.1"), TaxBasis: catalog.TaxExcluded},
				{SKUPriceID: "S1", Kind: catalog.PriceList, Unit: "hour", Currency: "USD", RegionID: word("US"), TierMinimum: number("10"),
					ListUnitPrice: *number("0.000000019"), TaxBasis: catalog.TaxUnknown, EffectiveFrom: &from, EffectiveTo: &to},
			},
		},
		{Key: " m1 ", Attributes: catalog.Attributes(`{}`)},
	}}
	same := cmp.Options{cmp.Comparer(decimal.Decimal.Equal), cmp.Comparer(time.Time.Equal)}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

func TestContractsAreRead(t *testing.T) {
	text := `{"key":"c","contract":{"contract_id":"C-1","contract_type":"1y","period_start":"2026-01-01T00:00:00Z"},` +
		`"prices":[{"kind":"fee","currency":"KRW","amount":0}]}`
	got, err := generic.Decode(catalog.Contracts, page(text))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	want := &catalog.Contract{ContractID: "C-1", ContractType: "1y", PeriodStart: &start}
	if diff := cmp.Diff(want, got.Entries[0].Contract); diff != "" {
		t.Errorf("contract (-want +got):\n%s", diff)
	}
	if price := got.Entries[0].Prices[0]; price.Kind != catalog.PriceFee || !price.ListUnitPrice.IsZero() {
		t.Errorf("price %+v", price)
	}
	if got := setAside(t, catalog.Contracts, `{"key":"c"}`); len(got) != 1 || !strings.Contains(got[0].Detail, "line 1: contract: want an object, got nothing") {
		t.Errorf("no contract: %v", got)
	}
	if got := setAside(t, catalog.Products, text); len(got) != 1 || !strings.Contains(got[0].Detail, "line 1: unknown member contract") {
		t.Errorf("a contract among products: %v", got)
	}
}

// setAside are the parts that a file sets aside.
func setAside(t *testing.T, kind catalog.EntryKind, text string) []catalog.SetAside {
	t.Helper()
	decoded, err := generic.Decode(kind, page(text))
	if err != nil {
		t.Fatal(err)
	}
	return decoded.SetAside
}

// TestEachMistakeIsNamed puts each mistake in the second line. The others speak,
// and so does the part of the second that has none.
func TestEachMistakeIsNamed(t *testing.T) {
	for line, want := range map[string]string{
		`{"key":"b","nam":"x"}`:                                                  "unknown member nam",
		`{"key":"b","prices":[{"currency":"KRW","amont":1}]}`:                    "unknown member prices[].amont",
		`{"key":"b","key":"c"}`:                                                  `duplicate object member name "key"`,
		`{"key":"b","attributes":{"a":1,"a":2}}`:                                 `duplicate object member name "a"`,
		`{"name":"b"}`:                                                           "key: want a text that is not empty, got nothing",
		`{"key":""}`:                                                             `key: want a text that is not empty, got ""`,
		`{"key":7}`:                                                              "key: want a text that is not empty, got 7",
		`{"key":"b","name":7}`:                                                   "name: want a text, got 7",
		`{"key":"b","vcpu":"two"}`:                                               `vcpu: want a number, got "two"`,
		`{"key":"b","vcpu":-1}`:                                                  `vcpu: want an amount of at least 0, got "-1"`,
		`{"key":"b","attributes":[]}`:                                            "attributes: want an object, got a list",
		`{"key":"b","attributes":{"a":1e400}}`:                                   "want a number of at most 200 digits",
		`{"key":"b","zone_statuses":{"z":null}}`:                                 "zone_statuses.z: want a text, got null",
		`{"key":"b","prices":{}}`:                                                "prices: want a list, got an object",
		`{"key":"b","prices":[{"currency":"KRW","amount":"5,600"}]}`:             `prices[0].amount: want a number, got "5,600"`,
		`{"key":"b","prices":[{"currency":"KRW","amount":-5600}]}`:               "prices[0].amount: want an amount of at least 0",
		`{"key":"b","prices":[{"currency":"KRW","amount":true}]}`:                "prices[0].amount: want a number, got true",
		`{"key":"b","prices":[{"currency":"KRW","amount":NaN}]}`:                 "want JSON",
		`{"key":"b","prices":[{"amount":1}]}`:                                    "prices[0].currency: want a text, got nothing",
		`{"key":"b","prices":[{"currency":"won","amount":1}]}`:                   `currency "won": want three capital letters`,
		`{"key":"b","prices":[{"currency":"KRW","amount":1,"tax_basis":"net"}]}`: `tax_basis "net": want excluded, included or unknown`,
		`{"key":"b","prices":[{"currency":"KRW","amount":1,"kind":"spot"}]}`:     `price_kind "spot": want list, contract or fee`,
		`{"key":"b","prices":[{"currency":"KRW","amount":1},{"currency":"KRW","amount":2}]}`: "stated twice",
		`{"key":"b","prices":[{"currency":"KRW","amount":1,"effective_from":"2026-01-05"}]}`: `prices[0].effective_from: want an RFC 3339 moment such as 2026-01-05T00:00:00Z, got "2026-01-05"`,
		`[]`:                     "want an object, got a list",
		``:                       "is empty",
		`{"key":"b"}{"key":"c"}`: "want nothing after the JSON value",
		"{\"key\":\"\xff\"}":     "invalid UTF-8",
	} {
		decoded, err := generic.Decode(catalog.Products, page(`{"key":"a"}`+"\n"+line+"\n"+`{"key":"z"}`))
		if err != nil || len(decoded.SetAside) != 1 || !strings.HasPrefix(decoded.SetAside[0].Detail, "line 2: ") || !strings.Contains(decoded.SetAside[0].Detail, want) {
			t.Errorf("%s: got %v, %v, want line 2 and %q", line, decoded.SetAside, err, want)
			continue
		}
		aside, keys := decoded.SetAside[0], ""
		for _, entry := range decoded.Entries {
			keys += entry.Key
		}
		if want := map[string]string{"": "az", "b": "abz"}[aside.Key]; keys != want || (aside.Part == catalog.PricesPart) != (aside.Key == "b" && strings.Contains(line, "prices")) {
			t.Errorf("%s: the entries are %s, set aside is %v", line, keys, aside)
		}
	}
	for name, text := range map[string]string{"spreadsheet": "key;price\na;5600", "empty lines": "{\n\n{"} {
		if _, err := generic.Decode(catalog.Products, page(text)); err == nil || !strings.HasPrefix(err.Error(), "line 1: want JSON") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if decoded, err := generic.Decode(catalog.Products, page("\ufeff{\"key\":\"a\"}")); err != nil || len(decoded.Entries) != 1 || decoded.Entries[0].Key != "a" {
		t.Errorf("byte order mark: %+v, %v", decoded.Entries, err)
	}
	if _, err := generic.Decode(catalog.Products, page("\xff\xfe{\x00\"\x00")); err == nil || !strings.Contains(err.Error(), "line 1: the file is UTF-16") {
		t.Errorf("UTF-16: %v", err)
	}
}

func TestTotalThatDoesNotAddUpIsAWarning(t *testing.T) {
	line := `{"key":"a","prices":[{"currency":"KRW","amount":5600,"tax":560,"total":6161,"tax_basis":"excluded"}]}`
	got, err := generic.Decode(catalog.Products, page(line))
	want := []catalog.Warning{{Key: "a", Text: "prices[0]: total 6161 is not amount 5600 plus tax 560"}}
	if diff := cmp.Diff(want, got.Warnings); diff != "" || err != nil {
		t.Errorf("%v, warnings (-want +got):\n%s", err, diff)
	}
}

func TestNobodyCanBeAsked(t *testing.T) {
	made, err := generic.New(catalog.Source{Name: "old", Lists: []string{"a", "b"}}, web.Options{})
	if err != nil || len(made) != 2 {
		t.Fatal(made, err)
	}
	for _, err := range made[1].Pages(t.Context()) {
		if err == nil || err.Error() != "old/b: fetch page 1: the list is only filled by backfill" {
			t.Errorf("got %v", err)
		}
	}
	if _, err := made[0].Decode(catalog.Page{Number: 1, Parts: []catalog.Part{{MediaType: "json", Body: []byte("{}")}}}); err == nil {
		t.Error("a page of another kind was decoded")
	}
	if got, err := made[0].Decode(page(`{"key":"a"}`)); err != nil || len(got.Entries) != 1 || !got.End.Last {
		t.Errorf("got %+v, %v", got, err)
	}
}

// FuzzDecode wants an answer to any bytes, the same twice, whose entries are
// valid.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"key":"a","prices":[{"currency":"KRW","amount":"1"}]}`, `{"key":"a","attributes":{"x":[1,{"y":null}]}}`, "\n", "{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := generic.Decode(catalog.Products, page(string(body)))
		again, errAgain := generic.Decode(catalog.Products, page(string(body)))
		if (err == nil) != (errAgain == nil) || len(got.Entries) != len(again.Entries) {
			t.Fatalf("%v, then %v", err, errAgain)
		}
		for i := range got.Entries {
			if got.Entries[i].Validate() != nil || got.Entries[i].Digest() != again.Entries[i].Digest() {
				t.Errorf("entry %d", i)
			}
		}
	})
}
