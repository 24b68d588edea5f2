package catalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

func TestParseDecimalKeepsEveryDigit(t *testing.T) {
	for text, want := range map[string]string{
		"1.10": "1.1", "1e0": "1", "1.9e-08": "0.000000019", "-3": "-3", "0.00": "0", "1E5": "100000",
		"123456789012345678901234567890.1234567890123456789": "123456789012345678901234567890.1234567890123456789",
	} {
		got, err := catalog.ParseDecimal(text)
		if err != nil || catalog.DecimalText(got) != want {
			t.Errorf("%q: got %s, %v; want %s", text, catalog.DecimalText(got), err, want)
		}
	}
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, text := range []string{"", " 1", "5,600", "5600원", "NaN", "Infinity", "1e400", "1e9999999999", "0x10", "+1", "01", ".5", "1_000", strings.Repeat("9", 300)} {
		if got, err := catalog.ParseDecimal(text); !errors.Is(err, catalog.ErrNotANumber) {
			t.Errorf("%q: got %s, %v; want ErrNotANumber", text, got, err)
		}
	}
	if _, err := catalog.ParseAmount("-5600"); err == nil {
		t.Error("-5600 is an amount")
	}
}

func price(amount string) catalog.Price {
	return catalog.Price{
		SKUPriceID: "a/full", Kind: catalog.PriceList, Variant: "full", Unit: "month", Currency: "KRW",
		ListUnitPrice: decimal.RequireFromString(amount), TaxBasis: catalog.TaxExcluded,
	}
}

func TestDigestIgnoresSpelling(t *testing.T) {
	partial := price("3")
	partial.Variant, partial.SKUPriceID = "partial", "a/partial"
	one := catalog.Entry{Key: "a", Prices: []catalog.Price{price("1.10"), partial}}
	two := catalog.Entry{Key: "a", Prices: []catalog.Price{partial, price("1.1")}}
	if one.Digest() != two.Digest() {
		t.Error("spelling of a number or order of prices changes the digest")
	}
}

func TestDigestSeesEveryChange(t *testing.T) {
	word, other := "sale", ""
	seen := map[catalog.Digest]string{}
	for name, entry := range map[string]catalog.Entry{
		"plain":           {Key: "a", Name: "bc"},
		"shifted":         {Key: "ab", Name: "c"},
		"status":          {Key: "a", Name: "bc", Status: &word},
		"empty status":    {Key: "a", Name: "bc", Status: &other},
		"lifecycle":       {Key: "a", Name: "bc", Lifecycle: &word},
		"region":          {Key: "a", Name: "bc", RegionID: &word},
		"zone":            {Key: "a", Name: "bc", ZoneStatuses: []catalog.ZoneStatus{{Zone: "z", Status: "sale"}}},
		"attribute":       {Key: "a", Name: "bc", Attributes: catalog.Attributes(`{"a":1}`)},
		"price":           {Key: "a", Name: "bc", Prices: []catalog.Price{price("1")}},
		"other price":     {Key: "a", Name: "bc", Prices: []catalog.Price{price("1.0000000000000000001")}},
		"composed name":   {Key: "a", Name: "\u00e9"},
		"decomposed name": {Key: "a", Name: "e\u0301"},
	} {
		digest := entry.Digest()
		if twin, taken := seen[digest]; taken {
			t.Errorf("%s and %s have one digest", name, twin)
		}
		seen[digest] = name
	}
}

func TestAttributesAreCanonical(t *testing.T) {
	one, err := catalog.CanonicalAttributes([]byte(`{"b": [1.0, "x"], "a": {"z": null, "y": 1e2}}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a":{"y":100,"z":null},"b":[1,"x"]}`; string(one) != want {
		t.Errorf("got %s, want %s", one, want)
	}
	nul, err := catalog.NewAttributes(map[string]any{"a": "x\x00y"})
	if err != nil || strings.Contains(string(nul), `\u0000`) || !strings.Contains(string(nul), "\u2400") {
		t.Errorf("U+0000: got %s, %v", nul, err)
	}
}

func TestSecretIsNeverShown(t *testing.T) {
	secret := catalog.NewSecret("hunter2")
	text, err := json.Marshal(map[string]any{"s": secret, "source": catalog.Source{Credentials: map[string]catalog.Secret{"key": secret}}})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", secret, "in", fmt.Sprintf("%v %+v %#v %s", secret, secret, secret, secret))
	if all := string(text) + log.String(); strings.Contains(all, "hunter2") {
		t.Errorf("shown: %s", all)
	}
}

func TestEntryValidation(t *testing.T) {
	bad := price("1")
	bad.Currency = "won"
	for name, entry := range map[string]catalog.Entry{
		"empty key":     {},
		"NUL in key":    {Key: "a\x00"},
		"zone twice":    {Key: "a", ZoneStatuses: []catalog.ZoneStatus{{Zone: "z"}, {Zone: "z"}}},
		"price twice":   {Key: "a", Prices: []catalog.Price{price("1"), price("2")}},
		"bad currency":  {Key: "a", Prices: []catalog.Price{bad}},
		"negative":      {Key: "a", Prices: []catalog.Price{price("-1")}},
		"no tax basis":  {Key: "a", Prices: []catalog.Price{{SKUPriceID: "x", Kind: catalog.PriceList, Currency: "KRW"}}},
		"no sku":        {Key: "a", Prices: []catalog.Price{{Kind: catalog.PriceList, Currency: "KRW", TaxBasis: catalog.TaxUnknown}}},
		"unknown price": {Key: "a", Prices: []catalog.Price{{SKUPriceID: "x", Kind: "spot", Currency: "KRW", TaxBasis: catalog.TaxUnknown}}},
		"price twice as stored": {Key: "a", Prices: []catalog.Price{
			with(price("1"), func(p *catalog.Price) { p.Variant = "full\x00" }), with(price("2"), func(p *catalog.Price) { p.Variant = "full\u2400" }),
		}},
		"zone twice as stored": {Key: "a", ZoneStatuses: []catalog.ZoneStatus{{Zone: "z\x00"}, {Zone: "z\u2400"}}},
	} {
		if err := entry.Validate(); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
}

func with(price catalog.Price, change func(*catalog.Price)) catalog.Price {
	change(&price)
	return price
}
