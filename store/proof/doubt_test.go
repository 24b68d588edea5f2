package proof_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/storetest"
)

// TestOddHistoryAgreesWithTheReference writes random worlds in which parts are set
// aside and prices doubted, in any order, and wants the tables to be what the
// reference says, the pages to prove them, and a rebuild to find nothing to do.
func TestOddHistoryAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s, lists := store.New(pool), 0
	rapid.Check(t, func(rt *rapid.T) {
		lists++
		w := drawn{storetest.DrawDoubtful(rt, t, s, pool, fmt.Sprintf("odd-%d", lists))}
		w.MustMatch(rt, "as written")
		w.proven(rt)
		if report := w.rebuild(rt, w.List.Rule); report.Entries != 0 || report.Superseded.Sum()+report.Inserted.Sum() != 0 {
			rt.Fatalf("a rebuild of what is true changed %+v", report)
		}
		w.proven(rt)
	})
}
