package proof_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store"
	"syncer/store/proof"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// shown are a list of products and one of contracts in which every table that bi
// reads has rows: prices with all their fields, statuses, zones, absences, drift,
// usage, late and held snapshots with every decision, runs of every kind, pages
// that are shared, given up and spared. Of each kind another one has parts set aside,
// doubts and prices that are announced. What a rebuild or a decision superseded is
// proven by itself only, so that decisions have a list of their own.
var shown = storetest.NewFixture(func(t testing.TB, pool *pgxpool.Pool) []*storetest.Live {
	return []*storetest.Live{
		writeShownOdd(t, pool, catalog.Products), writeShownOdd(t, pool, catalog.Contracts), writeShownDecided(t, pool),
		writeShown(t, pool).Live, writeShownContracts(t, pool).Live,
	}
})

func writeShown(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := list(t, pool, "things", catalog.Products, 2)
	w.Source.Unknown = []catalog.Unknown{{Kind: "field", Path: "$.new", Seen: "1"}}
	rich := func(amount string) catalog.Entry {
		entry := sold("a", "sale", amount)
		entry.Lifecycle, entry.RegionID = new("general"), new("kr-1")
		entry.Attributes = catalog.Attributes(`{"x":1}`)
		entry.ZoneStatuses = []catalog.ZoneStatus{{Zone: "z1", Status: "stop"}}
		one := decimal.NewFromInt(1)
		entry.VCPU, entry.MemoryMiB, entry.DiskGiB, entry.GPUCount = &one, &one, &one, &one
		price := &entry.Prices[0]
		price.Variant, price.Unit, price.RegionID, price.TierMinimum = "full", "hour", new("kr-1"), &one
		price.TaxAmount, price.PriceWithTax = &one, &one
		price.EffectiveFrom, price.EffectiveTo = new(storetest.Day(1)), new(storetest.Day(30))
		return entry
	}
	fail := func(due *time.Time) {
		run, err := w.Store.BeginSync(t.Context(), w.List, due)
		if err == nil {
			err = w.Store.Fail(t.Context(), run, store.Failure{Class: "http", Text: "status 500", Pages: 1})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	fail(new(storetest.Day(1)))
	w.Put(storetest.Day(1), rich("100"), sold("b", "sale", "5"))
	w.Put(storetest.Day(2), rich("110"), sold("b", "sale", "5"))
	w.Put(storetest.Day(4), rich("110"))
	w.Put(storetest.Day(6), sold("a", "stop", "120"))
	w.Put(storetest.Day(3), rich("105"))
	last := w.Source.Snapshot(t, rich("122"), sold("b", "sale", "5"))
	w.Write(storetest.Day(8), last)
	w.Write(storetest.Day(9), last)
	for day := 10; day <= 13; day++ {
		w.Sync(storetest.Day(day), "too much", rich(fmt.Sprint(day)))
	}
	w.Accept(storetest.Day(11))
	w.Reject(storetest.Day(12), "kim", "no")
	w.Reject(storetest.Day(13), "kim", "no")
	w.Accept(storetest.Day(13))
	w.Exec("INSERT INTO runs (list_id, kind, due_at, started_at, heartbeat_at, ended_at, outcome, reason) SELECT id, 'sync', now(), now(), now(), now(), 'skipped', 'read' FROM lists WHERE list = 'things'")
	fail(nil)
	run, err := w.Store.BeginSync(t.Context(), w.List, nil) // its own moment
	if err != nil {
		t.Fatal(err)
	}
	run.List.LateAfter = func(at time.Time) time.Time { return at.Add(time.Hour) }
	if _, err := w.Store.Update(t.Context(), run, w.Source.Snapshot(t, rich("122"), sold("b", "sale", "5")), storetest.Pass); err != nil {
		t.Fatal(err)
	}
	return w
}

func writeShownContracts(t testing.TB, pool *pgxpool.Pool) world {
	t.Helper()
	w := list(t, pool, "contracts", catalog.Contracts, 2)
	for day, hours := range []int64{1, 2, 2, 3} {
		entry := used(hours)
		entry.Status, entry.RegionID = new("on"), new("kr-1")
		entry.Contract.PeriodStart = new(storetest.Day(1))
		entry.Prices = []catalog.Price{{SKUPriceID: "c/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.NewFromInt(hours)}}
		w.Put(storetest.Day(day+1), entry, storetest.Contracted(catalog.Entry{Key: "d", Name: "d"}))
		w.Put(storetest.Day(day+1).Add(time.Hour), entry)
	}
	w.Rebuild(w.List.Rule) // which changes nothing
	return w
}

// doubting is an empty list in which two snapshots confirm a doubt.
func doubting(t testing.TB, pool *pgxpool.Pool, name string, kind catalog.EntryKind) *storetest.Live {
	t.Helper()
	l := &storetest.Live{T: t, Pool: pool, Store: store.New(pool), Source: storetest.NewSource(kind)}
	l.Source.Described.ID.Name = name
	l.RegisterWith(record.ListSettings{Rule: timeline.Rule{Snapshots: 2}, Doubt: timeline.Rule{Snapshots: 2}})
	return l
}

func writeShownOdd(t testing.TB, pool *pgxpool.Pool, kind catalog.EntryKind) *storetest.Live {
	t.Helper()
	l := doubting(t, pool, "odd "+string(kind)+"s", kind)
	costs := func(key, amount string, announced ...string) catalog.Entry {
		entry := priced(key, amount)
		for i, amount := range announced {
			price := entry.Prices[0]
			price.ListUnitPrice, price.EffectiveFrom = decimal.RequireFromString(amount), new(storetest.Day(20+i))
			entry.Announced = append(entry.Announced, price)
		}
		if kind == catalog.Contracts {
			return storetest.Contracted(entry)
		}
		return entry
	}
	put := func(day int, silent []catalog.SetAside, entries ...catalog.Entry) {
		l.Write(storetest.Day(day), l.Source.Odd(t, catalog.Decoded{SetAside: silent}, entries...))
	}
	silent := func(key string, parts ...catalog.EntryPart) (all []catalog.SetAside) {
		for _, part := range parts {
			all = append(all, catalog.SetAside{Key: key, Part: part, Reason: catalog.Unreadable, Detail: "want a number"})
		}
		return all
	}
	put(1, nil, costs("a", "100"), costs("b", "5"), costs("c", "7"))
	put(2, slices.Concat(silent("b", catalog.FieldsPart, catalog.PricesPart), silent("c", catalog.PricesPart), silent("", catalog.FieldsPart)),
		costs("a", "10"), costs("c", "7", "8"))
	put(4, slices.Concat(silent("a", catalog.FieldsPart), silent("", catalog.FieldsPart)), costs("a", "11"), costs("c", "7", "8", "9"))
	put(3, nil, costs("a", "10"), costs("b", "50"), costs("c", "7", "8.5")) // late
	put(5, nil, costs("a", "100"), costs("b", "50"), costs("c", "7", "9"))
	put(6, nil, costs("a", "1"), costs("b", "500"), costs("c", "70", "9"))
	l.Sync(storetest.Day(7), "too much", costs("a", "1"), costs("b", "5000"), costs("c", "700"))
	l.Accept(storetest.Day(7)) // which believes what it shows
	l.Write(storetest.Day(8), l.Source.Odd(t, catalog.Decoded{PricesUnread: "GET /prices: status 403"}, costs("a", "1"), costs("b", "5000"), costs("c", "700")))
	put(9, nil, costs("a", "1"), costs("b", "0"), costs("c", "700"))
	put(10, silent("c", catalog.PricesPart), costs("a", "1"), costs("b", "5000"), costs("c", "700"))
	put(12, nil, costs("a", "1"), costs("b", "0"), costs("c", "700"))
	put(11, nil, costs("a", "1"), costs("b", "0"), costs("c", "700")) // late
	return l
}

func writeShownDecided(t testing.TB, pool *pgxpool.Pool) *storetest.Live {
	t.Helper()
	l := doubting(t, pool, "decided", catalog.Products)
	by := store.Decision{Actor: "kim", Reason: "so it is"}
	l.Put(storetest.Day(8), priced("a", "100"), priced("b", "5"))
	l.Put(storetest.Day(9), priced("a", "100"), priced("b", "5"))
	l.Retract(storetest.Day(9), "", by)
	l.Restore(storetest.Day(9), "", by)
	l.Retract(storetest.Day(9), "b", by)
	l.Put(storetest.Day(10), priced("a", "1000"), priced("b", "5"))
	l.Believe("a", by)
	return l
}

// column is one of a table that something in schema bi reads.
type column struct {
	Table, Name, Type string
	Nullable          bool
	Words             []string // that a constraint allows
}

// columnsRead are the columns of tables that views and functions of schema bi
// depend on, as the catalog has it.
func columnsRead(t *testing.T, pool *pgxpool.Pool) []column {
	t.Helper()
	type row struct {
		Table, Name, Type string
		Nullable          bool
		Checks            string
	}
	rows := storetest.Rows(t, pool, `SELECT DISTINCT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
			coalesce((SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)), '')
		FROM pg_depend d
		JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
		WHERE d.refclassid = 'pg_class'::regclass AND (
			d.classid = 'pg_rewrite'::regclass AND (SELECT v.relnamespace FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class WHERE r.oid = d.objid) = 'bi'::regnamespace
			OR d.classid = 'pg_proc'::regclass AND (SELECT f.pronamespace FROM pg_proc f WHERE f.oid = d.objid) = 'bi'::regnamespace)
		ORDER BY 1, 2`, pgx.RowToStructByPos[row])
	word := regexp.MustCompile(`'([a-z]+)'::text`)
	all := make([]column, len(rows))
	for i, row := range rows {
		all[i] = column{Table: row.Table, Name: row.Name, Type: row.Type, Nullable: row.Nullable}
		for _, match := range word.FindAllStringSubmatch(row.Checks, -1) {
			all[i].Words = append(all[i].Words, match[1])
		}
	}
	return all
}

// edits are other values for a column, as SQL; one that the row cannot have, for a
// constraint forbids it, is tried in vain.
func (c column) edits(t *testing.T) []string {
	t.Helper()
	name := c.Name
	other := map[string][]string{
		"text":                     {name + " || 'x'", "'x'", "'USD'"},
		"bigint":                   {name + " + 1", name + " + 1000", name + " - 1", "1"},
		"integer":                  {name + " + 1", "7"},
		"smallint":                 {name + " + 1", name + " - 1"},
		"numeric":                  {name + " + 1", "7"},
		"boolean":                  {"NOT " + name},
		"interval":                 {name + " + interval '1 hour'", "interval '1 hour'"},
		"timestamp with time zone": {name + " + interval '1 second'", name + " - interval '1 second'", "'2026-01-05 00:00:01Z'"},
		"jsonb":                    {name + ` || '{"y": "1"}'`, "'{}'"},
		"bytea":                    {"set_byte(" + name + ", 0, (get_byte(" + name + ", 0) + 1) % 256)"},
	}[c.Type]
	if other == nil {
		t.Fatalf("%s.%s is %s, of which no other value is known", c.Table, c.Name, c.Type)
	}
	if c.Type != "text" {
		c.Words = nil
	}
	for _, word := range c.Words {
		other = append(other, "'"+word+"'")
	}
	if c.Table == "report_settings" {
		other = []string{"'Europe/Berlin'"}
	}
	if c.Nullable {
		other = append(other, "NULL")
	}
	return other
}

// tamperer edits one row at a time and lets verify look.
type tamperer struct {
	t     *testing.T
	pool  *pgxpool.Pool
	lists []*storetest.Live
	noted []proof.Verified // before any edit
	set   []proof.Settings
}

// verdicts of an edit.
const (
	impossible   = "impossible"
	missed       = "missed"
	byCheckpoint = "by a checkpoint"
	found        = "found"
)

// look makes an edit that is not kept, and returns whether verify finds it.
func (tam *tamperer) look(sql string) string {
	tam.t.Helper()
	ctx := tam.t.Context()
	tx, err := tam.pool.Begin(ctx)
	if err != nil {
		tam.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
		tam.t.Fatal(err)
	}
	if tag, err := tx.Exec(ctx, sql); err != nil || tag.RowsAffected() == 0 {
		return impossible
	}
	verdict := missed
	for i, l := range tam.lists {
		report, err := proof.Verify(ctx, sqlcgen.New(), tx, l.List, l.Source.Reread)
		switch {
		case err != nil || len(report.Contradictions) > 0:
			return found
		case tam.settings(tx, l) != tam.set[i]: // as the command compares them with the configuration
			return found
		case report.Reaches(tam.noted[i].Checkpoint().Digest) == nil:
			verdict = byCheckpoint
		}
	}
	return verdict
}

func (tam *tamperer) settings(tx pgx.Tx, l *storetest.Live) proof.Settings {
	tam.t.Helper()
	found, err := proof.SettingsOf(tam.t.Context(), sqlcgen.New(), tx, l.List)
	if err != nil {
		tam.t.Fatal(err)
	}
	return found
}

// newTamperer notes what lists are proven to be before any edit.
func newTamperer(t *testing.T, lists []*storetest.Live) *tamperer {
	t.Helper()
	tam := &tamperer{t: t, pool: lists[0].Pool, lists: lists}
	for _, l := range lists {
		world{l}.mustHold()
		set, err := l.Store.Settings(t.Context(), l.List)
		if err != nil {
			t.Fatal(err)
		}
		tam.noted, tam.set = append(tam.noted, l.Verify()), append(tam.set, set)
	}
	return tam
}

// TestEveryColumnThatBIShowsIsProven changes each column of each table that a view
// reads, to every other value in the first row that lets it and to one in the last,
// and wants verify to find it, alone or by a checkpoint that was noted before. What
// needs one in some row is named in docs/history.md, and rows are tried until it does.
func TestEveryColumnThatBIShowsIsProven(t *testing.T) {
	t.Parallel()
	named := namedInDocs(t)
	byTable := make(map[string][]column)
	for _, c := range columnsRead(t, shown.Clone(t)[0].Pool) {
		byTable[c.Table] = append(byTable[c.Table], c)
	}
	var mu sync.Mutex
	var noted []string
	t.Run("of", func(t *testing.T) {
		for table, columns := range byTable {
			t.Run(table, func(t *testing.T) {
				t.Parallel()
				tam := newTamperer(t, shown.Clone(t))
				for _, c := range columns {
					name := c.Table + "." + c.Name
					if tam.needsCheckpoint(c, slices.Contains(named, name)) {
						mu.Lock()
						noted = append(noted, name)
						mu.Unlock()
					}
				}
			})
		}
	})
	slices.Sort(noted)
	if diff := gocmp.Diff(named, noted); diff != "" {
		t.Errorf("columns that only a checkpoint proves (-docs/history.md +found):\n%s", diff)
	}
}

// needsCheckpoint changes a column and says whether an edit was found by a checkpoint
// alone. Where that is expected, rows are tried until one is. Rows are taken in the
// order of their keys, which unlike their places are the same in every run.
func (tam *tamperer) needsCheckpoint(c column, expected bool) (needed bool) {
	tam.t.Helper()
	tried, keys := false, tam.keys(c.Table)
	for _, order := range []string{"ASC", "DESC"} {
		by := strings.Join(keys, " "+order+", ") + " " + order
		for _, value := range c.edits(tam.t) {
			last := impossible
			for _, row := range storetest.Rows(tam.t, tam.pool, fmt.Sprintf("SELECT ctid::text FROM %s t WHERE (%s) IS DISTINCT FROM %s AND NOT %s ORDER BY %s",
				c.Table, value, c.Name, tam.isUndone(c.Table), by), pgx.RowTo[string]) {
				sql := fmt.Sprintf("UPDATE %s SET %s = %s WHERE ctid = '%s'", c.Table, c.Name, value, row)
				verdict := tam.look(sql)
				if verdict == impossible {
					continue
				}
				tried, last = true, verdict
				if verdict == missed {
					tam.t.Errorf("nothing proves: %s", sql)
				}
				needed = needed || verdict == byCheckpoint
				if needed || !expected {
					break
				}
			}
			if order == "DESC" && last != impossible {
				break
			}
		}
	}
	if !tried {
		tam.t.Errorf("%s.%s: no edit is possible", c.Table, c.Name)
	}
	return needed
}

// keys are the columns of a table's primary key; where it has none, the place of a row.
func (tam *tamperer) keys(table string) []string {
	tam.t.Helper()
	keys := storetest.Rows(tam.t, tam.pool, fmt.Sprintf(`SELECT a.attname::text FROM pg_index i, unnest(i.indkey::smallint[]) WITH ORDINALITY k(number, place)
		JOIN pg_attribute a ON a.attnum = k.number WHERE i.indrelid = '%s'::regclass AND i.indisprimary AND a.attrelid = i.indrelid ORDER BY k.place`, table), pgx.RowTo[string])
	if len(keys) == 0 {
		return []string{"ctid"}
	}
	return keys
}

// isUndone is the condition of rows that a rebuild or a decision superseded: what they
// say is proven by themselves only.
func (tam *tamperer) isUndone(table string) string {
	tam.t.Helper()
	if len(storetest.Rows(tam.t, tam.pool, fmt.Sprintf("SELECT attname::text FROM pg_attribute WHERE attrelid = '%s'::regclass AND attname = 'superseded_by'", table), pgx.RowTo[string])) == 0 {
		return "false"
	}
	return "EXISTS (SELECT FROM runs r WHERE r.list_id = t.list_id AND r.id = t.superseded_by AND r.kind IN ('rebuild', 'retract', 'restore', 'believe'))"
}

// namedInDocs are the columns of which docs/history.md says that a checkpoint alone
// proves them.
func namedInDocs(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/history.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "only by a checkpoint that was noted before:\n")
	if !found {
		t.Fatal("docs/history.md has no list of columns")
	}
	block := regexp.MustCompile("(?m)^    [a-z_. ]+$").FindAllString(after, -1)
	return strings.Fields(strings.Join(block, " "))
}

// TestVerifyFindsWhatSurroundsHistory wants edits of what stands beside history to be
// found without a checkpoint.
func TestVerifyFindsWhatSurroundsHistory(t *testing.T) {
	t.Parallel()
	tam := newTamperer(t, shown.Clone(t))
	for _, sql := range []string{
		"DELETE FROM report_settings",
		"DELETE FROM drift",
		"UPDATE lists SET provider = 'other'",
		"UPDATE lists SET source = 'other'",
		"UPDATE lists SET list = 'other' WHERE list = 'things'",
		"UPDATE pages SET media_type = 'xml'",
		"UPDATE snapshot_pages SET number = number + 1",
	} {
		if verdict := tam.look(sql); verdict != found {
			t.Errorf("%s: %s", sql, verdict)
		}
	}
}
