package proof_test

import (
	"strings"
	"testing"

	"syncer/store/proof"
)

// malformed are cells that no program of ours would write.
func malformed() map[string]string {
	return map[string]string{
		"product_versions, zones":       `UPDATE product_versions SET zone_statuses = '{"z": 1}' WHERE valid_from = '2026-01-03Z'`,
		"product_versions, no zones":    `UPDATE product_versions SET zone_statuses = 'null' WHERE valid_from = '2026-01-03Z'`,
		"product_versions, attributes":  `UPDATE product_versions SET attributes = '[]' WHERE valid_from = '2026-01-03Z'`,
		"snapshots, settings":           `UPDATE snapshots SET settings = '[1]' WHERE taken_at = '2026-01-03Z'`,
		"snapshots, settings of a hold": `UPDATE snapshots SET settings = '[1]' WHERE taken_at = '2026-01-06Z'`,
		"snapshots, digest":             `UPDATE snapshots SET digest = '\x00' WHERE taken_at = '2026-01-03Z'`,
		"snapshots, digest of pages":    `UPDATE snapshots SET pages_digest = '\x00' WHERE taken_at = '2026-01-03Z'`,
	}
}

// TestVerifyNamesWhatItCannotRead wants an unreadable cell to be reported with its
// table and moment, and to hide nothing else.
func TestVerifyNamesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, sql := range malformed() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clone(t, decided)
			w.Exec(sql)
			table, _, _ := strings.Cut(name, ",")
			w.mustContradict(table)
			w.Exec("UPDATE price_history SET list_unit_price = 7 WHERE valid_from = '2026-01-05Z'")
			found := w.contradictions()
			if !strings.Contains(strings.Join(momentsOf(found), " "), "2026-01-05") {
				t.Errorf("an altered price is hidden: %v", found)
			}
		})
	}
}

func momentsOf(found []proof.Contradiction) []string {
	all := make([]string, len(found))
	for i, contradiction := range found {
		all[i] = contradiction.At.Format("2006-01-02")
	}
	return all
}

// TestRebuildMendsWhatItCannotRead wants rows that cannot be read to be
// superseded like others that are not true.
func TestRebuildMendsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, sql := range malformed() {
		if strings.Contains(name, "settings") || strings.Contains(name, "pages") {
			continue // no page says what they were
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clone(t, decided)
			w.Exec(sql)
			w.repaired()
		})
	}
}
