package proof_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"syncer/catalog"
	"syncer/pgtemp/pgtest"
	"syncer/store/storetest"
)

// TestTheSamePagesHideTheSameEntriesAgain: a row without a key may be the entry that
// a page lacks, also where the same page comes again and its rows are copied. What
// comes later, or late, finds the entry lacking there, and not shown.
func TestTheSamePagesHideTheSameEntriesAgain(t *testing.T) {
	t.Parallel()
	for name, days := range map[string][]int{"in order": {2, 3, 4}, "late": {4, 2, 3}, "between": {2, 4, 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := doubting(t, pgtest.New(t), "hidden", catalog.Products)
			nameless := catalog.Decoded{SetAside: []catalog.SetAside{{Part: catalog.FieldsPart, Reason: catalog.Unreadable, Detail: "want a key"}}}
			l.Put(storetest.Day(1), priced("a", "5"), priced("b", "7"))
			same := l.Source.Odd(t, nameless, priced("a", "5"))
			for _, day := range days {
				l.Write(storetest.Day(day), same)
			}
			l.Put(storetest.Day(5), priced("a", "5"), priced("b", "8"))
			world{l}.mustHold()
			hidden := storetest.Rows(t, l.Pool, "SELECT count(*) FROM set_aside WHERE reason = 'hidden' AND key = 'b'", pgx.RowTo[int])
			if hidden[0] != 3 {
				t.Errorf("b is hidden at %d moments, want 3", hidden[0])
			}
			absences := storetest.Rows(t, l.Pool, "SELECT count(*) FROM absences WHERE superseded_by IS NULL", pgx.RowTo[int])
			if absences[0] != 0 {
				t.Errorf("%d absences, want none", absences[0])
			}
		})
	}
}
