package history_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store"
	"syncer/store/delta"
	"syncer/store/history"
	"syncer/store/record"
	"syncer/timeline"
)

// single is a list of one entry.
type single struct {
	list  catalog.List
	entry catalog.Entry
}

func (s single) List() catalog.List { return s.list }

func (s single) Pages(context.Context) iter.Seq2[catalog.Page, error] { return nil }

func (s single) Decode(catalog.Page) (catalog.Decoded, error) {
	return catalog.Decoded{Entries: []catalog.Entry{s.entry}, End: catalog.End{Last: true}}, nil
}

// TestEveryFieldIsStoredAndShown sets every tracked field to a value that stands
// nowhere else, writes the entry, and wants it back from the tables as it was, and
// each value in some view of schema bi.
func TestEveryFieldIsStoredAndShown(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := store.New(pool)
	for _, kind := range []catalog.EntryKind{catalog.Products, catalog.Contracts} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			entry, marks := markedEntry(t, kind)
			list, digest := write(t, s, single{catalog.List{
				ID: catalog.ListID{Source: "test", Name: string(kind)}, Provider: "test", Kind: kind, DecoderVersion: 1,
			}, entry})
			readBack(t, pool, list, kind, entry, digest)
			for field, mark := range marks {
				if !shownInBI(t, pool, mark) {
					t.Errorf("%s: no view of schema bi shows %q", field, mark)
				}
			}
		})
	}
}

// markedEntry has a value of its own in every field; marks are how the values
// read, by field.
func markedEntry(t *testing.T, kind catalog.EntryKind) (catalog.Entry, map[string]string) {
	t.Helper()
	entry, marks := catalog.Entry{Key: "key"}, make(map[string]string)
	if kind == catalog.Contracts {
		entry.Contract = &catalog.Contract{}
	}
	n := 0
	for _, field := range catalog.Fields() {
		if !field.In(kind) {
			continue
		}
		n++
		if field.Name != "prices" {
			marks[field.Name] = mark(t, field.At(&entry), field.Name, n)
			continue
		}
		price := catalog.Price{}
		for _, field := range catalog.PriceFields() {
			n++
			marks["price "+field.Name] = mark(t, field.At(&price), field.Name, n)
		}
		price.Kind, price.Currency, price.TaxBasis = catalog.PriceList, "XTS", catalog.TaxIncluded
		marks["price price_kind"], marks["price pricing_currency"], marks["price tax_basis"] = "list", "XTS", "included"
		entry.Prices = []catalog.Price{price}
	}
	return entry, marks
}

func mark(t *testing.T, at any, name string, n int) string {
	t.Helper()
	text, number, moment := "mark-"+name, decimal.NewFromInt(int64(770_000+n)), time.Date(2031, 1, n, 0, 0, 0, 0, time.UTC)
	switch value := at.(type) {
	case *string:
		*value = text
	case **string:
		*value = &text
	case *decimal.Decimal:
		*value, text = number, number.String()
	case **decimal.Decimal:
		*value, text = &number, number.String()
	case **time.Time:
		*value, text = &moment, moment.Format("2006-01-02")
	case *catalog.Attributes:
		*value = fmt.Appendf(nil, `{"own":%q}`, text)
	case *[]catalog.ZoneStatus:
		*value = []catalog.ZoneStatus{{Zone: "zone", Status: text}}
	default:
		t.Fatalf("%s is a %T, which this test cannot set", name, at)
	}
	return text
}

func write(t *testing.T, s *store.Store, fetcher single) (int64, catalog.Digest) {
	t.Helper()
	list, err := s.EnsureList(t.Context(), fetcher.list, record.ListSettings{Rule: timeline.Rule{Snapshots: 1}})
	if err != nil {
		t.Fatal(err)
	}
	shown := snapshot.New(fetcher)
	if err := shown.Add(catalog.Page{Number: 1, Parts: []catalog.Part{{Body: []byte("{}")}}}); err != nil {
		t.Fatal(err)
	}
	if err := shown.Complete(); err != nil {
		t.Fatal(err)
	}
	run, err := s.BeginAt(t.Context(), list, record.Backfill, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), run, shown, func(delta.Delta) []string { return nil }); err != nil {
		t.Fatal(err)
	}
	digest, _ := shown.DigestOf(fetcher.entry.Key)
	return list.RowID, digest
}

func readBack(t *testing.T, pool *pgxpool.Pool, list int64, kind catalog.EntryKind, want catalog.Entry, digest catalog.Digest) {
	t.Helper()
	tables := history.Of(sqlcgen.New(), pool, list, kind)
	entries, err := tables.Entries(t.Context())
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	versions, err := tables.VersionsEver(t.Context(), entries)
	if err != nil {
		t.Fatal(err)
	}
	prices, err := tables.PricesEver(t.Context(), entries)
	if err != nil {
		t.Fatal(err)
	}
	id := entries[0].ID
	version, price := versions[id][0].Row, prices.Of[id][0]
	got := version.Entry
	got.Key, got.Prices = entries[0].Key, []catalog.Price{history.Whole(prices.SKUs[price], prices.Rows[price][0].Row.Amount)}
	if got.Attributes, err = catalog.CanonicalAttributes(got.Attributes); err != nil {
		t.Fatal(err)
	}
	equal := gocmp.Options{gocmp.Comparer(decimal.Decimal.Equal), gocmp.Comparer(time.Time.Equal)}
	if diff := gocmp.Diff(want, got, equal); diff != "" {
		t.Errorf("the entry (-written +read back):\n%s", diff)
	}
	if altered, err := version.IsAltered(got.Key, got.Prices); altered || err != nil || version.Digest != digest {
		t.Errorf("altered: %t, %v; digest %x, want %x", altered, err, version.Digest, digest)
	}
}

// shownInBI looks for a value in every row of every view.
func shownInBI(t *testing.T, pool *pgxpool.Pool, mark string) bool {
	t.Helper()
	rows, err := pool.Query(t.Context(), "SELECT relname FROM pg_class WHERE relnamespace = 'bi'::regnamespace AND relkind = 'v'")
	if err != nil {
		t.Fatal(err)
	}
	views, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, view := range views {
		var shown bool
		query := fmt.Sprintf("SELECT EXISTS (SELECT FROM bi.%s AS v WHERE to_jsonb(v)::text LIKE $1)", pgx.Identifier{view}.Sanitize())
		if err := pool.QueryRow(t.Context(), query, "%"+strings.ReplaceAll(mark, "_", `\_`)+"%").Scan(&shown); err != nil {
			t.Fatal(err)
		}
		if shown {
			return true
		}
	}
	return false
}
