package notify_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/notify"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/outbox"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestDoubtsAndDecisionsAreTold: a doubt when it begins, and when it is believed, with
// the change that it is, dated at its first sight; what a person took back with what
// messages had told of it, and what a person restored or believed. A doubt that goes
// back is no change of anything.
func TestDoubtsAndDecisionsAreTold(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := &storetest.Live{T: t, Pool: pool, Store: store.New(pool), Source: storetest.NewSource(catalog.Products)}
	l.RegisterWith(record.ListSettings{Rule: timeline.Rule{Snapshots: 2}, Doubt: timeline.Rule{Snapshots: 2}})
	kinds := []catalog.PriceKind{catalog.PriceList}
	moves := &notify.PriceFilter{Up: true, Down: true, Kinds: kinds}
	evening := func(at time.Time) time.Time { return at.Add(time.Hour) }
	for _, rule := range []notify.Rule{
		{Name: "each", Webhook: "hook", Prices: moves, Statuses: true, Doubts: true, Retractions: true},
		{Name: "prices", Webhook: "other", Prices: moves},
		{Name: "digest", Webhook: "late", Prices: moves, Doubts: true, Retractions: true, Digest: evening},
	} {
		l.Subscriptions = append(l.Subscriptions, rule.Subscription())
	}
	item := func(key, amount, status string) catalog.Entry {
		entry := storetest.Item(key, amount, catalog.PriceList)
		entry.Name, entry.Status = "", &status
		return entry
	}
	by := store.Decision{Actor: "kim", Reason: "the provider said so"}
	sync := func(day int, entries ...catalog.Entry) { l.Sync(storetest.Day(day), "", entries...) }

	sync(1, item("a", "100", "on"), item("b one", "10", "on"), item("c", "7", "on"))
	sync(2, item("a", "1000", "on"), item("b one", "10", "on"), item("c", "7000", "on"))
	sync(3, item("a", "1000", "on"), item("b one", "10", "on"), item("c", "7", "on"))
	sync(4, item("a", "1100", "off"), item("b one", "10", "on"), item("c", "7", "on"))
	l.Retract(storetest.Day(4), "", by)
	l.Restore(storetest.Day(4), "", by)
	sync(5, item("a", "1100", "off"), item("b one", "100", "on"), item("c", "7", "on"))
	l.Believe("b one", by)
	l.Retract(storetest.Day(5), "b one", by)

	want := []string{
		"list.changed | test/things changed with the snapshot of 2026-01-02 00:00 UTC.",
		"2 prices in doubt (2 began, 0 confirmed):",
		`• a, on-demand: 1000 KRW per Hour is shown (amount); 100 KRW per Hour stands until that is confirmed. Decide: syncer accept test/things --key a --reason "..." or: syncer retract test/things 2026-01-02T00:00:00Z --key a --reason "..."`,
		`• c, on-demand: 7000 KRW per Hour is shown (amount); 7 KRW per Hour stands until that is confirmed. Decide: syncer accept test/things --key c --reason "..." or: syncer retract test/things 2026-01-02T00:00:00Z --key c --reason "..."`,
		"list.changed | test/things changed with the snapshot of 2026-01-03 00:00 UTC.",
		"1 price moved (1 up, 0 down):",
		"• a, on-demand: 100 → 1000 KRW per Hour (+900 %)",
		"1 price in doubt (0 began, 1 confirmed):",
		"• a, on-demand: 1000 KRW per Hour is believed, since 2026-01-02 00:00 UTC",
		"list.changed | test/things changed with the snapshot of 2026-01-04 00:00 UTC.",
		"1 price moved (1 up, 0 down):",
		"• a, on-demand: 1000 → 1100 KRW per Hour (+10 %)",
		"1 status change (0 delisted, 0 relisted, 1 changed):",
		"• a: on → off",
		"list.retracted | test/things: the snapshot of 2026-01-04 00:00 UTC was taken back, by kim: the provider said so. These changes, of which messages told, are none:",
		"1 price moved (1 up, 0 down):",
		"• a, on-demand: 1000 → 1100 KRW per Hour (+10 %)",
		"1 status change (0 delisted, 0 relisted, 1 changed):",
		"• a: on → off",
		"list.retracted | test/things: the snapshot of 2026-01-04 00:00 UTC is history again, by kim: the provider said so. These changes stand again:",
		"1 price moved (1 up, 0 down):",
		"• a, on-demand: 1000 → 1100 KRW per Hour (+10 %)",
		"list.changed | test/things changed with the snapshot of 2026-01-05 00:00 UTC.",
		"1 price in doubt (1 began, 0 confirmed):",
		`• b one, on-demand: 100 KRW per Hour is shown (amount); 10 KRW per Hour stands until that is confirmed. Decide: syncer accept test/things --key 'b one' --reason "..." or: syncer retract test/things 2026-01-05T00:00:00Z --key 'b one' --reason "..."`,
		"list.changed | test/things: what is shown of b one is believed, by kim: the provider said so.",
		"1 price moved (1 up, 0 down):",
		"• b one, on-demand: 10 → 100 KRW per Hour (+900 %)",
		"list.retracted | test/things: what the snapshot of 2026-01-05 00:00 UTC says of b one was taken back, by kim: the provider said so. These changes, of which messages told, are none:",
		"1 price moved (1 up, 0 down):",
		"• b one, on-demand: 10 → 100 KRW per Hour (+900 %)",
	}
	if diff := cmp.Diff(want, told(t, l.Store.Outbox, "hook")); diff != "" {
		t.Errorf("each (-want +got):\n%s", diff)
	}
	want = []string{
		"list.changed | test/things changed with the snapshot of 2026-01-03 00:00 UTC.", "1 price moved (1 up, 0 down):", "• a, on-demand: 100 → 1000 KRW per Hour (+900 %)",
		"list.changed | test/things changed with the snapshot of 2026-01-04 00:00 UTC.", "1 price moved (1 up, 0 down):", "• a, on-demand: 1000 → 1100 KRW per Hour (+10 %)",
		"list.changed | test/things: what is shown of b one is believed, by kim: the provider said so.", "1 price moved (1 up, 0 down):", "• b one, on-demand: 10 → 100 KRW per Hour (+900 %)",
	}
	if diff := cmp.Diff(want, told(t, l.Store.Outbox, "other")); diff != "" {
		t.Errorf("prices only (-want +got):\n%s", diff)
	}
	l.Exec("UPDATE notifications SET due_at = '2026-02-01' WHERE state = 'collecting'")
	if err := l.Store.Outbox.Gather(t.Context(), []string{"late"}); err != nil {
		t.Fatal(err)
	}
	digest := strings.Join(told(t, l.Store.Outbox, "late"), "\n")
	for _, part := range []string{
		"3 prices moved (3 up, 0 down):", "4 prices in doubt (3 began, 1 confirmed):", "3 decisions about what was history:",
		"• test/things: the snapshot of 2026-01-04 00:00 UTC was taken back, by kim: the provider said so.\n",
	} {
		if !strings.Contains(digest, part) {
			t.Errorf("the digest lacks %q:\n%s", part, digest)
		}
	}
	changed := storetest.Rows(t, pool, `SELECT facts #>> '{price_changes,top,0,changed_at}' FROM notifications
		WHERE rule = 'prices' AND facts #> '{price_changes}' IS NOT NULL ORDER BY id LIMIT 1`, pgx.RowTo[string])
	if changed[0] != "2026-01-02T00:00:00Z" {
		t.Errorf("what was believed on day 3 changed at %s, want its first sight", changed[0])
	}
}

// told are the lines of all messages for a webhook, with their types.
func told(t *testing.T, sent *outbox.Outbox, webhook string) (lines []string) {
	t.Helper()
	for {
		claimed, found, err := sent.Claim(t.Context(), webhook, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			return lines
		}
		body, err := notify.Body(claimed, "")
		var message struct{ Type, Text string }
		if err == nil {
			err = json.Unmarshal(body, &message)
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(message.Type+" | "+message.Text, "\n")...)
	}
}
