package store_test

import (
	"errors"
	"testing"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
)

// TestARunWritesNothingIntoHistoryThatWasReadOtherwiseMeanwhile: a daemon that goes on
// with yesterday's configuration must not mix what it reads into the history that a
// rebuild by today's wrote.
func TestARunWritesNothingIntoHistoryThatWasReadOtherwiseMeanwhile(t *testing.T) {
	t.Parallel()
	w := storetest.NewLive(t, pgtest.New(t), catalog.Products)
	seen := func(look string) catalog.Entry {
		return catalog.Entry{Key: "a", Name: "a", Attributes: catalog.Attributes(`{"seen":` + look + `}`)}
	}
	w.Put(storetest.Day(1), seen("1"))
	run, taken := w.Begin(record.Sync, storetest.Day(2)), w.Source.Snapshot(t, seen("2"))
	w.Ignore("seen")
	w.Rebuild(w.List.Rule)
	if _, err := w.Store.Update(t.Context(), run, taken, storetest.Pass); !errors.Is(err, store.ErrReread) {
		t.Errorf("the run that began before: %v", err)
	}
	if found := w.Verify(); found.Snapshots != 1 || len(found.Contradictions) != 0 || found.ReadBy != "" {
		t.Errorf("verify: %+v", found)
	}
}
