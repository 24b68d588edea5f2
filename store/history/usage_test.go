package history_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/storetest"
)

// TestContractUsageIsNoVersion wants figures that move every day to stand as
// facts of their snapshots, beside one version of the contract.
func TestContractUsageIsNoVersion(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	l := storetest.NewLive(t, pool, catalog.Contracts)
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for day, hours := range []int64{24, 48, 48} {
		entry := storetest.Contracted(catalog.Entry{Key: "plan-1", Name: "plan", Prices: []catalog.Price{{
			SKUPriceID: "plan-1/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.NewFromInt(900),
		}}})
		entry.Usage = []catalog.Usage{{Name: "used_time", Resource: "vm-1", From: begin, To: begin.AddDate(0, 1, 0), Quantity: decimal.NewFromInt(hours), Unit: "hour"}}
		l.Put(begin.AddDate(0, 0, day), entry)
	}
	got := l.Lines(`SELECT u.quantity::text FROM contract_usage u JOIN lists l ON l.id = u.list_id
		WHERE l.list = $1 ORDER BY u.taken_at`, l.List.ID.Name)
	if diff := gocmp.Diff([]string{"24", "48", "48"}, got); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
	history := storetest.Tables(t, pool, l.Source.Described)
	if len(history.Versions) != 1 || len(history.Prices) != 1 {
		t.Errorf("%d versions and %d prices, want one of each", len(history.Versions), len(history.Prices))
	}
}
