package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp"
	"syncer/snapshot"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/schema"
	"syncer/store/storetest"
	"syncer/timeline"
)

// The bounds that BenchmarkSpeed holds. They compare two ways of one run on
// one machine, so that they mean the same on every machine.
const (
	benchProducts   = 100_000
	benchRounds     = 5
	minUnchanged    = 20.0 // times faster than a statement a row
	maxUnchangedWAL = 4096 // bytes of a run, between checkpoints
	minFirstLoad    = 0.7  // of the speed of a raw COPY
)

// BenchmarkSpeed measures the database phase, from a complete snapshot to
// COMMIT, on a server of its own with Postgres' default settings, and fails
// when a bound is broken. Rounds of the compared ways take turns; figures are
// medians.
func BenchmarkSpeed(b *testing.B) {
	w := newBench(b)
	for range benchRounds {
		w.firstLoad(b)
		w.rawCopy(b)
	}
	w.beginUnchanged(b)
	for range benchRounds {
		w.upserts(b)
		w.took.unchanged = append(w.took.unchanged, w.sync(b, w.other(b)))
		w.took.shortcut = append(w.took.shortcut, w.sync(b, w.last))
	}
	w.measureWAL(b)
	w.report(b)
}

// bench is one server and what was measured on it.
type bench struct {
	server    *pgtemp.Server
	databases int
	source    *storetest.Source
	pages     int // so many other ones were made
	last      *snapshot.Snapshot
	at        time.Time // of the newest snapshot
	dump      []tableDump

	store *store.Store // with one list, loaded
	list  record.List
	admin *pgx.Conn // to the database of store
	peer  *pgx.Conn

	took struct{ load, raw, upserts, unchanged, shortcut []time.Duration }
	wal  struct{ unchanged, shortcut []int64 }
}

// newBench starts the server and makes a migrated template and the products.
func newBench(b *testing.B) *bench {
	server, err := pgtemp.Start(b.Context(), pgtemp.Options{BinDir: os.Getenv("SYNCER_PG_BIN")})
	if errors.Is(err, pgtemp.ErrNoServer) && os.Getenv("CI") != "true" {
		b.Skipf("SKIPPED, NOT MEASURED: %v", err)
	}
	must(b, err)
	b.Cleanup(func() { must(b, server.Stop()) })
	w := &bench{server: server, source: storetest.NewSource(catalog.Products), at: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}
	w.execute(b, w.connect(b, pgtemp.Owner), "CREATE DATABASE bench_template")
	_, err = schema.Migrate(b.Context(), w.url("bench_template"))
	must(b, err)
	w.source.Entries = [][]catalog.Entry{benchEntries(b)}
	w.last = w.other(b)
	return w
}

func (w *bench) url(database string) string {
	return strings.Replace(w.server.URL(), "/"+pgtemp.Owner+"?", "/"+database+"?", 1)
}

func (w *bench) connect(b *testing.B, database string) *pgx.Conn {
	conn, err := pgx.Connect(b.Context(), w.url(database))
	must(b, err)
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (w *bench) execute(b *testing.B, conn *pgx.Conn, sql string) {
	_, err := conn.Exec(b.Context(), sql)
	must(b, err)
}

// database is a migrated, empty database, written to disk, so that no way pays
// for what another left behind.
func (w *bench) database(b *testing.B) string {
	w.databases++
	name := fmt.Sprintf("bench_%d", w.databases)
	conn := w.connect(b, "postgres")
	w.execute(b, conn, "CREATE DATABASE "+name+" TEMPLATE bench_template")
	w.execute(b, conn, "CHECKPOINT")
	return name
}

// other is a snapshot of the same entries whose pages have other bytes.
func (w *bench) other(b *testing.B) *snapshot.Snapshot {
	w.pages++
	w.last = w.source.Page(b, fmt.Sprint("0 ", w.pages))
	return w.last
}

// firstLoad loads all products into an empty database and keeps its rows for
// rawCopy.
func (w *bench) firstLoad(b *testing.B) {
	name := w.database(b)
	w.use(b, name)
	w.took.load = append(w.took.load, w.sync(b, w.last))
	if w.dump == nil {
		w.dump = dumpTables(b, w.admin)
	}
}

// use makes a database the one that sync writes to.
func (w *bench) use(b *testing.B, database string) {
	if w.store != nil {
		w.store.Close()
	}
	var err error
	w.store, err = store.Open(b.Context(), w.url(database))
	must(b, err)
	b.Cleanup(w.store.Close)
	w.admin = w.connect(b, database)
	w.list, err = w.store.EnsureList(b.Context(), w.source.Described, record.ListSettings{Rule: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}})
	must(b, err)
}

// sync is a run; it returns how long its database phase took.
func (w *bench) sync(b *testing.B, snapshot *snapshot.Snapshot) time.Duration {
	w.at = w.at.Add(time.Hour)
	run, err := w.store.BeginAt(b.Context(), w.list, record.Sync, w.at)
	must(b, err)
	begun := time.Now()
	result, err := w.store.Update(b.Context(), run, snapshot, storetest.Pass)
	took := time.Since(begun)
	must(b, err)
	if loads := result.Delta.First; loads == result.Delta.Empty() {
		b.Fatalf("first %t, %d added: want all at first, and nothing later", loads, len(result.Delta.Added))
	}
	return took
}

// tableDump is a table in COPY's binary format.
type tableDump struct {
	table string
	rows  []byte
}

// dumpTables reads what a first load wrote, lists and runs with their one row
// each because foreign keys want them.
func dumpTables(b *testing.B, conn *pgx.Conn) []tableDump {
	var all []tableDump
	for _, table := range []string{"lists", "runs", "products", "product_versions", "prices", "price_history", "product_status_changes"} {
		var rows bytes.Buffer
		_, err := conn.PgConn().CopyTo(b.Context(), &rows, "COPY "+table+" TO STDOUT (FORMAT binary)")
		must(b, err)
		all = append(all, tableDump{table, rows.Bytes()})
	}
	return all
}

// rawCopy writes the same rows into the same tables and indexes, in one
// transaction, by nothing but COPY.
func (w *bench) rawCopy(b *testing.B) {
	conn := w.connect(b, w.database(b))
	begun := time.Now()
	w.execute(b, conn, "BEGIN")
	for _, dump := range w.dump {
		_, err := conn.PgConn().CopyFrom(b.Context(), bytes.NewReader(dump.rows), "COPY "+dump.table+" FROM STDIN (FORMAT binary)")
		must(b, err)
	}
	w.execute(b, conn, "COMMIT")
	w.took.raw = append(w.took.raw, time.Since(begun))
}

// beginUnchanged brings both ways to the state that a daily sync finds: loaded,
// analyzed, and run once.
func (w *bench) beginUnchanged(b *testing.B) {
	w.execute(b, w.admin, "VACUUM ANALYZE")
	w.peer = w.connect(b, w.database(b))
	w.execute(b, w.peer, "CREATE TABLE peer (key text PRIMARY KEY, digest bytea NOT NULL, price numeric NOT NULL)")
	w.upserts(b)
	w.took.upserts = nil
	w.execute(b, w.peer, "VACUUM ANALYZE peer")
	w.sync(b, w.other(b))
}

// upserts is the peer: a prepared statement a row, in one transaction.
func (w *bench) upserts(b *testing.B) {
	entries := w.source.Entries[0]
	digests := make([]catalog.Digest, len(entries))
	for i := range entries {
		digests[i] = entries[i].Digest()
	}
	begun := time.Now()
	w.execute(b, w.peer, "BEGIN")
	for i := range entries {
		_, err := w.peer.Exec(b.Context(), `INSERT INTO peer (key, digest, price) VALUES ($1, $2, $3)
			ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, price = excluded.price`,
			entries[i].Key, digests[i][:], entries[i].Prices[0].ListUnitPrice.String())
		must(b, err)
	}
	w.execute(b, w.peer, "COMMIT")
	w.took.upserts = append(w.took.upserts, time.Since(begun))
}

// measureWAL measures whole runs, their own row included, after one that pays
// for the checkpoint's full pages. Maintenance by Postgres itself stands still.
func (w *bench) measureWAL(b *testing.B) {
	w.execute(b, w.admin, "ALTER SYSTEM SET autovacuum = off")
	w.execute(b, w.admin, "SELECT pg_reload_conf()")
	w.execute(b, w.admin, "CHECKPOINT")
	w.sync(b, w.other(b))
	for range 5 {
		w.wal.unchanged = append(w.wal.unchanged, w.walOf(b, w.other(b)))
		w.wal.shortcut = append(w.wal.shortcut, w.walOf(b, w.last))
	}
}

func (w *bench) walOf(b *testing.B, snapshot *snapshot.Snapshot) (written int64) {
	var before string
	must(b, w.admin.QueryRow(b.Context(), "SELECT pg_current_wal_lsn()::text").Scan(&before))
	w.sync(b, snapshot)
	must(b, w.admin.QueryRow(b.Context(), "SELECT pg_current_wal_lsn() - $1::text::pg_lsn", before).Scan(&written))
	return written
}

// report prints the figures and fails when a bound is broken.
func (w *bench) report(b *testing.B) {
	upserts, unchanged, shortcut := median(w.took.upserts), median(w.took.unchanged), median(w.took.shortcut)
	load, raw := median(w.took.load), median(w.took.raw)
	faster, speed := roundByRound(w.took.upserts, w.took.unchanged), roundByRound(w.took.raw, w.took.load)
	wal, walShortcut := median(w.wal.unchanged), median(w.wal.shortcut)
	var table strings.Builder
	broken := 0
	row := func(what, figure, bound string, holds bool) {
		word := "holds"
		if bound == "" {
			word = ""
		} else if !holds {
			word, broken = "BROKEN", broken+1
		}
		fmt.Fprintf(&table, "  %-44s %14s   %-10s %s\n", what, figure, bound, word)
	}
	row("a statement a row, in one transaction", upserts.Round(time.Millisecond).String(), "", true)
	row("unchanged sync, other page bytes", unchanged.Round(time.Millisecond/10).String(), "", true)
	row("  times faster than a statement a row", fmt.Sprintf("%.1f", faster), ">= 20", faster >= minUnchanged)
	row("  WAL of a whole run, bytes", fmt.Sprint(wal), "<= 4096", wal <= maxUnchangedWAL)
	row("unchanged sync, same page bytes (shortcut)", shortcut.Round(time.Millisecond/10).String(), "", true)
	row("  times faster than a statement a row", fmt.Sprintf("%.1f", ratio(upserts, shortcut)), "", true)
	row("  WAL of a whole run, bytes", fmt.Sprint(walShortcut), "<= 4096", walShortcut <= maxUnchangedWAL)
	row("raw COPY of the same rows", raw.Round(time.Millisecond).String(), "", true)
	row("first load", load.Round(time.Millisecond).String(), "", true)
	row("  of the speed of the raw COPY", fmt.Sprintf("%.2f", speed), ">= 0.7", speed >= minFirstLoad)
	fmt.Printf("\n%d products with 2 prices each, database phase, medians of %d rounds that took turns:\n%s\n", benchProducts, benchRounds, &table)
	b.ReportMetric(faster, "x-upserts")
	b.ReportMetric(speed, "x-copy")
	b.ReportMetric(float64(wal), "WAL-bytes")
	if broken > 0 {
		b.Fatalf("%d bounds are broken", broken)
	}
}

func median[T time.Duration | int64](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// roundByRound is the median of the ratios of the same rounds: a machine that
// slows down for a while slows both.
func roundByRound(a, b []time.Duration) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = ratio(a[i], b[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// benchEntries are products as a provider lists them: sizes, attributes and a
// price a month and a price an hour.
func benchEntries(b *testing.B) []catalog.Entry {
	entries := make([]catalog.Entry, benchProducts)
	status, region := "available", "kr-1"
	for i := range entries {
		key := fmt.Sprintf("flavor-%06d", i)
		vcpu, memory := decimal.New(int64(1+i%64), 0), decimal.New(int64(1024*(1+i%256)), 0)
		attributes, err := catalog.NewAttributes(map[string]any{
			"family": fmt.Sprintf("g%d", i%9), "network_mbps": 1000 * (1 + i%10), "description": "general purpose, local disk",
		})
		must(b, err)
		price := func(variant string, amount decimal.Decimal) catalog.Price {
			return catalog.Price{
				SKUPriceID: key + "/" + variant, Kind: catalog.PriceList, Variant: variant, Unit: variant, Currency: "KRW",
				ListUnitPrice: amount, TaxBasis: catalog.TaxExcluded,
			}
		}
		entries[i] = catalog.Entry{
			Key: key, Name: fmt.Sprintf("General %d", i), Status: &status, RegionID: &region, Attributes: attributes,
			VCPU: &vcpu, MemoryMiB: &memory,
			Prices: []catalog.Price{price("month", decimal.New(int64(5000+i), 0)), price("hour", decimal.New(int64(7000+i), -3))},
		}
	}
	return entries
}
