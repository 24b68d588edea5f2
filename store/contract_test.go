package store_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/timeline"
)

// TestContractUsageIsNoVersion wants figures that move every day to stand as
// facts of their snapshots, beside one version of the contract.
func TestContractUsageIsNoVersion(t *testing.T) {
	pool := pgtest.New(t)
	s, source := store.New(pool), newScripted()
	source.list.Kind = catalog.Contracts
	list := ensure(t, s, source.list, timeline.Rule{Snapshots: 1})
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for day, hours := range []int64{24, 48, 48} {
		entry := contracted(catalog.Entry{Key: "plan-1", Name: "plan", Prices: []catalog.Price{{
			SKUPriceID: "plan-1/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.NewFromInt(900),
		}}})
		entry.Usage = []catalog.Usage{{Name: "used_time", Resource: "vm-1", From: begin, To: begin.AddDate(0, 1, 0), Quantity: decimal.NewFromInt(hours), Unit: "hour"}}
		put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"plan-1": entry}), begin.AddDate(0, 0, day))
	}
	got := rows(t, pool, source.list.ID, `SELECT u.quantity::text FROM contract_usage u JOIN lists l ON l.id = u.list_id
		WHERE l.list = $1 ORDER BY u.taken_at`, pgx.RowTo[string])
	if diff := gocmp.Diff([]string{"24", "48", "48"}, got); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
	history := tables(t, pool, source.list)
	if len(history.Versions) != 1 || len(history.Prices) != 1 {
		t.Errorf("%d versions and %d prices, want one of each", len(history.Versions), len(history.Prices))
	}
}

func contracted(entry catalog.Entry) catalog.Entry {
	ends := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	entry.Contract = &catalog.Contract{ContractID: "c-" + entry.Name, ContractType: "1-year", PeriodEnd: &ends}
	return entry
}
