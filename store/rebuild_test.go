package store_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/proof"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// reread reads stored pages with the script's decoder.
func (s *scripted) reread(pages []snapshot.Page) (*snapshot.Snapshot, error) {
	return snapshot.New(s).Restore(pages)
}

// rebuilt begins a rebuild and does it.
func rebuilt(ctx context.Context, s *store.Store, list store.List, rule timeline.Rule, read proof.Read) (proof.Rebuilt, error) {
	run, err := s.BeginRebuild(ctx, list, store.Decision{Actor: "kim", Reason: "try"})
	if err != nil {
		return proof.Rebuilt{}, err
	}
	return s.Rebuild(ctx, run, rule, read)
}

// written is a random world in a list of its own, in a random order.
type written struct {
	pool   *pgxpool.Pool
	store  *store.Store
	source *scripted
	list   store.List
	world  timelinetest.World
}

func drawWritten(rt *rapid.T, t *testing.T, pool *pgxpool.Pool, name string) *written {
	w := &written{pool: pool, store: store.New(pool), source: newScripted()}
	w.source.list.ID.Name = name
	w.source.list.Kind = rapid.SampledFrom([]catalog.EntryKind{catalog.Products, catalog.Contracts}).Draw(rt, "kind")
	worlds := map[catalog.EntryKind]*rapid.Generator[timelinetest.World]{catalog.Products: timelinetest.Worlds(), catalog.Contracts: timelinetest.ContractWorlds()}
	w.world = worlds[w.source.list.Kind].Draw(rt, "world")
	order := timelinetest.Orders(len(w.world.Snapshots)).Draw(rt, "order")
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: w.world.ConfirmSnapshots, For: w.world.ConfirmFor})
	for _, i := range order {
		put(t, w.store, w.list, w.source.snapshot(t, w.world.Snapshots[i].Entries), w.world.Snapshots[i].At)
	}
	return w
}

func (w *written) mustMatch(rt *rapid.T, t *testing.T, why string) {
	want, got := timelinetest.Reference(w.world), tables(t, w.pool, w.source.list)
	if w.source.list.Kind == catalog.Contracts {
		want.Events = nil
	}
	sorted(&want)
	sorted(&got)
	if diff := gocmp.Diff(want, got); diff != "" {
		rt.Fatalf("%s (-want +got):\n%s", why, diff)
	}
}

func (w *written) mustVerify(rt *rapid.T) {
	report, err := w.store.Verify(context.Background(), w.list, w.source.reread)
	if err != nil || len(report.Contradictions) > 0 {
		rt.Fatalf("verify: %v, %v", report.Contradictions, err)
	}
	if first := earliest(w.world); report.ProvenSince == nil || !report.ProvenSince.Equal(first) {
		rt.Fatalf("proven since %v, want %v", report.ProvenSince, first)
	}
}

func earliest(world timelinetest.World) time.Time {
	first := world.Snapshots[0].At
	for _, snapshot := range world.Snapshots {
		if snapshot.At.Before(first) {
			first = snapshot.At
		}
	}
	return first
}

func (w *written) rebuild(rt *rapid.T, rule timeline.Rule) proof.Rebuilt {
	preview, err := w.store.PreviewRebuild(context.Background(), w.list, rule, w.source.reread)
	if err != nil {
		rt.Fatal(err)
	}
	report, err := rebuilt(context.Background(), w.store, w.list, rule, w.source.reread)
	if err != nil {
		rt.Fatal(err)
	}
	if diff := gocmp.Diff(preview, report); diff != "" {
		rt.Fatalf("preview and rebuild differ (-preview +rebuild):\n%s", diff)
	}
	return report
}

// TestVerifyAndRebuildAgreeWithTheReference wants whatever road history came
// to be proven by its evidence, a rebuild to find nothing to do, and a rebuild
// by another rule or another decoder to be what the reference says.
func TestVerifyAndRebuildAgreeWithTheReference(t *testing.T) {
	pool := pgtest.New(t)
	lists := 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		w := drawWritten(rt, t, pool, fmt.Sprintf("world-%d", lists))
		w.mustVerify(rt)
		if report := w.rebuild(rt, w.list.Rule); report.Entries != 0 || report.Superseded.Sum()+report.Inserted.Sum() != 0 {
			rt.Fatalf("a rebuild of what is true changed %+v", report)
		}
		rule := timeline.Rule{Snapshots: rapid.IntRange(1, 3).Draw(rt, "snapshots"), For: time.Duration(rapid.IntRange(0, 3).Draw(rt, "days")) * 24 * time.Hour}
		w.world.ConfirmSnapshots, w.world.ConfirmFor, w.list.Rule = rule.Snapshots, rule.For, rule
		w.rebuild(rt, rule)
		w.mustMatch(rt, t, "after a rebuild by another rule")
		w.decodeAnew(rt)
		w.rebuild(rt, rule)
		w.mustMatch(rt, t, "after a rebuild by another decoder")
		w.mustVerify(rt)
	})
}

// decodeAnew gives the script another decoder: it reads another name, an
// attribute, and prices that it used to overlook.
func (w *written) decodeAnew(rt *rapid.T) {
	amount := decimal.NewFromInt(rapid.Int64Range(1, 2).Draw(rt, "amount"))
	change := func(entry catalog.Entry) catalog.Entry {
		if entry.Name == "large" {
			entry.Name = "small"
		}
		entry.Attributes = catalog.Attributes(`{"read":true}`)
		price := catalog.Price{SKUPriceID: entry.Key + "/new", Kind: catalog.PriceList, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: amount}
		entry.Prices = append([]catalog.Price{price}, entry.Prices...)
		return entry
	}
	for id, entries := range w.source.entries {
		anew := make([]catalog.Entry, len(entries))
		for i, entry := range entries {
			anew[i] = change(entry)
		}
		w.source.entries[id] = anew
	}
	for _, snapshot := range w.world.Snapshots {
		for key, entry := range maps.Clone(snapshot.Entries) {
			snapshot.Entries[key] = change(entry)
		}
	}
	w.source.list.DecoderVersion++
	w.list.DecoderVersion++
}

// tampering is one row changed by other hands, which no constraint refuses.
func tampering() map[string]string {
	return map[string]string{
		"product_versions, name":        "UPDATE product_versions SET name = name || '!' WHERE ctid = (SELECT ctid FROM product_versions WHERE superseded_by IS NULL LIMIT 1)",
		"product_versions, attributes":  `UPDATE product_versions SET attributes = '{"x": 1}' WHERE ctid = (SELECT ctid FROM product_versions WHERE superseded_by IS NULL LIMIT 1)`,
		"product_versions, zone":        `UPDATE product_versions SET zone_statuses = '{"x": "y"}' WHERE ctid = (SELECT ctid FROM product_versions WHERE superseded_by IS NULL LIMIT 1)`,
		"product_versions, moment":      "UPDATE product_versions SET valid_from = valid_from - interval '1 hour' WHERE ctid = (SELECT ctid FROM product_versions WHERE superseded_by IS NULL ORDER BY valid_from LIMIT 1)",
		"product_versions, gone":        "DELETE FROM product_versions WHERE ctid = (SELECT ctid FROM product_versions WHERE superseded_by IS NULL LIMIT 1)",
		"price_history, amount":         "UPDATE price_history SET list_unit_price = list_unit_price + 0.0000000001 WHERE ctid = (SELECT ctid FROM price_history WHERE superseded_by IS NULL LIMIT 1)",
		"price_history, tax":            "UPDATE price_history SET tax_basis = 'included' WHERE ctid = (SELECT ctid FROM price_history WHERE superseded_by IS NULL LIMIT 1)",
		"price_history, end":            "UPDATE price_history SET valid_to = '2126-01-01' WHERE ctid = (SELECT ctid FROM price_history WHERE superseded_by IS NULL AND valid_to IS NULL LIMIT 1)",
		"price_history, gone":           "DELETE FROM price_history WHERE ctid = (SELECT ctid FROM price_history WHERE superseded_by IS NULL LIMIT 1)",
		"prices, currency":              "UPDATE prices SET pricing_currency = 'XXX' WHERE ctid = (SELECT ctid FROM prices LIMIT 1)",
		"products, key":                 "UPDATE products SET key = key || '!' WHERE ctid = (SELECT ctid FROM products LIMIT 1)",
		"product_status_changes, event": "UPDATE product_status_changes SET to_status = 'x' WHERE ctid = (SELECT ctid FROM product_status_changes WHERE superseded_by IS NULL AND event = 'appeared' LIMIT 1)",
		"product_status_changes, gone":  "DELETE FROM product_status_changes WHERE ctid = (SELECT ctid FROM product_status_changes WHERE superseded_by IS NULL LIMIT 1)",
		"absences, moment":              "UPDATE absences SET absent_from = absent_from + interval '1 second' WHERE ctid = (SELECT ctid FROM absences WHERE superseded_by IS NULL LIMIT 1)",
		"absences, gone":                "DELETE FROM absences WHERE ctid = (SELECT ctid FROM absences WHERE superseded_by IS NULL LIMIT 1)",
		"snapshots, entries":            "UPDATE snapshots SET entries = entries + 1 WHERE ctid = (SELECT ctid FROM snapshots LIMIT 1)",
		"snapshots, held by hand":       "UPDATE snapshots SET status = 'held', held_for = 'x' WHERE ctid = (SELECT ctid FROM snapshots ORDER BY taken_at DESC LIMIT 1)",
		"pages, body":                   "UPDATE pages SET body = body || 'x' WHERE ctid = (SELECT ctid FROM pages LIMIT 1)",
	}
}

// TestVerifyFindsAnyRowChangedByHand plants one change at a time, wants it
// told with its table, and a rebuild to undo what can be undone.
func TestVerifyFindsAnyRowChangedByHand(t *testing.T) {
	for name, sql := range tampering() {
		t.Run(name, func(t *testing.T) {
			pool := pgtest.New(t)
			w := writtenByHand(t, pool)
			tag, err := pool.Exec(t.Context(), sql)
			if err != nil || tag.RowsAffected() != 1 {
				t.Fatalf("tamper: %s, %v", tag, err)
			}
			report, err := w.store.Verify(t.Context(), w.list, w.source.reread)
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Contradictions) == 0 {
				t.Fatal("nothing was found")
			}
			table, _, _ := strings.Cut(name, ",")
			if repairable := !strings.HasPrefix(table, "pages") && !strings.HasSuffix(name, "by hand"); repairable {
				w.repaired(t)
			}
		})
	}
}

func (w *written) repaired(t *testing.T) {
	t.Helper()
	if _, err := rebuilt(t.Context(), w.store, w.list, w.list.Rule, w.source.reread); err != nil {
		t.Fatal(err)
	}
	report, err := w.store.Verify(t.Context(), w.list, w.source.reread)
	if err != nil || len(report.Contradictions) > 0 {
		t.Errorf("after a rebuild: %v, %v", report.Contradictions, err)
	}
}

// writtenByHand is a small world with a change, an absence that is running and
// a price that ends.
func writtenByHand(t *testing.T, pool *pgxpool.Pool) *written {
	t.Helper()
	w := &written{pool: pool, store: store.New(pool), source: newScripted()}
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 2})
	sale := "sale"
	entry := func(key, amount string) catalog.Entry {
		e := catalog.Entry{Key: key, Name: key, Status: &sale, Attributes: catalog.Attributes(`{}`)}
		if amount != "" {
			e.Prices = []catalog.Price{{SKUPriceID: key, Kind: catalog.PriceList, Currency: "KRW", TaxBasis: catalog.TaxExcluded, ListUnitPrice: decimal.RequireFromString(amount)}}
		}
		return e
	}
	for i, entries := range []map[string]catalog.Entry{
		{"a": entry("a", "1"), "b": entry("b", "5")},
		{"a": entry("a", "2"), "b": entry("b", "5")},
		{"a": entry("a", "")},
	} {
		put(t, w.store, w.list, w.source.snapshot(t, entries), day(i+1))
	}
	return w
}
