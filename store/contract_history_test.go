package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/timeline"
)

// TestHistoryOfAContract wants one line for each change of the contract, and
// every amount of its falling fee.
func TestHistoryOfAContract(t *testing.T) {
	s, source := store.New(pgtest.New(t)), newScripted()
	source.list.Kind = catalog.Contracts
	list := ensure(t, s, source.list, timeline.Rule{Snapshots: 1})
	for i, status := range []string{"ACTIVE", "ACTIVE", "ENDED"} {
		entry := contracted(catalog.Entry{Key: "plan-1", Name: "plan", Status: &status, Prices: []catalog.Price{{
			SKUPriceID: "plan-1/fee", Kind: catalog.PriceFee, Currency: "KRW", TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.NewFromInt(int64(900 - i)),
		}}})
		put(t, s, list, source.snapshot(t, map[string]catalog.Entry{"plan-1": entry}), day(i+1))
	}
	history, err := s.ProductHistory(t.Context(), source.list.ID, "plan-1")
	if err != nil {
		t.Fatal(err)
	}
	if history.Statuses == nil {
		t.Error("JSON would say null for a list")
	}
	var told []string
	for _, v := range history.Contract {
		told = append(told, fmt.Sprint(v.Status, " ", v.From.Format(time.DateOnly)))
	}
	if got := fmt.Sprint(told); got != "[ACTIVE 2026-01-01 ENDED 2026-01-03]" || len(history.Prices) != 3 {
		t.Errorf("got %s and %d amounts", got, len(history.Prices))
	}
	if _, err := s.ProductHistory(t.Context(), source.list.ID, "plan-2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a contract never seen: %v", err)
	}
}
