package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnePriceTimesTenThousandIsDoubted until it is confirmed, and stands from its
// first sight on then; what was believed so is taken out by retract. The other 99 are
// read as ever.
func TestOnePriceTimesTenThousandIsDoubted(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	list, dir := b.list(), t.TempDir()
	day := func(day int, amount string) {
		var text strings.Builder
		text.WriteString(entry("k0", amount))
		for n := 1; n < 100; n++ {
			amount := 100
			if n == 1 { // which moves each time
				amount += day
			}
			text.WriteString(entry(fmt.Sprintf("k%d", n), fmt.Sprint(amount)))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("2026-01-%02dT00:00:00Z.jsonl", day)), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	costs := func(key, want string) {
		t.Helper()
		got := b.text(t, `SELECT concat_ws(' ', list_unit_price_text, to_char(valid_from, 'DD'), to_char(valid_to, 'DD')) FROM bi.price_history
			WHERE source || '/' || list = $1 AND product_key = $2 ORDER BY valid_from`, list, key)
		if got = strings.ReplaceAll(got, "\n", ", "); got != want {
			t.Errorf("%s costs %s, want %s", key, got, want)
		}
	}
	day(5, "100")
	day(6, "1000000")
	b.must(t, "2 snapshots: 2 changed, 0 unchanged, 0 held", "backfill", list, dir)
	costs("k0", "100 05")
	costs("k1", "105 05 06, 106 06")
	if got := b.text(t, "SELECT concat_ws(' ', product_key, status, shown_list_unit_price_text) FROM bi.doubts WHERE source || '/' || list = $1", list); got != "k0 open 1000000" {
		t.Errorf("doubts: %s", got)
	}
	day(9, "1000000") // 72 hours and two snapshots
	b.must(t, "0 held", "backfill", list, dir)
	costs("k0", "100 05 06, 1000000 06")
	b.must(t, "", "retract", list, "2026-01-09T00:00:00Z", "--key", "k0", "--reason", "four digits too many")
	costs("k0", "100 05")
	costs("k1", "105 05 06, 106 06 09, 109 09")
	b.must(t, "proven", "verify", list)
}
