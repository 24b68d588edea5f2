package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheDocumentedEntriesCanBeLoaded loads the example of docs/backfill.md and
// wants what the tables there say of it.
func TestTheDocumentedEntriesCanBeLoaded(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "backfill.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(text), "```jsonl\n")
	example, _, ends := strings.Cut(rest, "```\n")
	if !begins || !ends {
		t.Fatal("docs/backfill.md has no example of entries")
	}
	b := newBackfilled(t)
	list, dir := b.list(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "2026-01-05T00:00:00Z.jsonl"), []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := b.run("backfill", list, dir); code != exitOK || !strings.Contains(stdout, "1 snapshots: 1 changed") {
		t.Fatalf("got %d:\n%s%s", code, stdout, stderr)
	}
	got := b.text(t, `SELECT concat_ws(' ', product_key, product_name, status, vcpu::float8, memory_mib::float8, attributes) FROM bi.products_current ORDER BY product_key`)
	want := "small-1 Small sale 1 2048 {\"family\": \"general\"}\nsmall-2  soldout {}\nsmall-3  {}"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("products (-want +got):\n%s", diff)
	}
	got = b.text(t, `SELECT concat_ws(' ', sku_price_id, price_kind, pricing_unit, pricing_currency, list_unit_price_text,
		tax_amount::float8, price_with_tax::float8, tax_basis) FROM bi.prices_current ORDER BY 1`)
	want = "small-1/full list month KRW 15000 1500 16500 excluded\nsmall-2/ list hour USD 0.0125 unknown"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prices (-want +got):\n%s", diff)
	}
}
