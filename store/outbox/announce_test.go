package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/outbox"
	"syncer/store/record"
	"syncer/store/storetest"
)

// recorder keeps the facts it is offered, and wants those that wants names.
type recorder struct {
	facts []outbox.Facts
	wants outbox.Kind // "" for every kind
	err   error
}

func (r *recorder) subscription() outbox.Subscription {
	return outbox.Subscription{
		Rule: "all", Webhook: "hook", Covers: func(list catalog.ListID) bool { return list.Source == "test" },
		Compose: func(facts outbox.Facts) (json.RawMessage, error) {
			r.facts = append(r.facts, facts)
			if r.wants != "" && facts.Kind != r.wants {
				return nil, nil
			}
			return json.RawMessage(`{}`), r.err
		},
	}
}

// TestFactsOfARun wants every price that moved, fees among them, with all their
// digits, and every status.
func TestFactsOfARun(t *testing.T) {
	t.Parallel()
	all := &recorder{}
	l := storetest.NewLive(t, pgtest.New(t), catalog.Products, all.subscription())
	a, b, c := storetest.Item("a", "100", catalog.PriceList), storetest.Item("b", "8", catalog.PriceFee), storetest.Item("c", "5", catalog.PriceList)
	l.Sync(storetest.Day(1), "", a, b, c)
	l.Sync(storetest.Day(2), "", a, b, c)
	if len(all.facts) != 0 {
		t.Fatalf("the first snapshot and an unchanged one: %+v", all.facts)
	}
	exact, off := decimal.RequireFromString("123456789012345678901234567890.1234567890123456789"), "off"
	a.Prices[0].ListUnitPrice, b.Prices[0].ListUnitPrice, a.Status = exact, decimal.Zero, &off
	a.Name = strings.Repeat("long ", 100)
	l.Sync(storetest.Day(3), "", a, b)
	if len(all.facts) != 1 {
		t.Fatalf("got %d facts: %+v", len(all.facts), all.facts)
	}
	got := all.facts[0]
	want := outbox.Facts{
		Kind: outbox.Changed, List: l.List.ID, Provider: "test", At: got.At, TakenAt: storetest.Day(3), RunID: got.RunID,
		Counts: outbox.Counts{Entries: 2, Changed: 2, Removed: 1},
		Prices: []outbox.PriceMove{
			{Key: "a", Name: a.Name, Kind: catalog.PriceList, Variant: "on-demand", Unit: "Hour", Currency: "KRW", From: decimal.NewFromInt(100), To: exact, ChangedAt: storetest.Day(3)},
			{Key: "b", Name: "name of b", Kind: catalog.PriceFee, Variant: "on-demand", Unit: "Hour", Currency: "KRW", From: decimal.NewFromInt(8), To: decimal.Zero, ChangedAt: storetest.Day(3)},
		},
		Statuses: []outbox.StatusMove{
			{Key: "a", Name: a.Name, Event: "changed", Aspect: "status", From: "sale", To: "off", ChangedAt: storetest.Day(3)},
			{Key: "c", Name: "name of c", Event: "delisted", Aspect: "status", From: "sale", ChangedAt: storetest.Day(3)},
		},
	}
	byKey := cmpopts.SortSlices(func(x, y outbox.PriceMove) bool { return x.Key < y.Key })
	amounts := cmp.Comparer(decimal.Decimal.Equal)
	if diff := cmp.Diff(want, got, byKey, amounts); diff != "" || got.RunID == 0 || got.At.IsZero() || got.At.Location() != time.UTC {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	l.Sync(storetest.Day(4), "too much")
	if held := all.facts[1]; held.Kind != outbox.Held || held.HeldFor != "too much" || held.Prices != nil || held.Statuses != nil || held.Counts.Removed != 2 {
		t.Errorf("got %+v", held)
	}
}

// TestSubscriptionsChoose wants a row for a payload, none for nothing, and no
// write at all where the payload cannot be composed.
func TestSubscriptionsChoose(t *testing.T) {
	t.Parallel()
	holds, other, broken := &recorder{wants: outbox.Held}, &recorder{}, &recorder{}
	elsewhere := other.subscription()
	elsewhere.Covers = func(list catalog.ListID) bool { return list.Source == "other" }
	l := storetest.NewLive(t, pgtest.New(t), catalog.Products, holds.subscription(), elsewhere, broken.subscription())
	l.Sync(storetest.Day(1), "", storetest.Item("a", "1", catalog.PriceList))
	l.Subscriptions = l.Subscriptions[:2]
	l.Sync(storetest.Day(2), "", storetest.Item("a", "2", catalog.PriceList))
	l.Sync(storetest.Day(3), "held", storetest.Item("a", "3", catalog.PriceList))
	kinds := func() []string { return l.Lines("SELECT kind FROM notifications ORDER BY id") }
	if got := kinds(); !slices.Equal(got, []string{"held"}) || len(other.facts) != 0 || len(holds.facts) != 2 {
		t.Errorf("rows %v; another list's subscription got %v", got, other.facts)
	}
	broken.err = errors.New("no words")
	l.Subscriptions = []outbox.Subscription{broken.subscription()}
	run := l.Begin(record.Sync, storetest.Day(4))
	_, err := l.Store.Update(t.Context(), run, l.Source.Snapshot(t, storetest.Item("a", "4", catalog.PriceList)), storetest.Pass)
	if !errors.Is(err, broken.err) || !strings.Contains(err.Error(), "rule all") {
		t.Errorf("got %v", err)
	}
	if amounts := l.Lines("SELECT list_unit_price::text FROM price_history WHERE valid_to IS NULL"); !slices.Equal(amounts, []string{"2"}) || len(kinds()) != 1 {
		t.Errorf("amounts %v, rows %v: something was written", amounts, kinds())
	}
}

// statements counts what is sent to the database.
type statements struct{ texts []string }

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.texts = append(s.texts, data.SQL)
	return ctx
}
func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestSubscriptionsCostAnUnchangedRunNothing compares its statements with those of
// a run without any.
func TestSubscriptionsCostAnUnchangedRunNothing(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	sent := &statements{}
	config.ConnConfig.Tracer, config.MaxConns = sent, 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	l := storetest.NewLive(t, pool, catalog.Products)
	snapshot := l.Source.Snapshot(t, storetest.Item("a", "1", catalog.PriceList))
	count := func(at time.Time, subscriptions ...outbox.Subscription) []string {
		l.Subscriptions = subscriptions
		run := l.Begin(record.Sync, at)
		sent.texts = nil
		if _, err := l.Store.Update(t.Context(), run, snapshot, storetest.Pass); err != nil {
			t.Fatal(err)
		}
		return sent.texts
	}
	count(storetest.Day(1))
	all := &recorder{}
	without, with := count(storetest.Day(2)), count(storetest.Day(3), all.subscription(), all.subscription())
	if diff := cmp.Diff(without, with); diff != "" || len(with) == 0 {
		t.Errorf("statements (-without subscriptions +with):\n%s", diff)
	}
}

// TestStaleIsAnnouncedOnceAnEpisode however often and by however many processes.
func TestStaleIsAnnouncedOnceAnEpisode(t *testing.T) {
	t.Parallel()
	l := storetest.NewLive(t, pgtest.New(t), catalog.Products, (&recorder{}).subscription())
	announce := func(last time.Time, wants outbox.Kind) {
		t.Helper()
		stale := []outbox.StaleList{{List: l.List.ID, Provider: "test", LastSnapshot: last}}
		done := make(chan error)
		for range 4 {
			subscriptions := []outbox.Subscription{(&recorder{wants: wants}).subscription()}
			go func() { done <- l.Store.Outbox.AnnounceStale(t.Context(), subscriptions, stale) }()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(why string, want ...string) {
		t.Helper()
		if got := l.Lines("SELECT kind || ' ' || to_char(stale_since, 'YYYY-MM-DD') FROM notifications WHERE kind = 'stale' ORDER BY id"); !slices.Equal(got, want) {
			t.Fatalf("%s: got %v, want %v", why, got, want)
		}
	}
	announce(time.Time{}, outbox.Stale)
	announce(time.Time{}, outbox.Stale)
	want("never read", "stale 0001-01-01")
	l.Sync(storetest.Day(1), "", storetest.Item("a", "1", catalog.PriceList))
	announce(storetest.Day(1), outbox.Stale)
	announce(storetest.Day(1), outbox.Stale)
	want("a new episode", "stale 0001-01-01", "stale 2026-01-01")
	announce(storetest.Day(2), outbox.Held)
	want("a subscription that is not about it", "stale 0001-01-01", "stale 2026-01-01")
}

// TestOldMessagesAreForgotten but for the staleness that goes on, and for what
// nobody has got yet.
func TestOldMessagesAreForgotten(t *testing.T) {
	t.Parallel()
	l := storetest.NewLive(t, pgtest.New(t), catalog.Products, (&recorder{}).subscription())
	l.Sync(storetest.Day(1), "", storetest.Item("a", "1", catalog.PriceList))
	l.Sync(storetest.Day(2), "", storetest.Item("a", "2", catalog.PriceList))
	for _, last := range []time.Time{storetest.Day(1), storetest.Day(2)} {
		if err := l.Store.Outbox.AnnounceStale(t.Context(), l.Subscriptions, []outbox.StaleList{{List: l.List.ID, LastSnapshot: last}}); err != nil {
			t.Fatal(err)
		}
	}
	kinds := func() []string {
		return l.Lines("SELECT kind || ' ' || coalesce(extract(day FROM stale_since)::text, '') FROM notifications ORDER BY id")
	}
	prune := func(state string) {
		t.Helper()
		l.Exec("UPDATE notifications SET state = $1, ended_at = now() - interval '31 days'", state)
		if err := l.Store.Outbox.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	prune("parked")
	if got := kinds(); len(got) != 3 {
		t.Errorf("parked ones are forgotten: %v", got)
	}
	prune("delivered")
	if diff := cmp.Diff([]string{"stale 2"}, kinds()); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}
