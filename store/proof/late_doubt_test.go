package proof_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestVerifyKnowsADoubtThatALateSnapshotUndid: the price of a tier is ten times what
// it was, and doubted; then a snapshot between the two comes late, which has no such
// tier, so that the higher price is a first sight. Today's snapshots show no doubt,
// and what was written before the late one came is still no contradiction.
func TestVerifyKnowsADoubtThatALateSnapshotUndid(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	w := world{&storetest.Live{T: t, Pool: pool, Store: store.New(pool), Source: storetest.NewSource(catalog.Products)}}
	w.RegisterWith(record.ListSettings{Rule: timeline.Rule{Snapshots: 1}, Doubt: timeline.Rule{Snapshots: 2, For: 72 * time.Hour}})
	tiered := func(amount string) catalog.Entry {
		entry := priced("a", "100")
		more := entry.Prices[0]
		more.TierMinimum, more.ListUnitPrice = new(decimal.NewFromInt(10)), decimal.RequireFromString(amount)
		entry.Prices = append(entry.Prices, more)
		return entry
	}
	w.Put(storetest.Day(1), tiered("90"))
	w.Put(storetest.Day(3), tiered("900"))
	w.Put(storetest.Day(2), priced("a", "100"))
	if report := w.Verify(); len(report.Contradictions) > 0 {
		t.Error(report.Contradictions)
	}
	if rebuilt := w.Rebuild(w.List.Rule); rebuilt.Superseded.Sum()+rebuilt.Inserted.Sum() > 0 {
		t.Errorf("a rebuild of what is true wrote %+v", rebuilt)
	}
}
