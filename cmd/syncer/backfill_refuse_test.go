package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"

	"syncer/pgtemp/pgtest"
)

// backfilled is a database, a configuration with lists that nobody publishes,
// and a clock.
type backfilled struct {
	database, config string
	now              time.Time
	lists            int
}

func newBackfilled(t *testing.T) *backfilled {
	t.Helper()
	path := filepath.Join(t.TempDir(), "syncer.yaml")
	var text strings.Builder
	text.WriteString("absence: { confirm_snapshots: 1, confirm_for: 0s }\nsources:\n  old:\n    provider: generic\n    lists:\n")
	for i := range 60 {
		fmt.Fprintf(&text, "      l%d:\n", i+1)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return &backfilled{database: pgtest.URL(t), config: path, now: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}
}

// list is one that no test used yet.
func (b *backfilled) list() string { b.lists++; return fmt.Sprintf("old/l%d", b.lists) }

func (b *backfilled) run(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	values := map[string]string{"DATABASE_URL": b.database, "USER": "kim"}
	code = run(context.Background(), append([]string{"-c", b.config}, args...), environment{
		Stdout: &out, Stderr: &errs, Now: func() time.Time { return b.now },
		Lookup: func(name string) (string, bool) { value, found := values[name]; return value, found },
	})
	return code, out.String(), errs.String()
}

// text is the answer of a query, its rows on lines.
func (b *backfilled) text(t *testing.T, query string, args ...any) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), b.database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// moments are the committed snapshots of a list, by day and hour.
func (b *backfilled) moments(t *testing.T, list string) string {
	t.Helper()
	return b.text(t, `SELECT to_char(taken_at AT TIME ZONE 'UTC', 'DD"T"HH24') FROM snapshots JOIN lists ON lists.id = list_id
		WHERE source || '/' || list = $1 AND status = 'committed' ORDER BY taken_at`, list)
}

// tally is how many rows stand in every table.
func (b *backfilled) tally(t *testing.T) string {
	t.Helper()
	return b.text(t, `SELECT relname || ' ' || (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || relname, false, true, '')))[1]::text
		FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname`)
}

func entry(key, amount string) string {
	return fmt.Sprintf(`{"key":%q,"prices":[{"unit":"month","currency":"KRW","amount":%s}]}`+"\n", key, amount)
}

const goodFile = "2026-01-20T00:00:00Z.jsonl"

// laid writes an archive that is a folder; the good snapshot stands in it.
func laid(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files[goodFile] = entry("a", "20")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tarred writes a tar of the good snapshot and one more file.
func tarred(t *testing.T, name string, header tar.Header, body string) string {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for file, text := range map[string]string{goodFile: entry("a", "20"), header.Name: body} {
		head := tar.Header{Name: file, Mode: 0o600}
		if file == header.Name {
			head = header
		}
		if head.Size = int64(len(text)); head.Typeflag != 0 && head.Typeflag != tar.TypeReg {
			head.Size, text = 0, ""
		}
		if err := w.WriteHeader(&head); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	text := out.String()
	if strings.HasSuffix(name, ".gz") {
		text = gzipped(t, text)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestEachRefusalIsNamedAndTheRestIsLoaded wants of every doubt: its name and
// reason on stderr, exit code 1, nothing of it in history, the good snapshot
// beside it loaded, and a second load that writes nothing at all: nasty case 44.
func TestEachRefusalIsNamedAndTheRestIsLoaded(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	const day = "2026-01-05T00:00:00Z"
	page := day + "/page-0001.jsonl"
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := string(encoder.EncodeAll(make([]byte, 65<<20), nil))
	manifest := func(sha, list string) string {
		return fmt.Sprintf(`{"list":%q,"taken_at":%q,"decoder_version":1,"parts":[{"file":"page-0001.jsonl","request":"x","sha256":%q}]}`, list, day, sha)
	}
	linked := func(target string, link func(string, string) error) string {
		dir := laid(t, map[string]string{day + "/.keep": ""})
		if err := link(target, filepath.Join(dir, page)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, test := range map[string]struct{ archive, want string }{
		"other content, other zone": {laid(t, map[string]string{page: entry("a", "1"), "2026-01-05T09:00:00+09:00.jsonl": entry("a", "2")}), "snapshot 2026-01-05T00:00:00Z: 2026-01-05T09:00:00+09:00.jsonl holds other content for the same moment"},
		"future":                    {laid(t, map[string]string{"2026-02-01T00:00:01Z.jsonl": entry("a", "1")}), "snapshot 2026-02-01T00:00:01Z.jsonl: lies in the future: it is 2026-02-01T00:00:00Z now"},
		"year mistyped":             {laid(t, map[string]string{"0206-01-05T00:00:00Z.jsonl": entry("a", "1")}), "snapshot 0206-01-05T00:00:00Z.jsonl: lies before 2000-01-01T00:00:00Z: is its year mistyped?"},
		"gz cut":                    {laid(t, map[string]string{page + ".gz": gzipped(t, entry("a", "1"))[:30]}), "page-0001.jsonl.gz: is no whole .gz file; was it cut short?"},
		"gz with a wrong sum":       {laid(t, map[string]string{page + ".gz": gzipped(t, entry("a", "1"))[:70] + "xxxxxxxx"}), "page-0001.jsonl.gz: is no whole .gz file"},
		"line cut":                  {laid(t, map[string]string{page: entry("a", "1") + `{"key":"b`}), "page-0001.jsonl: its last line is no whole JSON value"},
		"nothing in it":             {laid(t, map[string]string{page: ""}), "page-0001.jsonl: is empty"},
		"page missing":              {laid(t, map[string]string{page: entry("a", "1"), day + "/page-0003.jsonl": entry("b", "1")}), "page 2 is missing: page-0003.jsonl follows page 1"},
		"bomb":                      {laid(t, map[string]string{page + ".zst": bomb}), "page-0001.jsonl.zst: is larger than 64 MiB"},
		"unknown name":              {laid(t, map[string]string{page: entry("a", "1"), day + "/notes.txt": "x"}), "notes.txt: name is no page"},
		"unknown folder":            {laid(t, map[string]string{"backup/page-0001.jsonl": entry("a", "1")}), "snapshot backup: name is no RFC 3339 moment"},
		"other sum":                 {laid(t, map[string]string{page: entry("a", "1"), day + "/manifest.json": manifest("00", "old/l60")}), "page-0001.jsonl: is not what manifest.json says: its sha256 is "},
		"other list":                {laid(t, map[string]string{page: entry("a", "1"), day + "/manifest.json": manifest("00", "iwinv/flavors")}), "its manifest says that it is one of iwinv/flavors"},
		"symbolic link":             {linked("/etc/passwd", os.Symlink), "page-0001.jsonl is a symbolic link"},
		"escape":                    {tarred(t, "a.tar", tar.Header{Name: "../" + page}, entry("a", "1")), "snapshot ../2026-01-05T00:00:00Z/page-0001.jsonl: names a path outside of the archive"},
		"absolute":                  {tarred(t, "a.tar.gz", tar.Header{Name: "/" + page}, entry("a", "1")), "names a path outside of the archive"},
		"symbolic link in tar":      {tarred(t, "a.tar.gz", tar.Header{Name: page, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, ""), "page-0001.jsonl is a symbolic link"},
		"hard link in tar":          {tarred(t, "a.tar", tar.Header{Name: page, Typeflag: tar.TypeLink, Linkname: goodFile}, ""), "page-0001.jsonl is a hard link"},
		"device in tar":             {tarred(t, "a.tar", tar.Header{Name: page, Typeflag: tar.TypeBlock}, ""), "page-0001.jsonl is neither a file nor a folder"},
		"tar in tar":                {tarred(t, "a.tar", tar.Header{Name: "2025.tar.gz"}, "x"), "snapshot 2025.tar.gz: is an archive within the archive"},
	} {
		t.Run(name, func(t *testing.T) {
			list := b.list()
			if name == "other sum" {
				list = "old/l60" // the one of the manifest
			}
			code, stdout, stderr := b.run("backfill", list, test.archive)
			if code != exitFailed || !strings.Contains(stderr, test.want) {
				t.Errorf("got %d:\n%s%s\nwant 1 and %q", code, stdout, stderr, test.want)
			}
			if got := b.moments(t, list); got != "20T00" {
				t.Errorf("history holds %q, want only the good snapshot", got)
			}
			if got := b.text(t, `SELECT product_key || ' ' || list_unit_price_text FROM bi.prices_current WHERE source || '/' || list = $1`, list); got != "a 20" {
				t.Errorf("prices %q", got)
			}
			before := b.tally(t)
			if code, _, again := b.run("backfill", list, test.archive); code != exitFailed || !strings.Contains(again, test.want) {
				t.Errorf("again: got %d:\n%s", code, again)
			}
			if after := b.tally(t); after != before {
				t.Errorf("loading again wrote rows:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

// TestOddRowsAreSetAside loads snapshots in which one row is odd: the rest is
// history, and the row is named.
func TestOddRowsAreSetAside(t *testing.T) {
	t.Parallel()
	b := newBackfilled(t)
	const day = "2026-01-05T00:00:00Z"
	for name, c := range map[string]struct{ page, aside string }{
		"misspelt member":      {entry("z", "1") + `{"key":"a","prices":[{"amont":1}]}`, "prices[0]"},
		"key twice":            {entry("a", "1") + entry("a", "2") + entry("z", "1"), `entry "a": same key with other content`},
		"a key over the limit": {entry("a", "1") + entry("z", "1") + entry(strings.Repeat("k", 3000), "1"), "longer than the limit of 1000 bytes: 3000"},
	} {
		t.Run(name, func(t *testing.T) {
			list := b.list()
			archive := laid(t, map[string]string{day + "/page-0001.jsonl": c.page})
			if code, stdout, stderr := b.run("backfill", list, archive); code != exitOK {
				t.Fatalf("got %d:\n%s%s", code, stdout, stderr)
			}
			if got := b.moments(t, list); got != "05T00\n20T00" {
				t.Errorf("history holds %q", got)
			}
			aside := b.text(t, `SELECT detail FROM set_aside JOIN lists ON lists.id = list_id WHERE source || '/' || list = $1`, list)
			if !strings.Contains(aside, c.aside) {
				t.Errorf("set aside: %q, want %q", aside, c.aside)
			}
			if got := b.text(t, `SELECT product_key || ' ' || list_unit_price_text FROM bi.price_history WHERE source || '/' || list = $1 AND product_key = 'z'`, list); got != "z 1" {
				t.Errorf("the rest: %q", got)
			}
			if code, stdout, stderr := b.run("verify", list); code != exitOK {
				t.Errorf("verify: got %d:\n%s%s", code, stdout, stderr)
			}
		})
	}
}
