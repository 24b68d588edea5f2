package proof_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/storetest"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// drawn is a random world whose history is put to the proof.
type drawn struct{ *storetest.Drawn }

func earliest(world timelinetest.World) time.Time {
	first := world.Snapshots[0].At
	for _, snapshot := range world.Snapshots {
		if snapshot.At.Before(first) {
			first = snapshot.At
		}
	}
	return first
}

func (w drawn) rebuild(rt *rapid.T, rule timeline.Rule) proof.Rebuilt {
	preview, err := w.Store.PreviewRebuild(context.Background(), w.List, rule, w.Source.Reread)
	if err != nil {
		rt.Fatal(err)
	}
	report := w.Rebuild(rule)
	if diff := gocmp.Diff(preview, report); diff != "" {
		rt.Fatalf("preview and rebuild differ (-preview +rebuild):\n%s", diff)
	}
	return report
}

// proven wants history to be what its evidence says, from the first snapshot on.
func (w drawn) proven(rt *rapid.T) {
	report := w.MustVerify(rt, "verify")
	if first := earliest(w.World); report.ProvenSince == nil || !report.ProvenSince.Equal(first) {
		rt.Fatalf("proven since %v, want %v", report.ProvenSince, first)
	}
}

// TestVerifyAndRebuildAgreeWithTheReference wants whatever road history came
// to be proven by its evidence, a rebuild to find nothing to do, and a rebuild
// by another rule or another decoder to be what the reference says.
func TestVerifyAndRebuildAgreeWithTheReference(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s, lists := store.New(pool), 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		w := drawn{storetest.Draw(rt, t, s, pool, fmt.Sprintf("world-%d", lists))}
		w.proven(rt)
		if report := w.rebuild(rt, w.List.Rule); report.Entries != 0 || report.Superseded.Sum()+report.Inserted.Sum() != 0 {
			rt.Fatalf("a rebuild of what is true changed %+v", report)
		}
		rule := timeline.Rule{Snapshots: rapid.IntRange(1, 3).Draw(rt, "snapshots"), For: time.Duration(rapid.IntRange(0, 3).Draw(rt, "days")) * 24 * time.Hour}
		w.World.ConfirmSnapshots, w.World.ConfirmFor, w.List.Rule = rule.Snapshots, rule.For, rule
		w.rebuild(rt, rule)
		w.MustMatch(rt, "after a rebuild by another rule")
		w.decodeAnew(rt)
		w.rebuild(rt, rule)
		w.MustMatch(rt, "after a rebuild by another decoder")
		w.proven(rt)
	})
}

// decodeAnew gives the script another decoder: it reads another name, an
// attribute, and prices that it used to overlook.
func (w drawn) decodeAnew(rt *rapid.T) {
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
	w.Alter(change)
	for _, snapshot := range w.World.Snapshots {
		for key, entry := range maps.Clone(snapshot.Entries) {
			snapshot.Entries[key] = change(entry)
		}
	}
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
// reported with its table, and a rebuild to undo what can be undone.
func TestVerifyFindsAnyRowChangedByHand(t *testing.T) {
	t.Parallel()
	for name, sql := range tampering() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clone(t, vanished)
			tag, err := w.Pool.Exec(t.Context(), sql)
			if err != nil || tag.RowsAffected() != 1 {
				t.Fatalf("tamper: %s, %v", tag, err)
			}
			if len(w.contradictions()) == 0 {
				t.Fatal("nothing was found")
			}
			table, _, _ := strings.Cut(name, ",")
			if repairable := !strings.HasPrefix(table, "pages") && !strings.HasSuffix(name, "by hand"); repairable {
				w.repaired()
			}
		})
	}
}
