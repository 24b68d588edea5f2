package proof_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
)

// TestALateSnapshotHidesWhatIsLackedBeyondARetraction: the last snapshot that held an
// entry says how many rows without a key are usual. A late one says so of a lacking
// snapshot also where what lies between was taken back.
func TestALateSnapshotHidesWhatIsLackedBeyondARetraction(t *testing.T) {
	t.Parallel()
	l := doubting(t, pgtest.New(t), "beyond", catalog.Products)
	nameless := catalog.Decoded{SetAside: []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "want a key"}}}
	l.Write(storetest.Day(1), l.Source.Odd(t, nameless, priced("a", "5"), priced("b", "7")))
	l.Put(storetest.Day(3), priced("b", "7"))
	l.Write(storetest.Day(4), l.Source.Odd(t, nameless, priced("b", "7")))
	l.Write(storetest.Day(5), l.Source.Odd(t, nameless, priced("b", "8")))
	l.Retract(storetest.Day(3), "a", store.Decision{Actor: "kim", Reason: "it was there"})
	absences := func() int {
		return storetest.Rows(t, l.Pool, "SELECT count(*) FROM absences WHERE superseded_by IS NULL", pgx.RowTo[int])[0]
	}
	if n := absences(); n != 1 {
		t.Fatalf("%d absences before, want one from day 4", n)
	}
	l.Put(storetest.Day(2), priced("a", "5"), priced("b", "7")) // all its rows have keys
	if n := absences(); n != 0 {
		t.Errorf("%d absences, want none: one of the rows without a key may be a", n)
	}
	world{l}.mustHold()
}
