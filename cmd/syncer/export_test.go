package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"syncer/pgtemp/pgtest"
)

// exported is a database with one list whose names are made to do harm.
func exported(t *testing.T) (database, path string) {
	t.Helper()
	database, endpoint := pgtest.URL(t), simulated(t)
	path = configured(t, endpoint, endpoint.BaseURL)
	if code, stdout, stderr := command(t, database, "sync", "-c", path); code != exitOK {
		t.Fatalf("%d\n%s%s", code, stdout, stderr)
	}
	must(t, database, `UPDATE product_versions SET name = '=HYPERLINK("http://evil","x")' WHERE product_id = (SELECT min(id) FROM products WHERE list_id = (SELECT id FROM lists WHERE list = 'flavors'))`)
	must(t, database, "UPDATE price_history SET list_unit_price = 12345678901234567890.12 WHERE price_id = (SELECT min(id) FROM prices)")
	return database, path
}

func csvOf(t *testing.T, database, path string, more ...string) [][]string {
	t.Helper()
	code, stdout, stderr := command(t, database, append([]string{"export", "-c", path}, more...)...)
	if code != exitOK || stderr != "" {
		t.Fatalf("%v: exit %d\n%s%s", more, code, stdout, stderr)
	}
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// column are the values of a column, without its head.
func column(t *testing.T, rows [][]string, name string) []string {
	t.Helper()
	i := slices.Index(rows[0], name)
	if i < 0 {
		t.Fatalf("no column %s in %v", name, rows[0])
	}
	var all []string
	for _, row := range rows[1:] {
		if i < len(row) {
			all = append(all, row[i])
		}
	}
	return all
}

func TestExportCSVIsExactAndHarmless(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	rows := csvOf(t, database, path, "prices_current")
	if got := column(t, rows, "list_unit_price"); !slices.Contains(got, "12345678901234567890.12") || slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, ".000") }) {
		t.Errorf("amounts %v", got)
	}
	if got := column(t, rows, "product_name"); !slices.Contains(got, `'=HYPERLINK("http://evil","x")`) {
		t.Errorf("names %v", got)
	}
	if got := column(t, rows, "valid_from")[0]; !strings.HasSuffix(got, "Z") || !strings.Contains(got, "T") {
		t.Errorf("moment %s", got)
	}
}

func TestExportFilters(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	all := len(csvOf(t, database, path, "runs"))
	for _, test := range []struct {
		want int
		args []string
	}{
		{3, nil}, {2, []string{"--list", "zones"}}, {2, []string{"--list", "iwinv/zones"}}, {3, []string{"--source", "iwinv"}},
		{2, []string{"--source", "iwinv", "--list", "iwinv/zones"}},
	} {
		if got := len(csvOf(t, database, path, append([]string{"runs"}, test.args...)...)); got != test.want {
			t.Errorf("%v: %d rows of %d, want %d", test.args, got, all, test.want)
		}
	}
	for _, args := range [][]string{{"nothing"}, {"runs; DROP TABLE runs"}, {"report_settings", "--since", "1h"}, {"runs", "--since", "x"},
		{"runs", "--source", "' OR true --"}, {"runs", "--source", "nosuch"}, {"runs", "--list", "nosuch"}, {"runs", "--list", "iwinv/nosuch"},
		{"runs", "--list", "ncp/zones"}, {"runs", "--source", "ncp", "--list", "iwinv/zones"}, {"runs", "--list", "a/b/c"}} {
		if code, _, stderr := command(t, database, append([]string{"export", "-c", path}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d\n%s", args, code, stderr)
		}
	}
}

// TestExportNamesWhatIsKnown when a name is not, and takes a list that is
// configured and was never read.
func TestExportNamesWhatIsKnown(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	_, _, stderr := command(t, database, "export", "-c", path, "runs", "--list", "iwinv/flavor")
	if !strings.Contains(stderr, "list iwinv/flavor is not known; there are: iwinv/flavors, iwinv/zones") {
		t.Errorf("got %s", stderr)
	}
	_, _, stderr = command(t, database, "export", "-c", path, "runs", "--source", "iwin")
	if !strings.Contains(stderr, "source iwin is not known; there are: iwinv") {
		t.Errorf("got %s", stderr)
	}
	if rows := csvOf(t, pgtest.URL(t), path, "runs", "--list", "iwinv/zones"); len(rows) != 1 {
		t.Errorf("never read: %d rows", len(rows))
	}
}

// TestExportSaysWhatSinceCompares wants the column named, and one that fits:
// the state of a list is as new as its snapshot, not as its last hold.
func TestExportSaysWhatSinceCompares(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	for view, want := range map[string]string{
		"runs": "started_at", "freshness": "last_snapshot_at", "prices_month_end": "month_end", "availability": "since",
		"prices_current": "valid_from", "flapping": "last_absent_from", "focus_sku_price": "x_observed_from",
		"set_aside": "last_snapshot_at", "doubts": "last_snapshot_at", "prices_announced": "announced_at", "retractions": "taken_at",
	} {
		for since, rows := range map[string]bool{"2026-01-01": true, "2100-01-01": false} {
			code, stdout, stderr := command(t, database, "export", "-c", path, view, "--since", since)
			if code != exitOK || stderr != "syncer: only rows whose "+want+" is "+since+"T00:00:00Z or later\n" {
				t.Errorf("%s: exit %d, %s", view, code, stderr)
			}
			if got := strings.Count(stdout, "\n") > 1; got && !rows || !got && rows && view == "freshness" {
				t.Errorf("%s since %s:\n%s", view, since, stdout)
			}
		}
	}
}

// TestExportTakesTheFormatFromTheFile unless a format is given.
func TestExportTakesTheFormatFromTheFile(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	for _, test := range []struct{ file, format, begins string }{
		{"a.xlsx", "", "PK"}, {"b.XLSX", "", "PK"}, {"c.csv", "", "provider,"}, {"d", "", "provider,"}, {"e.csv", "xlsx", "PK"}, {"f.xlsx", "csv", "provider,"},
	} {
		file := filepath.Join(t.TempDir(), test.file)
		args := []string{"export", "-c", path, "runs", "-o", file}
		if test.format != "" {
			args = append(args, "--format", test.format)
		}
		if code, _, stderr := command(t, database, args...); code != exitOK {
			t.Errorf("%s: exit %d, %s", test.file, code, stderr)
		}
		if text, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), test.begins) {
			t.Errorf("%s: %.20q, %v", test.file, text, err)
		}
	}
}

// TestExportWritesEveryView as both formats.
func TestExportWritesEveryView(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	views := strings.Fields(scan[string](t, database, "SELECT string_agg(viewname, ' ') FROM pg_views WHERE schemaname = 'bi'"))
	for _, view := range views {
		csvOf(t, database, path, view)
		file := filepath.Join(t.TempDir(), view+".xlsx")
		if code, _, stderr := command(t, database, "export", "-c", path, view, "--format", "xlsx", "-o", file); code != exitOK {
			t.Errorf("%s: exit %d\n%s", view, code, stderr)
		}
	}
}

// TestExportBeginsCSVWithAByteOrderMark when asked to, and only then.
func TestExportBeginsCSVWithAByteOrderMark(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	_, plain, _ := command(t, database, "export", "-c", path, "runs")
	code, marked, stderr := command(t, database, "export", "-c", path, "runs", "--bom")
	if code != exitOK || strings.HasPrefix(plain, "\xef\xbb\xbf") || marked != "\xef\xbb\xbf"+plain {
		t.Errorf("exit %d, %.40q and %.40q\n%s", code, plain, marked, stderr)
	}
	if code, _, _ := command(t, database, "export", "-c", path, "runs", "--bom", "--format", "xlsx"); code != exitUsage {
		t.Errorf("a workbook with a mark: exit %d", code)
	}
}

// TestExportReplacesAFileWhenItIsWhole leaves the old one after a mistake.
func TestExportReplacesAFileWhenItIsWhole(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "out.csv")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for view, want := range map[string]string{"nothing": "old", "runs": "provider,"} {
		command(t, database, "export", "-c", path, view, "-o", file)
		text, err := os.ReadFile(file)
		left, _ := os.ReadDir(dir)
		if view == "runs" && (err != nil || !strings.HasPrefix(string(text), want)) || len(left) != 1 {
			t.Errorf("%s: %q, %v, %d files", view, text, err, len(left))
		}
	}
}
