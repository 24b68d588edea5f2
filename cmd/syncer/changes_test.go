package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"syncer/cmd/syncer/display"
	"syncer/cmd/syncer/terminal"
	"syncer/store"
)

// moved is a list whose product a has another amount every day, until the 20th.
func moved(t *testing.T) (b *backfilled, list string) {
	t.Helper()
	b = newBackfilled(t)
	list = b.list()
	files := map[string]string{}
	for day := 5; day < 15; day++ {
		files[fmt.Sprintf("2026-01-%02dT00:00:00Z.jsonl", day)] = entry("a", fmt.Sprint(day))
	}
	b.load(t, list, files)
	return b, list
}

// load makes an archive of some files part of history.
func (b *backfilled) load(t *testing.T, list string, files map[string]string) {
	t.Helper()
	if code, stdout, stderr := b.run("backfill", "--accept", list, laid(t, files)); code != exitOK {
		t.Fatalf("%d\n%s%s", code, stdout, stderr)
	}
}

// TestChangesKeepTheNewestAndSayWhatTheyLeaveOut shows three of ten changes.
func TestChangesKeepTheNewestAndSayWhatTheyLeaveOut(t *testing.T) {
	t.Parallel()
	b, _ := moved(t)
	_, stdout, _ := b.run("changes", "--most", "3")
	order := []string{"2026-01-13", "2026-01-14", "2026-01-20", "3 of 10 price changes are shown, the newest; --most shows more."}
	for _, want := range order {
		before, after, found := strings.Cut(stdout, want)
		if !found || strings.Contains(before, "2026-01-12") {
			t.Fatalf("no %q, or something older, in\n%s", want, before)
		}
		stdout = after
	}
	if _, stdout, _ := b.run("changes", "--most", "10"); strings.Contains(stdout, "are shown") {
		t.Errorf("all are shown:\n%s", stdout)
	}
	if code, _, stderr := b.run("changes", "--most", "0"); code != exitUsage {
		t.Errorf("none: exit %d\n%s", code, stderr)
	}
}

// changesFound is what these tests look for in JSON.
type changesFound struct {
	Changes []struct {
		To     string `json:"to_list_unit_price"`
		Region string `json:"region_id"`
		Tier   string `json:"quantity_tier_minimum"`
	} `json:"price_changes"`
	Totals changeTotals `json:"totals"`
	Prices []struct {
		Region string `json:"region_id"`
		Tier   string `json:"quantity_tier_minimum"`
		SKU    string `json:"sku_price_id"`
	} `json:"prices"`
}

func changesIn(t *testing.T, document string) (got changesFound) {
	t.Helper()
	if err := json.Unmarshal([]byte(document), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestChangesCountTheirTotals(t *testing.T) {
	t.Parallel()
	b, _ := moved(t)
	for _, most := range []int{1, 9, 10, 200} {
		_, stdout, _ := b.run("changes", "--json", "--most", fmt.Sprint(most))
		got := changesIn(t, stdout)
		if len(got.Changes) != min(most, 10) || got.Totals.Prices != 10 || got.Totals.Statuses != 0 {
			t.Errorf("--most %d: %d changes, totals %+v", most, len(got.Changes), got.Totals)
		}
		if last := got.Changes[len(got.Changes)-1]; last.To != "20" {
			t.Errorf("--most %d: the last is %+v", most, last)
		}
	}
}

// tiered is an entry that has three prices which differ in nothing but the tier,
// the region and the SKU price.
func tiered(amounts ...int) string {
	return fmt.Sprintf(`{"key":"net/1","name":"\uc804\uc1a1\ub7c9","prices":[`+
		`{"sku_price_id":"s1","unit":"GB","currency":"KRW","amount":%d},`+
		`{"sku_price_id":"s1","unit":"GB","currency":"KRW","amount":%d,"quantity_tier_minimum":10240},`+
		`{"sku_price_id":"s1","unit":"GB","currency":"KRW","amount":%d,"region_id":"KR"},`+
		`{"sku_price_id":"s2","unit":"GB","currency":"KRW","amount":%d,"region_id":"KR"}]}`+"\n", amounts[0], amounts[1], amounts[2], amounts[3])
}

func tiers(t *testing.T) (b *backfilled, list string) {
	t.Helper()
	b = newBackfilled(t)
	list = b.list()
	b.load(t, list, map[string]string{"2026-01-05T00:00:00Z.jsonl": tiered(1, 2, 3, 4), "2026-01-06T00:00:00Z.jsonl": tiered(5, 6, 7, 8)})
	return b, list
}

// labels are what the four prices differ in.
func labels() []string {
	return []string{"GB", "GB above 10,240", "GB in KR (s1)", "GB in KR (s2)"}
}

// TestHistoryKeepsPricesApart in its table and its charts.
func TestHistoryKeepsPricesApart(t *testing.T) {
	t.Parallel()
	b, list := tiers(t)
	_, stdout, stderr := b.run("history", list, "net/1")
	for _, label := range labels() {
		if rows := regexp.MustCompile("(?m)^" + regexp.QuoteMeta(label) + "  +2026"); len(rows.FindAllString(stdout, -1)) != 2 || strings.Count(stdout, "\n"+label+", KRW\n") != 1 {
			t.Errorf("want two amounts and one chart of %s:\n%s%s", label, stdout, stderr)
		}
	}
	_, stdout, _ = b.run("history", list, "net/1", "--json")
	got := changesIn(t, stdout).Prices
	if len(got) != 8 || got[2].Tier != "10240" || got[2].Region != "" || got[4].Region != "KR" || got[4].SKU != "s1" {
		t.Errorf("prices %+v", got)
	}
}

// TestChangesNameTheKey of a product, in a table and on a narrow terminal.
func TestChangesNameTheKey(t *testing.T) {
	t.Parallel()
	b, list := tiers(t)
	_, stdout, _ := b.run("changes")
	for _, label := range labels() {
		if !strings.Contains(stdout, list+"  net/1  \uc804\uc1a1\ub7c9   "+label+"  ") {
			t.Errorf("no line of %s:\n%s", label, stdout)
		}
	}
	_, document, _ := b.run("changes", "--json")
	if got := changesIn(t, document).Changes; got[0].Tier != "" || got[1].Tier != "10240" || got[2].Region != "KR" {
		t.Errorf("changes %+v", got)
	}
	opened, err := store.Open(t.Context(), b.database)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	changes, err := opened.Report.PriceChanges(t.Context(), time.Time{}, 100)
	var narrow bytes.Buffer
	if err := errors.Join(err, display.PriceChanges(terminal.Screen{Writer: &narrow, Width: 60}, changes[:4], time.UTC)); err != nil {
		t.Fatal(err)
	}
	if text := narrow.String(); strings.Count(text, "\n  net/1  \uc804\uc1a1\ub7c9\n    GB") != 1 || strings.Count(text, "\n2026-01-06") != 1 || strings.Count(text, "\n    GB") != 4 {
		t.Errorf("narrow:\n%s", text)
	}
	for line := range strings.Lines(narrow.String()) {
		if terminal.Columns(strings.TrimSuffix(line, "\n")) > 60 {
			t.Errorf("too wide: %q", line)
		}
	}
}
