package bi_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/store/storetest"
	"syncer/timeline"
)

// follower asks again and again for the changes that were recorded since it asked
// last.
type follower struct {
	pool *pgxpool.Pool
	last time.Time
}

// news are day, kind and amounts of those changes.
func (f *follower) news(t *testing.T) []string {
	t.Helper()
	now := storetest.Rows(t, f.pool, "SELECT max(recorded_at) FROM runs", pgx.RowTo[time.Time])[0]
	all := storetest.Rows(t, f.pool, `SELECT concat_ws(' ', to_char(changed_at, 'DD'), change_kind, from_list_unit_price_text, to_list_unit_price_text)
		FROM bi.price_changes WHERE recorded_at > $1 AND recorded_at <= $2 ORDER BY changed_at, change_kind`, pgx.RowTo[string], f.last, now)
	f.last = now
	return all
}

// TestChangesAreRecordedWhenTheyWereKnown wants whoever asks for what was recorded
// since the last time to miss nothing: an end, a late snapshot's amount before, and
// what a late snapshot makes new or another unit. A beginning comes again where a late
// snapshot cut its row.
func TestChangesAreRecordedWhenTheyWereKnown(t *testing.T) {
	t.Parallel()
	s, pool := openBI(t)
	l := storetest.NewList(t, s, pool, "things", catalog.Products, timeline.Rule{Snapshots: 1})
	priced := func(amounts ...string) catalog.Entry { // a unit, then an amount
		entry := catalog.Entry{Key: "a", Name: "a"}
		for pair := range slices.Chunk(amounts, 2) {
			entry.Prices = append(entry.Prices, catalog.Price{
				SKUPriceID: "a", Kind: catalog.PriceList, Unit: pair[0], Currency: "KRW", TaxBasis: catalog.TaxExcluded, ListUnitPrice: decimal.RequireFromString(pair[1]),
			})
		}
		return entry
	}
	f := follower{pool: pool}
	for _, step := range []struct {
		day   int
		entry catalog.Entry
		want  []string
	}{
		{1, priced("hour", "100"), []string{"01 new 100"}},
		{7, priced("hour", "120"), []string{"07 raised 100 120"}},
		{9, priced(), []string{"09 ended 120"}},
		{5, priced("hour", "110"), []string{"01 new 100", "05 raised 100 110", "07 raised 110 120"}}, // the amount before
		{6, priced(), []string{"05 raised 100 110", "06 ended 110", "07 new 120"}},                   // nothing before
		{3, priced("hour", "100"), []string{}},
		{8, priced("hour", "120"), []string{}},
		{2, priced("month", "100"), []string{"01 new 100", "02 unit 100 100", "03 unit 100 100", "05 raised 100 110"}},
		{10, priced("hour", "130"), []string{"10 new 130"}},
		{11, priced("month", "130"), []string{"11 unit 130 130"}},
	} {
		l.Put(storetest.Day(step.day), step.entry)
		if diff := cmp.Diff(step.want, f.news(t)); diff != "" {
			t.Errorf("after day %d (-want +got):\n%s", step.day, diff)
		}
	}
}
