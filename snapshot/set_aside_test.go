package snapshot_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/snapshot"
)

func priced(key, name string, amounts ...int64) catalog.Entry {
	entry := catalog.Entry{Key: key, Name: name}
	for i, amount := range amounts {
		entry.Prices = append(entry.Prices, catalog.Price{
			SKUPriceID: fmt.Sprintf("%s/%d", key, i), Kind: catalog.PriceList, Currency: "KRW",
			TaxBasis: catalog.TaxExcluded, ListUnitPrice: decimal.NewFromInt(amount),
		})
	}
	return entry
}

// shows writes what a snapshot speaks for: key, name and amounts; and what not.
func shows(t *testing.T, shown *snapshot.Snapshot) []string {
	t.Helper()
	var got []string
	for entry, err := range shown.Entries(func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		digest, known := shown.DigestOf(entry.Key)
		if want := entry.Digest(); !known || digest != want {
			t.Errorf("%s: digest %x is not that of what is shown, %x", entry.Key, digest, want)
		}
		text := entry.Key + " " + entry.Name
		for _, price := range entry.Prices {
			text += " " + price.ListUnitPrice.String()
		}
		got = append(got, text)
	}
	slices.Sort(got)
	for _, row := range shown.SetAside() {
		got = append(got, fmt.Sprintf("%s without %s: %s on page %d", row.Key, row.Part, row.Reason, row.Page))
	}
	return got
}

func TestSnapshotSetsAside(t *testing.T) {
	t.Parallel()
	last, total := catalog.End{Last: true}, func(n int) catalog.End { return catalog.End{Total: &n, Last: true} }
	long := strings.Repeat("k", 1001)
	hashed := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(long)))
	twice := priced("c", "c", 7)
	twice.Prices = append(twice.Prices, twice.Prices[0])
	zones := priced("z", "z", 7)
	zones.ZoneStatuses = []catalog.ZoneStatus{{Zone: "1", Status: "on"}, {Zone: "1", Status: "off"}}
	for name, c := range map[string]struct {
		pages script
		want  []string
	}{
		"a part that the decoder could not read": {script{{
			Entries: []catalog.Entry{priced("a", "a")}, End: total(1),
			SetAside: []catalog.SetAside{{Key: "a", Part: catalog.PricesPart, Reason: catalog.Incomplete}},
		}}, []string{"a a", "a without prices: incomplete on page 1"}},
		"both parts": {script{{
			Entries: entries("b"), End: total(2), SetAside: catalog.Whole("a", catalog.Unreadable, ""),
		}}, []string{"b b", "a without fields: unreadable on page 1", "a without prices: unreadable on page 1"}},
		"a row without a key": {script{{
			Entries: entries("b", ""), End: total(3), SetAside: []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Unreadable}},
		}}, []string{"b b", " without fields: unreadable on page 1", " without fields: unreadable on page 1"}},
		"stated twice, with another name": {script{
			{Entries: []catalog.Entry{priced("a", "a", 1), priced("b", "b", 2)}},
			{Entries: []catalog.Entry{priced("b", "other", 2), priced("c", "c", 3)}, End: last},
		}, []string{"a a 1", "b  2", "c c 3", "b without fields: ambiguous on page 2"}},
		"stated twice on a page, with another price": {script{
			{Entries: []catalog.Entry{priced("a", "a", 1), priced("a", "a", 2), priced("a", "a", 3)}, End: total(1)},
		}, []string{"a a", "a without prices: ambiguous on page 1"}},
		"stated twice, all otherwise": {script{
			{Entries: []catalog.Entry{priced("a", "a", 1)}}, {Entries: []catalog.Entry{priced("a", "b", 2)}, End: last},
		}, []string{"a without fields: ambiguous on page 2", "a without prices: ambiguous on page 2"}},
		"a price stated twice": {script{{Entries: []catalog.Entry{twice}, End: last}}, []string{"c c", "c without prices: ambiguous on page 1"}},
		"a zone stated twice":  {script{{Entries: []catalog.Entry{zones}, End: last}}, []string{"z  7", "z without fields: ambiguous on page 1"}},
		"a name too long": {script{{Entries: []catalog.Entry{priced("a", strings.Repeat("n", 1<<20+1), 7)}, End: last}},
			[]string{"a  7", "a without fields: too long on page 1"}},
		"a key too long": {script{{Entries: append(entries("b"), catalog.Entry{Key: long}), End: total(2)}}, []string{
			"b b",
			hashed + " without fields: too long on page 1",
			hashed + " without prices: too long on page 1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			shown, err := c.pages.walk()
			if err != nil {
				t.Fatal(err)
			}
			got := shows(t, shown)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("what is shown (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSnapshotDigestCoversWhatIsSetAside wants snapshots that show the same and
// set otherwise aside to differ.
func TestSnapshotDigestCoversWhatIsSetAside(t *testing.T) {
	t.Parallel()
	seen := make(map[catalog.Digest]string)
	for name, decoded := range map[string]catalog.Decoded{
		"nothing":    {},
		"fields":     {SetAside: []catalog.SetAside{{Key: "b", Part: catalog.FieldsPart, Reason: catalog.Unreadable}}},
		"reason":     {SetAside: []catalog.SetAside{{Key: "b", Part: catalog.FieldsPart, Reason: catalog.TooLong}}},
		"prices":     {SetAside: []catalog.SetAside{{Key: "b", Part: catalog.PricesPart, Reason: catalog.Unreadable}}},
		"key":        {SetAside: []catalog.SetAside{{Key: "c", Part: catalog.PricesPart, Reason: catalog.Unreadable}}},
		"nameless":   {SetAside: []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Unreadable}}},
		"all prices": {PricesUnread: "GET /prices: status 403"},
	} {
		decoded.Entries, decoded.End = entries("a"), catalog.End{Last: true}
		shown, err := script{decoded}.walk()
		if err != nil {
			t.Fatal(err)
		}
		if other := seen[shown.Digest()]; other != "" {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[shown.Digest()] = name
	}
}

// TestSnapshotReadsAtItsMoment wants the price that is in force when the walk
// began, and to know how long that holds.
func TestSnapshotReadsAtItsMoment(t *testing.T) {
	t.Parallel()
	turn := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	entry := priced("a", "a", 1, 2)
	entry.Prices[1].SKUPriceID, entry.Prices[1].EffectiveFrom = entry.Prices[0].SKUPriceID, &turn
	pages := script{{Entries: []catalog.Entry{entry}, End: catalog.End{Last: true}}}
	for _, c := range []struct {
		at    time.Time
		want  string
		until time.Time
	}{{turn.Add(-time.Hour), "a a 1", turn}, {turn, "a a 2", time.Time{}}} {
		shown := snapshot.New(pages).At(c.at)
		if err := shown.Add(catalog.Page{Number: 1, Parts: []catalog.Part{{Body: []byte("page")}}}); err != nil {
			t.Fatal(err)
		}
		again, err := shown.Restore(c.at, shown.Pages())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{c.want}, shows(t, again)); diff != "" || !again.Until().Equal(c.until) {
			t.Errorf("at %s: until %s, shown (-want +got):\n%s", c.at, again.Until(), diff)
		}
	}
}
