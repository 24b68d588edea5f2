package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
	"syncer/timeline"
)

// told is a list whose live runs tell rules.
type told struct {
	t      *testing.T
	pool   *pgxpool.Pool
	store  *store.Store
	source *scripted
	list   store.List
	rules  []store.Subscription
}

func newTold(t *testing.T, rules ...store.Subscription) *told {
	t.Helper()
	pool := pgtest.New(t)
	w := &told{t: t, pool: pool, store: store.New(pool), source: newScripted(), rules: rules}
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 1})
	return w
}

func everything() store.Subscription {
	return store.Subscription{Rule: "all", Webhook: "hook", Prices: watch("0"), Statuses: true, Holds: true, Stale: true}
}

func watch(atLeast string) *store.PriceWatch {
	return &store.PriceWatch{AtLeast: decimal.RequireFromString(atLeast), Up: true, Down: true, Kinds: []catalog.PriceKind{catalog.PriceList, catalog.PriceContract}}
}

// item is an entry with one price of a kind.
func item(key, amount string, kind catalog.PriceKind) catalog.Entry {
	status := "sale"
	return catalog.Entry{Key: key, Name: "name of " + key, Status: &status, Prices: []catalog.Price{{
		SKUPriceID: key + "/hour", Kind: kind, Variant: "on-demand", Unit: "Hour", Currency: "KRW",
		TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.RequireFromString(amount),
	}}}
}

func items(all ...catalog.Entry) map[string]catalog.Entry {
	byKey := map[string]catalog.Entry{}
	for _, one := range all {
		byKey[one.Key] = one
	}
	return byKey
}

func (w *told) begin(at time.Time) store.Run {
	w.t.Helper()
	run, err := w.store.BeginAt(w.t.Context(), w.list, record.Sync, at)
	if err != nil {
		w.t.Fatal(err)
	}
	run.Subscriptions = w.rules
	return run
}

// sync is a live run of entries; why holds it.
func (w *told) sync(at time.Time, why string, all ...catalog.Entry) store.Result {
	w.t.Helper()
	result, err := w.store.Update(w.t.Context(), w.begin(at), w.source.snapshot(w.t, items(all...)), func(store.Delta) string { return why })
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

// news are what the outbox holds, in the order it came.
func (w *told) news() []store.News {
	w.t.Helper()
	rows, err := w.pool.Query(w.t.Context(), "SELECT facts FROM notifications WHERE kind <> 'digest' ORDER BY id")
	if err != nil {
		w.t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		w.t.Fatal(err)
	}
	all := make([]store.News, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal(text, &all[i]); err != nil {
			w.t.Fatal(err)
		}
	}
	return all
}

func (w *told) mustTell(want int, why string) []store.News {
	w.t.Helper()
	news := w.news()
	if len(news) != want {
		w.t.Fatalf("%s: %d messages in the outbox, want %d: %+v", why, len(news), want, news)
	}
	return news
}

// TestALiveRunTellsWhatItChanged wants one message with prices, statuses and
// counts, and none of what was there from the start or stays as it was.
func TestALiveRunTellsWhatItChanged(t *testing.T) {
	w := newTold(t, everything())
	a, b, c, d := item("a", "100", catalog.PriceList), item("b", "8", catalog.PriceContract), item("c", "1", catalog.PriceFee), item("d", "5", catalog.PriceList)
	w.sync(day(1), "", a, b, c, d)
	w.mustTell(0, "the first snapshot")
	w.sync(day(2), "", a, b, c, d)
	w.mustTell(0, "an unchanged run")
	off := "off"
	a.Prices[0].ListUnitPrice, b.Prices[0].ListUnitPrice, c.Prices[0].ListUnitPrice = decimal.RequireFromString("120.50"), decimal.RequireFromString("4"), decimal.RequireFromString("0.5")
	a.Status = &off
	w.sync(day(3), "", a, b, c, item("e", "1", catalog.PriceList))
	got := w.mustTell(1, "a run with news")[0]
	want := store.News{
		Kind: store.NewsChanged, List: "test/things", Provider: "test", TakenAt: day(3), RunID: got.RunID, At: got.At,
		Counts: &store.NewsCounts{Entries: 4, Added: 1, Changed: 3, Removed: 1},
		Prices: &store.PriceNews{Total: 2, Up: 1, Down: 1, Top: []store.PriceMove{
			{List: "test/things", Key: "b", Name: "name of b", Kind: "contract", Variant: "on-demand", Unit: "Hour", Currency: "KRW", From: "8", To: "4", Ratio: "0.5", Percent: "-50", ChangedAt: day(3)},
			{List: "test/things", Key: "a", Name: "name of a", Kind: "list", Variant: "on-demand", Unit: "Hour", Currency: "KRW", From: "100", To: "120.5", Ratio: "1.205", Percent: "20.5", ChangedAt: day(3)},
		}},
		Statuses: &store.StatusNews{Total: 2, Delisted: 1, Changed: 1, Top: []store.StatusMove{
			{List: "test/things", Key: "a", Name: "name of a", Event: "changed", Aspect: "status", From: "sale", To: "off", ChangedAt: day(3)},
			{List: "test/things", Key: "d", Name: "name of d", Event: "delisted", Aspect: "status", From: "sale", ChangedAt: day(3)},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" || got.RunID == 0 || got.At.IsZero() {
		t.Errorf("news (-want +got):\n%s", diff)
	}
	w.sync(day(4), "", a, b, c, d, item("e", "1", catalog.PriceList))
	if relisted := w.mustTell(2, "a product comes back")[1]; relisted.Statuses == nil || relisted.Statuses.Relisted != 1 || relisted.Prices != nil {
		t.Errorf("got %+v", relisted)
	}
}

// TestWhatIsNoNews is told to nobody: archives, late snapshots, runs that were
// taken from their process, and those that panicked in the middle.
func TestWhatIsNoNews(t *testing.T) {
	w := newTold(t, everything())
	w.sync(day(1), "", item("a", "1", catalog.PriceList))
	load := w.begin(day(2))
	load.Origin = record.Backfill
	if _, err := w.store.Update(t.Context(), load, w.source.snapshot(t, items(item("a", "2", catalog.PriceList))), pass); err != nil {
		t.Fatal(err)
	}
	w.mustTell(0, "a backfill")
	w.sync(day(10), "", item("a", "2", catalog.PriceList))
	w.sync(day(5), "", item("a", "3", catalog.PriceList))
	w.mustTell(0, "a late snapshot")
	taken := w.begin(day(11))
	if _, err := w.pool.Exec(t.Context(), "UPDATE runs SET outcome = 'abandoned', ended_at = now() WHERE outcome = 'running'"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Update(t.Context(), taken, w.source.snapshot(t, items(item("a", "9", catalog.PriceList))), pass); !errors.Is(err, store.ErrNotOurs) {
		t.Fatalf("got %v", err)
	}
	w.mustTell(0, "a run that others closed")
	read := func(pages []snapshot.Page) (*snapshot.Snapshot, error) { return w.source.reread(pages) }
	if _, err := rebuilt(t.Context(), w.store, w.list, timeline.Rule{Snapshots: 2, For: time.Hour}, read); err != nil {
		t.Fatal(err)
	}
	w.mustTell(0, "a rebuild")
}

// TestHoldsAreToldAsHolds and their prices only once they are accepted, if
// nothing newer came meanwhile.
func TestHoldsAreToldAsHolds(t *testing.T) {
	w := newTold(t, everything())
	accept := func(at time.Time, amount string) {
		t.Helper()
		run, err := w.store.BeginAccept(t.Context(), w.list, at, store.Decision{Actor: "kim", Reason: "checked"})
		if err != nil {
			t.Fatal(err)
		}
		run.Subscriptions = w.rules
		if _, err := w.store.Update(t.Context(), run, w.source.snapshot(t, items(item("a", amount, catalog.PriceList))), pass); err != nil {
			t.Fatal(err)
		}
	}
	w.sync(day(1), "", item("a", "1", catalog.PriceList))
	w.sync(day(2), "too much", item("a", "1000", catalog.PriceList))
	held := w.mustTell(1, "a hold")[0]
	if held.Kind != store.NewsHeld || held.HeldFor != "too much" || held.Prices != nil || held.Statuses != nil || held.Counts.Changed != 1 || !held.TakenAt.Equal(day(2)) {
		t.Errorf("got %+v", held)
	}
	accept(day(2), "1000")
	if news := w.mustTell(2, "the newest hold is accepted")[1]; news.Kind != store.NewsChanged || news.Prices.Top[0].To != "1000" {
		t.Errorf("got %+v", news)
	}
	w.sync(day(3), "too much", item("a", "9", catalog.PriceList))
	w.sync(day(4), "", item("a", "1000", catalog.PriceList))
	accept(day(3), "9")
	w.mustTell(3, "an older hold is accepted")
	w.source.salt++
	load, err := w.store.BeginAt(t.Context(), w.list, record.Backfill, day(5))
	if err != nil {
		t.Fatal(err)
	}
	load.Subscriptions = w.rules
	if _, err := w.store.Update(t.Context(), load, w.source.snapshot(t, items(item("a", "5", catalog.PriceList))), func(store.Delta) string { return "archive" }); err != nil {
		t.Fatal(err)
	}
	accept(day(5), "5")
	w.mustTell(3, "a hold of an archive, and its acceptance")
}

// TestContractsTellTheirUnitPrices and not their fees, nor what is no product's
// status.
func TestContractsTellTheirUnitPrices(t *testing.T) {
	w := newTold(t, everything())
	contracts := w.source.list
	contracts.Kind, contracts.ID.Name = catalog.Contracts, "plans"
	w.source.list = contracts
	w.list = ensure(t, w.store, contracts, timeline.Rule{Snapshots: 1})
	plan := func(price, fee string) catalog.Entry {
		one := contracted(item("plan-1", price, catalog.PriceContract))
		one.Prices = append(one.Prices, catalog.Price{
			SKUPriceID: "plan-1/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.RequireFromString(fee),
		})
		return one
	}
	w.sync(day(1), "", plan("12", "900"))
	w.sync(day(2), "", plan("12", "890"))
	w.mustTell(0, "a fee falls by itself")
	w.sync(day(3), "", plan("11", "880"))
	news := w.mustTell(1, "a unit price fell")[0]
	if news.Statuses != nil || news.Prices == nil || news.Prices.Total != 1 || news.Prices.Top[0].Key != "plan-1" || news.Prices.Top[0].Name != "name of plan-1" {
		t.Errorf("got %+v", news)
	}
}

// TestAnAbsenceThatIsConfirmedByAnUnchangedRunIsTold when it delists.
func TestAnAbsenceThatIsConfirmedByAnUnchangedRunIsTold(t *testing.T) {
	w := newTold(t, everything())
	list, err := w.store.EnsureList(t.Context(), func() catalog.List { l := w.source.list; l.ID.Name = "slow"; return l }(), store.ListSettings{Rule: timeline.Rule{Snapshots: 2}})
	if err != nil {
		t.Fatal(err)
	}
	w.list = list
	a, b := item("a", "1", catalog.PriceList), item("b", "1", catalog.PriceList)
	w.sync(day(1), "", a, b)
	w.sync(day(2), "", a)
	w.mustTell(0, "missing is not delisted")
	if result := w.sync(day(3), "", a); result.Outcome != record.Unchanged {
		t.Fatalf("got %s", result.Outcome)
	}
	w.sync(day(4), "", a, b)
	if news := w.mustTell(2, "relisted")[1]; news.Statuses.Relisted != 1 || news.Statuses.Total != 1 {
		t.Errorf("got %+v", news)
	}
	w.sync(day(5), "", a)
	w.sync(day(6), "", a, b)
	w.mustTell(2, "a flap")
	if news := w.news()[0]; news.Statuses.Delisted != 1 || news.Statuses.Top[0].Key != "b" {
		t.Errorf("got %+v", news)
	}
}
