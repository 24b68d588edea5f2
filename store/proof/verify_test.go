package proof_test

import (
	"slices"
	"strings"
	"testing"

	"syncer/store/proof"
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
	t.Parallel()
	for name, sql := range tamperingWithThePast() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lists := late.Clone(t)
			w, contracts := world{lists[0]}, world{lists[1]}
			w.mustHold()
			contracts.mustHold()
			tag, err := w.Pool.Exec(t.Context(), sql)
			if err != nil || tag.RowsAffected() < 1 {
				t.Fatalf("tamper: %s, %v", tag, err)
			}
			found := append(w.contradictions(), contracts.contradictions()...)
			table, _, _ := strings.Cut(name, ",")
			if !slices.ContainsFunc(found, func(c proof.Contradiction) bool { return c.Table == table || byDigest(table, c.Table) }) {
				t.Errorf("found %v, want one of %s", found, table)
			}
		})
	}
}

// byDigest: the digest of a version covers its prices.
func byDigest(table, found string) bool {
	return table == "price_history" && found == "product_versions"
}
