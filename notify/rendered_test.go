package notify_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/notify"
	"syncer/pgtemp/pgtest"
	"syncer/store/outbox"
	"syncer/store/storetest"
)

// TestEveryMessageByteForByte sends runs of every kind through a store and
// compares what the outbox keeps, and the body of every message, with a golden
// file: more changes than a message names, names longer than it shows, holds,
// stale lists, and a digest of them all.
func TestEveryMessageByteForByte(t *testing.T) {
	t.Parallel()
	l := storetest.NewLive(t, pgtest.New(t), catalog.Products, subscriptions()...)
	sync := func(day int, held string, entries []catalog.Entry) {
		t.Helper()
		l.Sync(storetest.Day(day).Add(123456*time.Microsecond), held, entries...)
	}
	sync(1, "", assortment(0))
	sync(2, "", assortment(1))
	sync(3, "30 of 40 entries would be removed (limit 20 %), "+strings.Repeat("long ", 60), assortment(1)[:3])
	sync(4, "", assortment(2)[1:])
	sync(5, "", assortment(2))
	for _, last := range []time.Time{{}, storetest.Day(4).Add(123456 * time.Microsecond)} {
		stale := outbox.StaleList{List: l.List.ID, Provider: "test", LastSnapshot: last}
		if err := l.Store.Outbox.AnnounceStale(t.Context(), l.Subscriptions, []outbox.StaleList{stale}); err != nil {
			t.Fatal(err)
		}
	}
	l.Exec(`UPDATE notifications SET due_at = '2026-02-01', created_at = '2026-02-01T06:00:00.5Z',
		facts = jsonb_set(facts, '{at}', to_jsonb('2026-02-01T06:00:' || lpad(id::text, 2, '0') || '.000001Z'))`)
	if err := l.Store.Outbox.Gather(t.Context(), []string{"hook"}); err != nil {
		t.Fatal(err)
	}
	l.Exec("UPDATE notifications SET created_at = '2026-02-02' WHERE kind = 'digest'")
	rows := l.Lines(`SELECT concat_ws(' | ', webhook, rule, kind, list, run_id, stale_since, state, facts) FROM notifications ORDER BY id`)
	got := strings.Join(rows, "\n") + "\n" + bodies(t, l.Store.Outbox)
	const path = "testdata/rendered.txt"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(golden), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(want) || line != want[i] {
			t.Errorf("%s:%d: got\n%s", path, i+1, line)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != len(want) {
		t.Errorf("%s: %d lines, want %d", path, n, len(want))
	}
}

// assortment is a catalog at one of three stages, between which prices move by
// different ratios, far up and down, from and to nothing, and one product
// changes in twelve zones: more of each kind than a message names.
func assortment(stage int) (entries []catalog.Entry) {
	long := strings.Repeat("표준 <2/4> & ", 40)
	for n := range 16 {
		base := decimal.New(int64(1000+n), -3)
		amount := base.Mul(decimal.New(int64(100+[]int{0, 7*n + 3, -5 * n}[stage]), -2)).Add(decimal.New(int64(stage), -12))
		if n == 7 && stage == 1 {
			amount = decimal.Zero
		}
		status := "sale"
		entry := catalog.Entry{
			Key: fmt.Sprintf("product-%02d", n), Name: fmt.Sprintf("name of %d", n), Status: &status,
			Prices: []catalog.Price{priced("on-demand", catalog.PriceList, amount), priced("fee", catalog.PriceFee, amount), priced("committed", catalog.PriceContract, amount.Add(base))},
		}
		switch n {
		case 4:
			status = fmt.Sprint(long, stage)
			for zone := range 12 {
				entry.ZoneStatuses = append(entry.ZoneStatuses, catalog.ZoneStatus{Zone: fmt.Sprintf("KR-%02d", zone), Status: fmt.Sprint("state ", zone*stage)})
			}
			entry.ZoneStatuses[0].Zone = long
		case 5:
			entry.Name, entry.Prices[0].Variant, entry.Prices[0].Unit = long, long, long
		case 6:
			entry.Key, entry.Name = long, ""
		}
		if n != 3 || stage != 1 { // one is delisted, and comes back
			entries = append(entries, entry)
		}
	}
	return entries
}

func priced(variant string, kind catalog.PriceKind, amount decimal.Decimal) catalog.Price {
	return catalog.Price{SKUPriceID: variant, Kind: kind, Variant: variant, Unit: "Hour", Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: amount}
}

func subscriptions() []outbox.Subscription {
	kinds := []catalog.PriceKind{catalog.PriceList, catalog.PriceContract}
	evening := func(at time.Time) time.Time { return at.Add(time.Hour) }
	var all []outbox.Subscription
	for _, rule := range []notify.Rule{
		{Name: "everything", Webhook: "hook", Prices: &notify.PriceFilter{Up: true, Down: true, Kinds: kinds}, Statuses: true, Holds: true, Stale: true},
		{Name: "digest", Webhook: "hook", Prices: &notify.PriceFilter{Up: true, Down: true, Kinds: kinds}, Statuses: true, Holds: true, Stale: true, Digest: evening},
		{Name: "rises", Webhook: "hook", Lists: []string{"test"}, Prices: &notify.PriceFilter{AtLeast: decimal.RequireFromString("200"), Up: true, Kinds: kinds[:1]}},
		{Name: "falls", Webhook: "hook", Lists: []string{"test/th*"}, Prices: &notify.PriceFilter{AtLeast: decimal.RequireFromString("74.9"), Down: true, Kinds: kinds}},
		{Name: "others", Webhook: "hook", Lists: []string{"other", "test/x"}, Statuses: true, Holds: true, Stale: true},
		{Name: "holds", Webhook: "hook", Holds: true},
	} {
		all = append(all, rule.Subscription())
	}
	return all
}

// bodies are what is sent, in order.
func bodies(t *testing.T, sent *outbox.Outbox) string {
	t.Helper()
	var all strings.Builder
	for {
		claimed, found, err := sent.Claim(t.Context(), "hook", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			return all.String()
		}
		body, err := notify.Body(claimed, "https://syncer.example.com/")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s: %s\n", claimed.Rule, body)
	}
}
