package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestALongKeyIsOneRowSetAside, wherever it stands: it is named by its hash, its
// beginning is told, and the rest of the list is read.
func TestALongKeyIsOneRowSetAside(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	row := func(key string) string {
		return fmt.Sprintf(`{"key":%q,"prices":[{"unit":"h","currency":"KRW","amount":100}]}`+"\n", key)
	}
	long, letters, just := strings.Repeat("k", 6000), strings.Repeat("가", 2000), strings.Repeat("k", 1001)
	for name, c := range map[string]struct{ key, text, want string }{
		"first":                     {long, row(long) + row("a") + row("b"), "a 107\nb 107"},
		"last":                      {long, row("a") + row("b") + row(long), "a 107\nb 107"},
		"twice":                     {long, row(long) + row("a") + row("b") + row(long), "a 107\nb 107"},
		"alone":                     {long, row(long), ""},
		"of letters of three bytes": {letters, row(letters) + row("a"), "a 107"},
		"by a byte":                 {just, row(just) + row(just[1:]), just[1:] + " 107"},
	} {
		list, dir := b.list(), t.TempDir()
		for day := 5; day < 8; day++ {
			text := strings.ReplaceAll(c.text, "100", fmt.Sprint(100+day))
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("2026-01-%02dT00:00:00Z.jsonl", day)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if code, stdout, stderr := b.run("backfill", list, dir); code != exitOK {
			t.Errorf("%s: exit %d\n%.2000s%.2000s", name, code, stdout, stderr)
			continue
		}
		want := fmt.Sprintf("sha256:%x too long", sha256.Sum256([]byte(c.key)))
		got := b.text(t, "SELECT DISTINCT product_key || ' ' || reason FROM bi.set_aside WHERE source || '/' || list = $1", list)
		if got != want {
			t.Errorf("%s: set aside\n%s\nwant\n%s", name, got, want)
		}
		beginning := fmt.Sprintf(`key "%.60s`, c.key[:60])
		if got := b.text(t, "SELECT detail FROM bi.set_aside WHERE part = 'fields' AND source || '/' || list = $1", list); !strings.HasPrefix(got, beginning) {
			t.Errorf("%s: told as\n%s", name, got)
		}
		if got := b.text(t, "SELECT product_key || ' ' || trim_scale(list_unit_price) FROM bi.prices_current WHERE source || '/' || list = $1 ORDER BY product_key", list); got != c.want {
			t.Errorf("%s: prices\n%s", name, got)
		}
		if code, stdout, stderr := b.run("verify", list); code != exitOK || !strings.Contains(stdout, "proven") {
			t.Errorf("%s: verify: exit %d\n%s%s", name, code, stdout, stderr)
		}
	}
}
