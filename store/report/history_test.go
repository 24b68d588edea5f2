package report_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/report"
	"syncer/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestHistoryOfAContract wants one line for each change of the contract, and
// every amount of its falling fee.
func TestHistoryOfAContract(t *testing.T) {
	t.Parallel()
	l := storetest.NewLive(t, pgtest.New(t), catalog.Contracts)
	for i, status := range []string{"ACTIVE", "ACTIVE", "ENDED"} {
		l.Sync(storetest.Day(i+1), "", storetest.Contracted(catalog.Entry{Key: "plan-1", Name: "plan", Status: &status, Prices: []catalog.Price{{
			SKUPriceID: "plan-1/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.NewFromInt(int64(900 - i)),
		}}}))
	}
	reader := report.New(l.Pool)
	history, err := reader.ProductHistory(t.Context(), l.List.ID, "plan-1")
	if err != nil {
		t.Fatal(err)
	}
	if history.Statuses == nil {
		t.Error("JSON would say null for a list")
	}
	var lines []string
	for _, v := range history.Contract {
		lines = append(lines, fmt.Sprint(v.Status, " ", v.From.Format(time.DateOnly)))
	}
	if got := fmt.Sprint(lines); got != "[ACTIVE 2026-01-01 ENDED 2026-01-03]" || len(history.Prices) != 3 {
		t.Errorf("got %s and %d amounts", got, len(history.Prices))
	}
	if _, err := reader.ProductHistory(t.Context(), l.List.ID, "plan-2"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("a contract never seen: %v", err)
	}
}
