package proof_test

import (
	"testing"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
)

// TestWhatWasTakenBackIsProven wants no contradiction after anything was taken back,
// restored, and read again.
func TestWhatWasTakenBackIsProven(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	by := store.Decision{Actor: "kim", Reason: "so it is"}
	for name, story := range map[string]func(l *storetest.Live){
		"what an entry was, and it is that again": func(l *storetest.Live) {
			l.Retract(storetest.Day(2), "a", by)
			l.Put(storetest.Day(3), priced("a", "110"), priced("b", "5"))
		},
		"that an entry is gone, and it stays gone": func(l *storetest.Live) {
			l.Put(storetest.Day(3), priced("b", "5"))
			l.Retract(storetest.Day(3), "a", by)
			l.Put(storetest.Day(4), priced("b", "5"))
		},
		"a snapshot, and later ones come": func(l *storetest.Live) {
			l.Retract(storetest.Day(2), "", by)
			l.Put(storetest.Day(3), priced("a", "110"), priced("b", "5"))
			l.Put(storetest.Day(1).AddDate(0, 0, -1), priced("a", "90"))
		},
		"a snapshot twice, and it is restored": func(l *storetest.Live) {
			l.Retract(storetest.Day(2), "", by)
			l.Restore(storetest.Day(2), "", by)
			l.Put(storetest.Day(3), priced("a", "120"))
			l.Retract(storetest.Day(2), "", by)
			l.Restore(storetest.Day(2), "", by)
			l.Put(storetest.Day(4), priced("a", "120"))
		},
		"one that was held and accepted": func(l *storetest.Live) {
			l.Sync(storetest.Day(3), "too little", priced("a", "110"))
			l.Accept(storetest.Day(3))
			l.Retract(storetest.Day(3), "", by)
			l.Put(storetest.Day(4), priced("a", "110"))
		},
	} {
		l := doubting(t, pool, name, catalog.Products)
		l.Put(storetest.Day(1), priced("a", "100"), priced("b", "5"))
		l.Put(storetest.Day(2), priced("a", "110"), priced("b", "5"))
		story(l)
		if found := l.Verify().Contradictions; len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		l.Exec("UPDATE decisions SET kind = 'believe' WHERE list_id = $1", l.List.RowID)
		if len(l.Verify().Contradictions) == 0 {
			t.Errorf("%s: nobody notices other decisions", name)
		}
	}
}
