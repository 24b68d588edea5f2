package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// script is a fetcher whose pages are numbers and whose decoder looks up what
// they mean.
type script []catalog.Decoded

func (s script) List() catalog.List {
	return catalog.List{ID: catalog.ListID{Source: "s", Name: "l"}, Kind: catalog.Products}
}
func (s script) Pages(context.Context) iter.Seq2[catalog.Page, error] { return nil }
func (s script) Decode(p catalog.Page) (catalog.Decoded, error)       { return s[p.Number-1], nil }

func (s script) walk() (*catalog.Snapshot, error) {
	snapshot := catalog.NewSnapshot(s)
	for i := range s {
		body := fmt.Appendf(nil, "page %d", i+1)
		if err := snapshot.Add(catalog.Page{Number: i + 1, Parts: []catalog.Part{{Body: body}}}); err != nil {
			return snapshot, err
		}
	}
	return snapshot, snapshot.Complete()
}

func entries(keys ...string) []catalog.Entry {
	var all []catalog.Entry
	for _, key := range keys {
		name, _, _ := strings.Cut(key, ":")
		all = append(all, catalog.Entry{Key: name, Name: key})
	}
	return all
}

func TestSnapshotRefusesWhatIsNoSnapshot(t *testing.T) {
	last := catalog.End{Last: true}
	total := func(n int) catalog.End { return catalog.End{Total: &n} }
	scoped := func(name string, n int) catalog.End { return catalog.End{Scope: name, Total: &n} }
	scopedLast := func(name string, n int) catalog.End { return catalog.End{Scope: name, Total: &n, Last: true} }
	totalLast := func(n int) catalog.End { return catalog.End{Total: &n, Last: true} }
	for name, c := range map[string]struct {
		pages script
		want  error
	}{
		"one page":             {script{{Entries: entries("a", "b"), End: last}}, nil},
		"identical duplicate":  {script{{Entries: entries("a", "b")}, {Entries: entries("b", "c"), End: last}}, nil},
		"conflict":             {script{{Entries: entries("a:1")}, {Entries: entries("a:2"), End: last}}, catalog.ErrConflict},
		"repeated page":        {script{{Entries: entries("a")}, {Entries: entries("a"), End: last}}, catalog.ErrRepeated},
		"no last page":         {script{{Entries: entries("a")}}, catalog.ErrIncomplete},
		"page after the last":  {script{{Entries: entries("a"), End: last}, {Entries: entries("b"), End: last}}, catalog.ErrIncomplete},
		"total too large":      {script{{Entries: entries("a"), End: totalLast(2)}}, catalog.ErrIncomplete},
		"total of duplicates":  {script{{Entries: entries("a", "a"), End: totalLast(1)}}, nil},
		"total moves":          {script{{Entries: entries("a"), End: total(2)}, {Entries: entries("b"), End: totalLast(3)}}, catalog.ErrIncomplete},
		"totals by region":     {script{{Entries: entries("a", "b"), End: scoped("KR", 2)}, {Entries: entries("b", "c"), End: scopedLast("US", 2)}}, nil},
		"a region of a region": {script{{Entries: entries("a", "b"), End: scoped("KR", 2)}, {Entries: entries("b"), End: scopedLast("US", 1)}}, nil},
		"one region short":     {script{{Entries: entries("a"), End: scoped("KR", 2)}, {Entries: entries("b"), End: scopedLast("US", 1)}}, catalog.ErrIncomplete},
		"regions interleaved":  {script{{Entries: entries("a"), End: scoped("KR", 2)}, {Entries: entries("b"), End: scoped("US", 1)}, {Entries: entries("c"), End: scopedLast("KR", 2)}}, catalog.ErrIncomplete},
		"empty list":           {script{{End: last}}, nil},
		"empty page at end":    {script{{Entries: entries("a")}, {End: last}}, nil},
		"case makes a new key": {script{{Entries: entries("vm-1", "VM-1", " vm-1 "), End: last}}, nil},
	} {
		if _, err := c.pages.walk(); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestSnapshotYieldsEachEntryOnce(t *testing.T) {
	snapshot, err := script{{Entries: entries("b", "a")}, {Entries: entries("a", "c"), End: catalog.End{Last: true}}}.walk()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for entry, err := range snapshot.Entries(func(key string) bool { return key != "b" }) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, entry.Key)
	}
	if diff := cmp.Diff([]string{"a", "c"}, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if snapshot.Len() != 3 || snapshot.Collapsed() != 1 {
		t.Errorf("%d entries, %d collapsed; want 3 and 1", snapshot.Len(), snapshot.Collapsed())
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
	} {
		if err := entry.Validate(); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
}
