package notify_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/notify"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/outbox"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// runs is a list with live runs and the rules that are notified of them.
type runs struct{ *storetest.Live }

func newRuns(t *testing.T, rules ...notify.Rule) runs {
	t.Helper()
	w := runs{storetest.NewLive(t, pgtest.New(t), catalog.Products)}
	w.use(rules...)
	return w
}

func (w runs) use(rules ...notify.Rule) {
	w.Subscriptions = nil
	for _, rule := range rules {
		w.Subscriptions = append(w.Subscriptions, rule.Subscription())
	}
}

func everything() notify.Rule {
	return notify.Rule{Name: "all", Webhook: "hook", Prices: moves("0"), Statuses: true, Holds: true, Stale: true}
}

func moves(atLeast string) *notify.PriceFilter {
	return &notify.PriceFilter{AtLeast: decimal.RequireFromString(atLeast), Up: true, Down: true, Kinds: []catalog.PriceKind{catalog.PriceList, catalog.PriceContract}}
}

// stored are the news in the outbox, in the order they came.
func (w runs) stored() []notify.News {
	w.T.Helper()
	texts := w.Lines("SELECT facts::text FROM notifications WHERE kind <> 'digest' ORDER BY id")
	all := make([]notify.News, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal([]byte(text), &all[i]); err != nil {
			w.T.Fatal(err)
		}
	}
	return all
}

// want wants so many news in all.
func (w runs) want(n int, why string) []notify.News {
	w.T.Helper()
	news := w.stored()
	if len(news) != n {
		w.T.Fatalf("%s: %d messages in the outbox, want %d: %+v", why, len(news), n, news)
	}
	return news
}

// TestNewsOfALiveRun wants one message with prices, statuses and
// counts, and none of what was there from the start or stays as it was.
func TestNewsOfALiveRun(t *testing.T) {
	t.Parallel()
	w := newRuns(t, everything())
	a, b, c, d := storetest.Item("a", "100", catalog.PriceList), storetest.Item("b", "8", catalog.PriceContract), storetest.Item("c", "1", catalog.PriceFee), storetest.Item("d", "5", catalog.PriceList)
	w.Sync(storetest.Day(1), "", a, b, c, d)
	w.want(0, "the first snapshot")
	w.Sync(storetest.Day(2), "", a, b, c, d)
	w.want(0, "an unchanged run")
	off := "off"
	a.Prices[0].ListUnitPrice, b.Prices[0].ListUnitPrice, c.Prices[0].ListUnitPrice = decimal.RequireFromString("120.50"), decimal.RequireFromString("4"), decimal.RequireFromString("0.5")
	a.Status = &off
	w.Sync(storetest.Day(3), "", a, b, c, storetest.Item("e", "1", catalog.PriceList))
	got := w.want(1, "a run with news")[0]
	want := notify.News{
		Kind: outbox.Changed, List: "test/things", Provider: "test", TakenAt: storetest.Day(3), RunID: got.RunID, At: got.At,
		Counts: &notify.NewsCounts{Entries: 4, Added: 1, Changed: 3, Removed: 1},
		Prices: &notify.PriceNews{Total: 2, Up: 1, Down: 1, Top: []notify.PriceMove{
			{List: "test/things", Key: "b", Name: "name of b", Kind: "contract", Variant: "on-demand", Unit: "Hour", Currency: "KRW", From: "8", To: "4", Ratio: "0.5", Percent: "-50", ChangedAt: storetest.Day(3)},
			{List: "test/things", Key: "a", Name: "name of a", Kind: "list", Variant: "on-demand", Unit: "Hour", Currency: "KRW", From: "100", To: "120.5", Ratio: "1.205", Percent: "20.5", ChangedAt: storetest.Day(3)},
		}},
		Statuses: &notify.StatusNews{Total: 2, Delisted: 1, Changed: 1, Top: []notify.StatusMove{
			{List: "test/things", Key: "a", Name: "name of a", Event: "changed", Aspect: "status", From: "sale", To: "off", ChangedAt: storetest.Day(3)},
			{List: "test/things", Key: "d", Name: "name of d", Event: "delisted", Aspect: "status", From: "sale", ChangedAt: storetest.Day(3)},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" || got.RunID == 0 || got.At.IsZero() {
		t.Errorf("news (-want +got):\n%s", diff)
	}
	w.Sync(storetest.Day(4), "", a, b, c, d, storetest.Item("e", "1", catalog.PriceList))
	if relisted := w.want(2, "a product comes back")[1]; relisted.Statuses == nil || relisted.Statuses.Relisted != 1 || relisted.Prices != nil {
		t.Errorf("got %+v", relisted)
	}
}

// TestWhatIsNoNews reaches nobody: archives, late snapshots, runs that were
// taken from their process, and those that panicked in the middle.
func TestWhatIsNoNews(t *testing.T) {
	t.Parallel()
	w := newRuns(t, everything())
	w.Sync(storetest.Day(1), "", storetest.Item("a", "1", catalog.PriceList))
	load := w.Begin(record.Sync, storetest.Day(2))
	load.Origin = record.Backfill
	if _, err := w.Store.Update(t.Context(), load, w.Source.Snapshot(t, storetest.Item("a", "2", catalog.PriceList)), storetest.Pass); err != nil {
		t.Fatal(err)
	}
	w.want(0, "a backfill")
	w.Sync(storetest.Day(10), "", storetest.Item("a", "2", catalog.PriceList))
	w.Sync(storetest.Day(5), "", storetest.Item("a", "3", catalog.PriceList))
	w.want(0, "a late snapshot")
	taken := w.Begin(record.Sync, storetest.Day(11))
	w.Exec("UPDATE runs SET outcome = 'abandoned', ended_at = now() WHERE outcome = 'running'")
	if _, err := w.Store.Update(t.Context(), taken, w.Source.Snapshot(t, storetest.Item("a", "9", catalog.PriceList)), storetest.Pass); !errors.Is(err, store.ErrNotOurs) {
		t.Fatalf("got %v", err)
	}
	w.want(0, "a run that others closed")
	run, err := w.Store.BeginRebuild(t.Context(), w.List, store.Decision{Actor: "kim", Reason: "try"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Store.Rebuild(t.Context(), run, timeline.Rule{Snapshots: 2, For: time.Hour}, w.Source.Reread); err != nil {
		t.Fatal(err)
	}
	w.want(0, "a rebuild")
}

// TestHoldsAreAnnouncedAsHolds and their prices only once they are accepted, if
// nothing newer came meanwhile.
func TestHoldsAreAnnouncedAsHolds(t *testing.T) {
	t.Parallel()
	w := newRuns(t, everything())
	accept := func(at time.Time, amount string) {
		t.Helper()
		run, err := w.Store.BeginAccept(t.Context(), w.List, at, store.Decision{Actor: "kim", Reason: "checked"})
		if err != nil {
			t.Fatal(err)
		}
		run.Subscriptions = w.Subscriptions
		if _, err := w.Store.Update(t.Context(), run, w.Source.Snapshot(t, storetest.Item("a", amount, catalog.PriceList)), storetest.Pass); err != nil {
			t.Fatal(err)
		}
	}
	w.Sync(storetest.Day(1), "", storetest.Item("a", "1", catalog.PriceList))
	w.Sync(storetest.Day(2), "too much", storetest.Item("a", "1000", catalog.PriceList))
	held := w.want(1, "a hold")[0]
	if held.Kind != outbox.Held || held.HeldFor != "too much" || held.Prices != nil || held.Statuses != nil || held.Counts.Changed != 1 || !held.TakenAt.Equal(storetest.Day(2)) {
		t.Errorf("got %+v", held)
	}
	accept(storetest.Day(2), "1000")
	if news := w.want(2, "the newest hold is accepted")[1]; news.Kind != outbox.Changed || news.Prices.Top[0].To != "1000" {
		t.Errorf("got %+v", news)
	}
	w.Sync(storetest.Day(3), "too much", storetest.Item("a", "9", catalog.PriceList))
	w.Sync(storetest.Day(4), "", storetest.Item("a", "1000", catalog.PriceList))
	accept(storetest.Day(3), "9")
	w.want(3, "an older hold is accepted")
	load := w.Begin(record.Backfill, storetest.Day(5))
	if _, err := w.Store.Update(t.Context(), load, w.Source.Snapshot(t, storetest.Item("a", "5", catalog.PriceList)), func(delta.Delta) []string { return []string{"archive"} }); err != nil {
		t.Fatal(err)
	}
	accept(storetest.Day(5), "5")
	w.want(3, "a hold of an archive, and its acceptance")
}

// TestContractsHaveNewsOfUnitPrices and not their fees, nor what is no product's
// status.
func TestContractsHaveNewsOfUnitPrices(t *testing.T) {
	t.Parallel()
	w := newRuns(t, everything())
	w.Source.Described.Kind, w.Source.Described.ID.Name = catalog.Contracts, "plans"
	w.Register(timeline.Rule{Snapshots: 1})
	plan := func(price, fee string) catalog.Entry {
		entry := storetest.Contracted(storetest.Item("plan-1", price, catalog.PriceContract))
		entry.Prices = append(entry.Prices, catalog.Price{
			SKUPriceID: "plan-1/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.RequireFromString(fee),
		})
		return entry
	}
	w.Sync(storetest.Day(1), "", plan("12", "900"))
	w.Sync(storetest.Day(2), "", plan("12", "890"))
	w.want(0, "a fee falls by itself")
	w.Sync(storetest.Day(3), "", plan("11", "880"))
	news := w.want(1, "a unit price fell")[0]
	if news.Statuses != nil || news.Prices == nil || news.Prices.Total != 1 || news.Prices.Top[0].Key != "plan-1" || news.Prices.Top[0].Name != "name of plan-1" {
		t.Errorf("got %+v", news)
	}
}

// TestAnAbsenceThatAnUnchangedRunConfirms is announced when it delists.
func TestAnAbsenceThatAnUnchangedRunConfirms(t *testing.T) {
	t.Parallel()
	w := newRuns(t, everything())
	w.Source.Described.ID.Name = "slow"
	w.Register(timeline.Rule{Snapshots: 2})
	a, b := storetest.Item("a", "1", catalog.PriceList), storetest.Item("b", "1", catalog.PriceList)
	w.Sync(storetest.Day(1), "", a, b)
	w.Sync(storetest.Day(2), "", a)
	w.want(0, "missing is not delisted")
	if result := w.Sync(storetest.Day(3), "", a); result.Outcome != record.Unchanged {
		t.Fatalf("got %s", result.Outcome)
	}
	w.Sync(storetest.Day(4), "", a, b)
	if news := w.want(2, "relisted")[1]; news.Statuses.Relisted != 1 || news.Statuses.Total != 1 {
		t.Errorf("got %+v", news)
	}
	w.Sync(storetest.Day(5), "", a)
	w.Sync(storetest.Day(6), "", a, b)
	w.want(2, "a flap")
	if news := w.stored()[0]; news.Statuses.Delisted != 1 || news.Statuses.Top[0].Key != "b" {
		t.Errorf("got %+v", news)
	}
}
