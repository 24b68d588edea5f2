package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"syncer/pgtemp/pgtest"
	"syncer/store/report"
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

// TestExportTakesTheFormatFromTheFile unless it is told.
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

func TestExportWorkbook(t *testing.T) {
	t.Parallel()
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

// sheetOf is the worksheet of a view that was exported.
func sheetOf(t *testing.T, database, path, view string) *excelize.File {
	t.Helper()
	file := filepath.Join(t.TempDir(), view+".xlsx")
	if code, _, stderr := command(t, database, "export", "-c", path, view, "--format", "xlsx", "-o", file); code != exitOK {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

// cellBelow is the name of the first cell of a column below its head.
func cellBelow(t *testing.T, book *excelize.File, view, name string) string {
	t.Helper()
	rows, err := book.GetRows(view)
	if err != nil {
		t.Fatal(err)
	}
	at, err := excelize.CoordinatesToCellName(slices.Index(rows[0], name)+1, 2)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return at
}

// TestWorkbookHasMomentsDatesAndTruths that Excel counts with: the same moment
// as the database's, and its day.
func TestWorkbookHasMomentsDatesAndTruths(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	must(t, database, "UPDATE runs SET started_at = '2026-01-05 06:07:08.9Z'")
	for _, test := range []struct {
		view, column string
		kind         excelize.CellType
		raw, shown   string
	}{
		{"runs", "started_at", excelize.CellTypeUnset, "46027.254964", "2026-01-05 06:07:09"},
		{"price_history", "is_current", excelize.CellTypeBool, "1", "TRUE"},
		{"report_settings", "report_timezone", excelize.CellTypeInlineString, "Asia/Seoul", "Asia/Seoul"},
	} {
		book := sheetOf(t, database, path, test.view)
		at := cellBelow(t, book, test.view, test.column)
		kind, _ := book.GetCellType(test.view, at)
		raw, _ := book.GetCellValue(test.view, at, excelize.Options{RawCellValue: true})
		shown, _ := book.GetCellValue(test.view, at)
		if kind != test.kind || !strings.HasPrefix(raw, test.raw) || shown != test.shown {
			t.Errorf("%s of %s: type %v, %q, shown %q", test.column, test.view, kind, raw, shown)
		}
	}
}

// TestWorkbookHasAHeadThatStays in sight, bold, with filters, over columns that
// are as wide as what stands in them.
func TestWorkbookHasAHeadThatStays(t *testing.T) {
	t.Parallel()
	database, path := exported(t)
	book := sheetOf(t, database, path, "products_current")
	rows, err := book.GetRows("products_current")
	if err != nil {
		t.Fatal(err)
	}
	panes, _ := book.GetPanes("products_current")
	style, _ := book.GetCellStyle("products_current", "A1")
	head, err := book.GetStyle(style)
	if !panes.Freeze || panes.YSplit != 1 || err != nil || head.Font == nil || !head.Font.Bold {
		t.Errorf("head %+v in %+v, %v", head, panes, err)
	}
	last, _ := excelize.CoordinatesToCellName(len(rows[0]), len(rows), true)
	if names := book.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'products_current'!$A$1:"+last {
		t.Errorf("filters %+v, want to %s", names, last)
	}
	key, _, _ := strings.Cut(cellBelow(t, book, "products_current", "product_key"), "2")
	attributes, _, _ := strings.Cut(cellBelow(t, book, "products_current", "attributes"), "2")
	narrow, _ := book.GetColWidth("products_current", key)
	wide, _ := book.GetColWidth("products_current", attributes)
	if narrow < 12 || narrow > 25 || wide != widest {
		t.Errorf("keys are %v wide, attributes %v", narrow, wide)
	}
}

// TestWorkbookStreamsPastTheMeasuredRows and keeps their order.
func TestWorkbookStreamsPastTheMeasuredRows(t *testing.T) {
	var out bytes.Buffer
	book, err := newWorkbook(&out, "many")
	if err != nil {
		t.Fatal(err)
	}
	end := book.head([]report.Column{{Name: "n", Kind: report.NumberColumn}, {Name: "at", Kind: report.MomentColumn}})
	for i := range 3 * rowsMeasured {
		n, at := strconv.Itoa(i), "infinity"
		end = errors.Join(end, book.row([]*string{&n, &at}))
	}
	if err := errors.Join(end, book.end()); err != nil {
		t.Fatal(err)
	}
	read, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := read.GetRows("many")
	if err != nil || len(rows) != 3*rowsMeasured+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		if n := strconv.Itoa(i); row[0] != n || row[1] != n || row[2] != "infinity" {
			t.Fatalf("row %d: %q", i, row)
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

func TestHarmlessCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", "=1+1": "'=1+1", "+82": "'+82", "-1+1": "'-1+1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "-12.5": "-12.5", "a=1": "a=1",
	} {
		if got := harmlessCell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
