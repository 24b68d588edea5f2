package notify_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"syncer/notify"
	"syncer/store/outbox"
)

var update = flag.Bool("update", false, "write the golden files anew")

func moment(hour int) time.Time { return time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC) }

func changedNews() notify.News {
	return notify.News{
		Kind: outbox.Changed, List: "iwinv/flavors", Provider: "iwinv", At: moment(6), TakenAt: moment(6), RunID: 4711,
		Counts: &notify.NewsCounts{Entries: 69, Added: 1, Changed: 4},
		Prices: &notify.PriceNews{Total: 3, Up: 2, Down: 1, Top: []notify.PriceMove{
			{List: "iwinv/flavors", Key: "s2.c2m4", Name: "Standard 2/4", Kind: "list", Variant: "hourly", Unit: "Hour", Currency: "KRW", From: "100", To: "125.5", Ratio: "1.255", Percent: "25.5", ChangedAt: moment(6)},
			{List: "iwinv/flavors", Key: "s2.c1m1", Name: "s2.c1m1", Kind: "list", Unit: "Hour", Currency: "KRW", From: "10", To: "9", Ratio: "0.9", Percent: "-10", ChangedAt: moment(6)},
		}},
		Statuses: &notify.StatusNews{Total: 2, Delisted: 1, Changed: 1, Top: []notify.StatusMove{
			{List: "iwinv/flavors", Key: "s1.c8", Name: "Standard 8", Event: "changed", Aspect: "status", Zone: "KR1-Z07", From: "AVAILABLE", To: "SOLDOUT", ChangedAt: moment(6)},
			{List: "iwinv/flavors", Key: "s1.c1", Name: "Standard 1", Event: "delisted", Aspect: "status", From: "AVAILABLE", ChangedAt: moment(6)},
		}},
	}
}

func heldNews() notify.News {
	return notify.News{
		Kind: outbox.Held, List: "ncp/product-prices", Provider: "ncp", At: moment(7), TakenAt: moment(7), RunID: 4712,
		Counts: &notify.NewsCounts{Entries: 21, Removed: 48}, HeldFor: "48 of 69 entries would be removed (limit 20 %)",
	}
}

func staleNews() notify.News {
	return notify.News{Kind: outbox.Stale, List: "zstack/disk-offerings", Provider: "zstack", At: moment(8), LastSnapshot: moment(0)}
}

// payloads are news as the outbox keeps them.
func payloads(t *testing.T, all ...notify.News) []json.RawMessage {
	t.Helper()
	texts := make([]json.RawMessage, len(all))
	for i, news := range all {
		var err error
		if texts[i], err = json.Marshal(news); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// TestMessagesAreAsDocumented compares with the golden files, which
// docs/notifications.md shows.
func TestMessagesAreAsDocumented(t *testing.T) {
	for name, news := range map[string][]notify.News{
		"changed": {changedNews()}, "held": {heldNews()}, "stale": {staleNews()}, "digest": {changedNews(), heldNews(), staleNews(), changedNews()},
	} {
		d := outbox.Delivery{MessageID: "msg_x", Rule: "finops", Kind: outbox.Kind(name), Payloads: payloads(t, news...), CreatedAt: moment(9)}
		body, err := notify.Body(d, "https://syncer.example.com/")
		if err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		if err := json.Indent(&shown, body, "", "  "); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, append(shown.Bytes(), '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(golden), shown.String()+"\n"); diff != "" {
			t.Errorf("%s (-golden +got):\n%s", path, diff)
		}
	}
	page, err := os.ReadFile("../docs/notifications.md")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/changed.json")
	if err != nil {
		t.Fatal(err)
	}
	if indented := "    " + strings.ReplaceAll(strings.TrimSpace(string(golden)), "\n", "\n    "); !strings.Contains(string(page), indented) {
		t.Error("docs/notifications.md does not show testdata/changed.json")
	}
}

// TestTextsOfProvidersAreHarmless to chat programs and terminals.
func TestTextsOfProvidersAreHarmless(t *testing.T) {
	for given, want := range map[string]string{
		"<!channel> & <@U1>": "‹!channel› & ‹＠U1›", "@all": "＠all", "[here](http://evil)": "[here] (http: //evil)",
		"two\nlines\x1b[1m": "two lines [1m", "rtl\u202egnp": "rtl gnp", "표준 2/4": "표준 2/4",
	} {
		if got := notify.Plain(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
	news := changedNews()
	news.Prices.Top[0].Name, news.Statuses.Top[0].To, news.Statuses.Top[0].Zone = "<!channel>", "<!here>", "@all"
	body, err := notify.Body(outbox.Delivery{Kind: outbox.Changed, Payloads: payloads(t, news)}, "")
	if err != nil {
		t.Fatal(err)
	}
	var got message
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(got.Text, "<>@") || !strings.Contains(string(body), `"name":"<!channel>"`) {
		t.Errorf("got %s", body)
	}
}

// TestMessagesAreBounded whatever providers write, and however many pieces a
// digest has.
func TestMessagesAreBounded(t *testing.T) {
	news := changedNews()
	for range 12 {
		move := news.Prices.Top[0]
		move.Name, move.Key, move.Unit, move.Variant = strings.Repeat("가", 200), strings.Repeat("나", 200), strings.Repeat("다", 200), strings.Repeat("라", 200)
		news.Prices.Top = append(news.Prices.Top[:min(len(news.Prices.Top), 9)], move)
	}
	pieces := slices.Repeat(payloads(t, news, heldNews(), staleNews()), 500)
	body, err := notify.Body(outbox.Delivery{Kind: outbox.Digest, Payloads: pieces}, "https://syncer.example.com/")
	if err != nil || len(body) > 64<<10 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	var got message
	if err := json.Unmarshal(body, &got); err != nil || utf8.RuneCountInString(got.Text) > 3100 || !strings.HasSuffix(got.Text, "…\nhttps://syncer.example.com/") {
		t.Errorf("%v: %q", err, got.Text)
	}
	if _, err := notify.Body(outbox.Delivery{Kind: outbox.Digest}, ""); err == nil {
		t.Error("a digest of nothing is no error")
	}
}

// TestFarthestIsByRatio in either direction.
func TestFarthestIsByRatio(t *testing.T) {
	var moves []notify.PriceMove
	for _, pair := range [][2]string{{"100", "150"}, {"1", "0.25"}, {"3", "3.3"}, {"0", "0.01"}, {"10", "20"}, {"20", "10"}, {"1000000000000000000000.1", "1000000000000000000000.2"}} {
		moves = append(moves, notify.PriceMove{Key: pair[0], From: pair[0], To: pair[1]})
	}
	var keys []string
	for _, move := range notify.Farthest(moves, 6) {
		keys = append(keys, move.Key)
	}
	if diff := cmp.Diff([]string{"0", "1", "10", "20", "100", "3"}, keys); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
