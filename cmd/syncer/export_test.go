package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

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
	database, path := exported(t)
	all := len(csvOf(t, database, path, "runs"))
	for _, test := range []struct {
		want int
		args []string
	}{
		{3, nil}, {2, []string{"--list", "zones"}}, {1, []string{"--source", "' OR true --"}}, {3, []string{"--since", "1h", "--source", "iwinv"}}, {1, []string{"--since", "2100-01-01"}},
	} {
		if got := len(csvOf(t, database, path, append([]string{"runs"}, test.args...)...)); got != test.want {
			t.Errorf("%v: %d rows of %d, want %d", test.args, got, all, test.want)
		}
	}
	for _, args := range [][]string{{"nothing"}, {"runs; DROP TABLE runs"}, {"report_settings", "--since", "1h"}, {"runs", "--since", "x"}} {
		if code, _, stderr := command(t, database, append([]string{"export", "-c", path}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d\n%s", args, code, stderr)
		}
	}
}

// TestExportWritesEveryView as both formats.
func TestExportWritesEveryView(t *testing.T) {
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

func TestExportWorkbook(t *testing.T) {
	database, path := exported(t)
	file := filepath.Join(t.TempDir(), "prices.xlsx")
	if code, _, stderr := command(t, database, "export", "-c", path, "prices_current", "--format", "xlsx", "-o", file); code != exitOK {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("prices_current", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := column(t, rows, "list_unit_price_text"); !slices.Contains(got, "12345678901234567890.12") {
		t.Errorf("exact texts %v", got)
	}
	if got := column(t, rows, "price_with_tax_text"); len(got) == 0 {
		t.Error("no exact text beside a number that has none in the view")
	}
	at, _ := excelize.CoordinatesToCellName(slices.Index(rows[0], "list_unit_price")+1, 2)
	if kind, _ := book.GetCellType("prices_current", at); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("an amount is of type %v", kind)
	}
	row := slices.Index(column(t, rows, "product_name"), `=HYPERLINK("http://evil","x")`)
	at, _ = excelize.CoordinatesToCellName(slices.Index(rows[0], "product_name")+1, row+2)
	if formula, err := book.GetCellFormula("prices_current", at); row < 0 || formula != "" || err != nil {
		t.Errorf("row %d, formula %q, %v", row, formula, err)
	}
}

// TestExportReplacesAFileWhenItIsWhole leaves the old one after a mistake.
func TestExportReplacesAFileWhenItIsWhole(t *testing.T) {
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

func TestHarmlessCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", "=1+1": "'=1+1", "+82": "'+82", "-1+1": "'-1+1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "-12.5": "-12.5", "a=1": "a=1",
	} {
		if got := harmlessCell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
