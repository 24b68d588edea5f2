package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/proof"
	"syncer/timeline"
)

// tamperingWithThePast is one row changed by other hands that bi does not show
// any more, or who wrote or replaced a row.
func tamperingWithThePast() map[string]string {
	past := func(table, set string) string {
		return "UPDATE " + table + " SET " + set + " WHERE ctid = (SELECT ctid FROM " + table + " WHERE superseded_by IS NOT NULL LIMIT 1)"
	}
	now := func(table, set string) string {
		return "UPDATE " + table + " SET " + set + " WHERE ctid = (SELECT ctid FROM " + table + " WHERE superseded_by IS NULL LIMIT 1)"
	}
	const other = "(SELECT min(id) FROM runs WHERE id NOT IN (recorded_by, coalesce(superseded_by, 0)))"
	return map[string]string{
		"product_versions, name":            past("product_versions", "name = name || '!'"),
		"product_versions, digest":          past("product_versions", `digest = '\x00112233445566778899aabbccddeeff'`),
		"product_versions, page":            now("product_versions", "page_number = page_number + 1"),
		"product_versions, end":             past("product_versions", "valid_to = '2126-01-01'"),
		"product_versions, who wrote":       past("product_versions", "recorded_by = "+other),
		"product_versions, who wrote now":   now("product_versions", "recorded_by = "+other),
		"product_versions, who replaced":    past("product_versions", "superseded_by = "+other),
		"product_versions, gone":            "DELETE FROM product_versions WHERE superseded_by IS NOT NULL",
		"price_history, amount":             past("price_history", "list_unit_price = list_unit_price + 1"),
		"price_history, end":                past("price_history", "valid_to = '2126-01-01'"),
		"price_history, who wrote":          past("price_history", "recorded_by = "+other),
		"price_history, who replaced":       past("price_history", "superseded_by = "+other),
		"price_history, gone":               "DELETE FROM price_history WHERE superseded_by IS NOT NULL",
		"absences, end":                     past("absences", "absent_to = '2126-01-01'"),
		"absences, who replaced":            past("absences", "superseded_by = "+other),
		"absences, gone":                    "DELETE FROM absences WHERE superseded_by IS NOT NULL",
		"product_status_changes, moment":    past("product_status_changes", "changed_at = changed_at + interval '1 hour'"),
		"product_status_changes, word":      past("product_status_changes", "to_status = 'x'"),
		"product_status_changes, who wrote": now("product_status_changes", "recorded_by = "+other),
		"product_status_changes, gone":      "DELETE FROM product_status_changes WHERE superseded_by IS NOT NULL",
		"snapshots, when recorded":          "UPDATE snapshots SET recorded_at = recorded_at - interval '1 day' WHERE ctid = (SELECT ctid FROM snapshots LIMIT 1)",
		"snapshots, when its run was":       "UPDATE runs SET recorded_at = recorded_at - interval '1 day' WHERE id = (SELECT min(recorded_by) FROM snapshots)",
		"snapshots, pages digest":           `UPDATE snapshots SET pages_digest = '\x00112233445566778899aabbccddeeff' WHERE ctid = (SELECT ctid FROM snapshots LIMIT 1)`,
		"contract_usage, quantity":          "UPDATE contract_usage SET quantity = quantity + 1 WHERE ctid = (SELECT ctid FROM contract_usage LIMIT 1)",
		"contract_usage, gone":              "DELETE FROM contract_usage WHERE ctid = (SELECT ctid FROM contract_usage LIMIT 1)",
		"contract_usage, moment":            "UPDATE contract_usage SET taken_at = taken_at + interval '1 hour' WHERE ctid = (SELECT ctid FROM contract_usage LIMIT 1)",
		"contract_usage, who wrote":         "UPDATE contract_usage SET recorded_by = recorded_by + 1 WHERE ctid = (SELECT ctid FROM contract_usage LIMIT 1)",
		"product_versions, a row too many": `INSERT INTO product_versions (list_id, product_id, name, attributes, zone_statuses, digest, valid_from, valid_to, recorded_by, superseded_by)
			SELECT list_id, product_id, name, attributes, zone_statuses, digest, valid_from - interval '1 hour', valid_from, recorded_by, recorded_by FROM product_versions LIMIT 1`,
	}
}

// TestVerifyFindsChangesOfThePast plants one change at a time among the rows
// that a late snapshot superseded: what was once answered stays provable.
func TestVerifyFindsChangesOfThePast(t *testing.T) {
	for name, sql := range tamperingWithThePast() {
		t.Run(name, func(t *testing.T) {
			pool := pgtest.New(t)
			w, contracts := writtenLate(t, pool), contractsUsed(t, pool)
			w.mustHold(t)
			contracts.mustHold(t)
			tag, err := pool.Exec(t.Context(), sql)
			if err != nil || tag.RowsAffected() < 1 {
				t.Fatalf("tamper: %s, %v", tag, err)
			}
			found := append(w.contradictions(t), contracts.contradictions(t)...)
			table, _, _ := strings.Cut(name, ",")
			if !slices.ContainsFunc(found, func(one proof.Contradiction) bool { return one.Table == table || byDigest(table, one.Table) }) {
				t.Errorf("found %v, want one of %s", found, table)
			}
		})
	}
}

// byDigest: the digest of a version covers its prices.
func byDigest(table, found string) bool {
	return table == "price_history" && found == "product_versions"
}

func (w *written) mustHold(t *testing.T) {
	t.Helper()
	if found := w.contradictions(t); len(found) > 0 {
		t.Fatalf("before any change: %v", found)
	}
}

func (w *written) contradictions(t *testing.T) []proof.Contradiction {
	t.Helper()
	report, err := w.store.Verify(t.Context(), w.list, w.source.reread)
	if err != nil {
		t.Fatal(err)
	}
	return report.Contradictions
}

// writtenLate is a small world whose third snapshot comes last: it supersedes
// rows of every table.
func writtenLate(t *testing.T, pool *pgxpool.Pool) *written {
	t.Helper()
	w := &written{pool: pool, store: store.New(pool), source: newScripted()}
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 2})
	entry := func(key, status, amount string) catalog.Entry {
		return catalog.Entry{Key: key, Name: key, Status: &status, Attributes: catalog.Attributes(`{}`), Prices: []catalog.Price{{
			SKUPriceID: key, Kind: catalog.PriceList, Currency: "KRW", TaxBasis: catalog.TaxExcluded, ListUnitPrice: decimal.RequireFromString(amount),
		}}}
	}
	days := map[int]map[string]catalog.Entry{
		1: {"a": entry("a", "sale", "1"), "b": entry("b", "sale", "5")},
		2: {"a": entry("a", "sale", "1"), "b": entry("b", "sale", "5")},
		3: {"a": entry("a", "stop", "2"), "b": entry("b", "sale", "5")},
		4: {"a": entry("a", "sale", "1")},
		5: {"a": entry("a", "few", "1")},
		6: {"a": entry("a", "sold out", "3"), "b": entry("b", "sale", "5")},
	}
	for _, d := range []int{1, 4, 6, 5, 2, 3} {
		put(t, w.store, w.list, w.source.snapshot(t, days[d]), day(d))
	}
	return w
}

func contractsUsed(t *testing.T, pool *pgxpool.Pool) *written {
	t.Helper()
	w := &written{pool: pool, store: store.New(pool), source: newScripted()}
	w.source.list.Kind, w.source.list.ID.Name = catalog.Contracts, "contracts"
	w.list = ensure(t, w.store, w.source.list, timeline.Rule{Snapshots: 2})
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 {
		entry := contracted(catalog.Entry{Key: "c", Name: "c", Attributes: catalog.Attributes(`{}`)})
		entry.Usage = []catalog.Usage{{Name: "used_time", Resource: "vm", From: begin, To: begin.AddDate(0, 1, 0), Quantity: decimal.NewFromInt(int64(i)), Unit: "hour"}}
		put(t, w.store, w.list, w.source.snapshot(t, map[string]catalog.Entry{"c": entry}), day(i+1))
	}
	return w
}
