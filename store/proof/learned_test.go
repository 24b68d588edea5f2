package proof_test

import (
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
)

// learnsAPrice has a newer decoder read a fee that it used to overlook.
func (w world) learnsAPrice(amount func(entry catalog.Entry) int64) {
	w.Alter(func(entry catalog.Entry) catalog.Entry {
		fee := catalog.Price{SKUPriceID: entry.Key + "/setup", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.NewFromInt(amount(entry))}
		entry.Prices = append([]catalog.Price{fee}, entry.Prices...)
		return entry
	})
}

func sameFee(catalog.Entry) int64 { return 7 }

// changes are what bi says of the fee, by day.
func (w world) changes() []string {
	w.T.Helper()
	return w.Lines(`SELECT to_char(changed_at, 'DD') || ' ' || change_kind || ' ' || trim_scale(coalesce(to_list_unit_price, from_list_unit_price))::text
		FROM bi.price_changes WHERE sku_price_id = 'a/setup' ORDER BY changed_at`)
}

// TestALearnedFieldKnowsNoHole wants a price that a newer decoder reads in every
// page to begin once, whatever pages are missing between those that show it.
func TestALearnedFieldKnowsNoHole(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(t testing.TB, pool *pgxpool.Pool) world{
		"kept at boundaries": func(t testing.TB, pool *pgxpool.Pool) world {
			w := writeAudited(t, pool)
			w.Put(storetest.Day(6), priced("a", "130"))
			w.Put(storetest.Day(7), priced("a", "140"))
			w.GiveUp(store.Keep{Boundaries: true})
			return w
		},
		"spared, as the snapshot before": func(t testing.TB, pool *pgxpool.Pool) world {
			w := list(t, pool, "things", catalog.Products, 1)
			w.Put(storetest.Day(1), priced("a", "100"))
			w.spares(storetest.Day(2), "100")
			w.Put(storetest.Day(3), priced("a", "120"))
			return w
		},
		"spared, as no other": func(t testing.TB, pool *pgxpool.Pool) world {
			w := list(t, pool, "things", catalog.Products, 1)
			w.Put(storetest.Day(1), priced("a", "100"))
			w.spares(storetest.Day(2), "110")
			w.spares(storetest.Day(3), "115")
			w.Put(storetest.Day(4), priced("a", "120"))
			return w
		},
		"spared, the newest": func(t testing.TB, pool *pgxpool.Pool) world {
			w := list(t, pool, "things", catalog.Products, 1)
			w.Put(storetest.Day(1), priced("a", "100"))
			w.spares(storetest.Day(2), "110")
			return w
		},
		"spared, as the snapshot after": func(t testing.TB, pool *pgxpool.Pool) world {
			w := list(t, pool, "things", catalog.Products, 1)
			w.Put(storetest.Day(1), priced("a", "100"))
			w.spares(storetest.Day(2), "120")
			w.Put(storetest.Day(3), priced("a", "120"))
			return w
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := write(t, pgtest.New(t))
			w.learnsAPrice(sameFee)
			w.Rebuild(w.List.Rule)
			if diff := gocmp.Diff([]string{"01 new 7"}, w.changes()); diff != "" {
				t.Errorf("changes of the fee (-want +got):\n%s", diff)
			}
			w.mustHold()
			if again := w.Rebuild(w.List.Rule); again.Entries != 0 {
				t.Errorf("a second rebuild changed %+v", again)
			}
		})
	}
}

// TestAHoleGoesOnWithWhatWasBefore wants a hole between pages that show another
// value of a learned field to go on with that of the pages before it.
func TestAHoleGoesOnWithWhatWasBefore(t *testing.T) {
	t.Parallel()
	w := list(t, pgtest.New(t), "things", catalog.Products, 1)
	for day := 1; day <= 4; day++ {
		w.Put(storetest.Day(day), priced("a", "100"))
	}
	w.Exec("DELETE FROM snapshot_pages WHERE taken_at IN ($1, $2)", storetest.Day(2), storetest.Day(3))
	w.Exec("UPDATE snapshots SET given_up_at = now(), given_up_for = 'test' WHERE taken_at IN ($1, $2)", storetest.Day(2), storetest.Day(3))
	read := int64(0)
	w.learnsAPrice(func(catalog.Entry) int64 { read++; return read })
	w.Rebuild(w.List.Rule)
	if diff := gocmp.Diff([]string{"01 new 1", "04 raised 4"}, w.changes()); diff != "" {
		t.Errorf("changes of the fee (-want +got):\n%s", diff)
	}
	w.mustHold()
}

// TestAHoleIsReadFieldByField wants content that no page shows to take what
// today's decoder reads of each field that is as it was in the pages before, and
// to keep the others.
func TestAHoleIsReadFieldByField(t *testing.T) {
	t.Parallel()
	w := list(t, pgtest.New(t), "things", catalog.Products, 1)
	entry := func(name, attributes, amount string) catalog.Entry {
		entry := priced("a", amount)
		entry.Name, entry.Attributes = name, catalog.Attributes(attributes)
		return entry
	}
	w.Put(storetest.Day(1), entry("first", `{"gone":1,"kept":1,"moved":1}`, "100"))
	run := w.Begin(record.Sync, storetest.Day(2))
	run.SparePages = true
	if _, err := w.Store.Update(t.Context(), run, w.Source.Snapshot(t, entry("second", `{"gone":1,"kept":1,"moved":2}`, "100")), storetest.Pass); err != nil {
		t.Fatal(err)
	}
	w.Put(storetest.Day(3), entry("third", `{"gone":1,"kept":1,"moved":3}`, "100"))
	w.Alter(func(entry catalog.Entry) catalog.Entry {
		entry.RegionID = new("kr-1")
		entry.Name += "!"
		text := strings.Replace(string(entry.Attributes), `"gone":1,`, "", 1)
		entry.Attributes = catalog.Attributes(strings.Replace(text, "}", `,"read":true}`, 1))
		entry.Prices = slices.Clone(entry.Prices)
		entry.Prices[0].EffectiveFrom = new(storetest.Day(1))
		return entry
	})
	w.Rebuild(w.List.Rule)
	got := w.Lines(`SELECT to_char(valid_from, 'DD') || ' ' || name || ' ' || region_id || ' ' || attributes::text FROM product_versions WHERE superseded_by IS NULL ORDER BY valid_from`)
	want := []string{
		`01 first! kr-1 {"kept": 1, "read": true, "moved": 1}`, `02 second kr-1 {"kept": 1, "read": true, "moved": 2}`,
		`03 third! kr-1 {"kept": 1, "read": true, "moved": 3}`,
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if prices := w.Lines("SELECT valid_from::text FROM price_history WHERE superseded_by IS NULL"); len(prices) != 1 {
		t.Errorf("the price has versions from %v, want one", prices)
	}
	w.mustHold()
	if again := w.Rebuild(w.List.Rule); again.Entries != 0 {
		t.Errorf("a second rebuild changed %+v", again)
	}
}
