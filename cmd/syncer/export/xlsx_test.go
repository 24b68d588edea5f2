package export

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"syncer/catalog"
	"syncer/fetchers"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/simulate"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/report"
	"syncer/timeline"
)

// exported is a database with the lists of a simulated provider, of which a name
// and an amount are made to do harm.
func exported(t *testing.T) (database string) {
	t.Helper()
	simulation, err := simulate.New(simulate.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := simulation.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer simulation.Close()
	endpoint, secrets := simulation.Endpoints()[0], make(map[string]catalog.Secret)
	for field, text := range endpoint.Credentials {
		secrets[field] = catalog.NewSecret(text)
	}
	i := slices.IndexFunc(fetchers.All(), func(p fetchers.Provider) bool { return p.Name == endpoint.Provider })
	made, err := fetchers.All()[i].New(catalog.Source{Name: "iwinv", Provider: "iwinv", BaseURL: endpoint.BaseURL, Credentials: secrets, Location: time.UTC}, fetchers.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	database = pgtest.URL(t)
	opened, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	runner := &ingest.Runner{Store: opened, Guard: ingest.DefaultGuard(), Log: slog.New(slog.DiscardHandler)}
	for _, fetcher := range made {
		described := record.List{List: fetcher.List(), ListSettings: record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}}}
		if _, err := runner.Sync(t.Context(), described, fetcher, nil); err != nil {
			t.Fatal(err)
		}
	}
	must(t, database, `UPDATE product_versions SET name = '=HYPERLINK("http://evil","x")' WHERE product_id = (SELECT min(id) FROM products WHERE list_id = (SELECT id FROM lists WHERE list = 'flavors'))`)
	must(t, database, "UPDATE price_history SET list_unit_price = 12345678901234567890.12 WHERE price_id = (SELECT min(id) FROM prices)")
	return database
}

// must runs a statement.
func must(t *testing.T, database, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
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

func TestExportWorkbook(t *testing.T) {
	t.Parallel()
	database := exported(t)
	book := sheetOf(t, database, "prices_current")
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
func sheetOf(t *testing.T, database, view string) *excelize.File {
	t.Helper()
	opened, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	var file bytes.Buffer
	if err := Write(t.Context(), opened, &file, Options{View: view, Format: Workbook}); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
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
	database := exported(t)
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
		book := sheetOf(t, database, test.view)
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
	database := exported(t)
	book := sheetOf(t, database, "products_current")
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
