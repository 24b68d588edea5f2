package ingest_test

import (
	"testing"
	"time"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// TestWhatIsDoubtedIsNotCountedAgain wants a snapshot to be compared with what the
// one before showed, not with what is believed meanwhile.
func TestWhatIsDoubtedIsNotCountedAgain(t *testing.T) {
	t.Parallel()
	list := doubtingIn(t)
	list.guard.MaxDoubtfulPercent = 100
	list.mustPass(1, catalogOf(100))
	list.mustPass(2, catalogOf(100, some(0, 15, unpriced)))
	if n := one[int](t, list.Pool, "SELECT count(*) FROM doubts WHERE reason = 'lost'"); n != 15 {
		t.Fatalf("%d prices are in doubt, want 15", n)
	}
	list.mustPass(3, catalogOf(100, some(0, 27, unpriced))) // 12 of the 85 that are left
	list.mustHold(4, catalogOf(100, some(0, 27, unpriced), some(27, 42, unpriced)), "15 of 73 entries would lose a price (limit 20 %)")
	list.mustPass(5, catalogOf(100)) // they are back: 27 prices begin
}

// TestDoubtfulAmountsAreComparedAsShown wants a price that stays doubtful to have
// moved once only.
func TestDoubtfulAmountsAreComparedAsShown(t *testing.T) {
	t.Parallel()
	list := doubtingIn(t)
	list.mustPass(1, catalogOf(9))
	list.mustPass(2, catalogOf(9, some(0, 4, times("100"))))
	if n := one[int](t, list.Pool, "SELECT count(*) FROM doubts WHERE reason = 'amount'"); n != 4 {
		t.Fatalf("%d prices are in doubt, want 4", n)
	}
	list.mustPass(3, catalogOf(9, some(0, 4, times("100")), some(4, 5, times("1.1")))) // five differ from what is believed
}

// TestTooManyDoubtsAreHeld: few prices that cannot be believed are doubted one by one,
// more are no accident, whatever it is that moves. A list that doubts nothing lets
// them pass.
func TestTooManyDoubtsAreHeld(t *testing.T) {
	t.Parallel()
	included := price(func(p *catalog.Price) { p.TaxBasis = catalog.TaxIncluded })
	list := doubtingIn(t)
	list.mustPass(1, catalogOf(100))
	list.mustPass(2, catalogOf(100, some(0, 4, included)))
	list.mustHold(3, catalogOf(100, some(0, 9, included)),
		"5 of 100 entries would show prices that cannot be believed (limit 2 %): c00004 full KRW/month excluded → included, c00005")
	list.mustPass(4, catalogOf(100, some(0, 8, included)))
	believing := newGuarded(t)
	believing.mustPass(1, catalogOf(100))
	believing.mustPass(2, catalogOf(100, some(0, 9, included)))
}

// TestWhatEndsOnItsDayIsNotLost wants prices that end as their provider said to be
// counted nowhere.
func TestWhatEndsOnItsDayIsNotLost(t *testing.T) {
	t.Parallel()
	day := storetest.Day(3)
	list := doubtingIn(t)
	list.mustPass(1, catalogOf(9, price(func(p *catalog.Price) { p.EffectiveTo = &day })))
	list.mustPass(3, catalogOf(9, unpriced))
	if n := one[int](t, list.Pool, "SELECT count(*) FROM doubts"); n != 0 {
		t.Errorf("%d prices are in doubt, want none", n)
	}
	undated := doubtingIn(t)
	undated.mustPass(1, catalogOf(9))
	undated.mustHold(3, catalogOf(9, unpriced), "9 of 9 entries would lose a price")
}

// TestWhatIsSetAsideIsNotLost: one of two entries, of which prices, or all, cannot
// be read.
func TestWhatIsSetAsideIsNotLost(t *testing.T) {
	t.Parallel()
	twice := func(_ int, e *catalog.Entry) { e.Prices = append(e.Prices, e.Prices[0]) }
	zones := func(_ int, e *catalog.Entry) {
		e.ZoneStatuses = []catalog.ZoneStatus{{Zone: "1", Status: "on"}, {Zone: "1", Status: "off"}}
	}
	list := newGuarded(t)
	list.guard.IgnoreUpTo = 0
	list.mustPass(1, catalogOf(2))
	list.mustPass(2, catalogOf(2, some(0, 1, twice)))
	list.mustPass(3, catalogOf(2, some(0, 1, zones)))
	list.mustPass(4, catalogOf(2, some(0, 1, twice), some(0, 1, zones)))
	if n := one[int](t, list.Pool, "SELECT count(*) FROM set_aside"); n != 4 {
		t.Errorf("%d parts are set aside, want 4", n)
	}
	list.mustHold(5, catalogOf(2, some(0, 1, unpriced)), "1 of 2 entries would lose a price")
}

func doubtingIn(t *testing.T) guarded {
	t.Helper()
	pool := pgtest.New(t)
	rule := timeline.Rule{Snapshots: 2, For: 72 * time.Hour}
	live := &storetest.Live{T: t, Pool: pool, Store: store.New(pool), Source: storetest.NewSource(catalog.Products)}
	list, err := live.Store.EnsureList(t.Context(), live.Source.Described, record.ListSettings{Rule: rule, Doubt: rule})
	if err != nil {
		t.Fatal(err)
	}
	live.List = list
	return guarded{live, ingest.DefaultGuard()}
}

// TestWhatWasAnnouncedIsCountedNowhere: on its day every price is the announced one,
// times ten.
func TestWhatWasAnnouncedIsCountedNowhere(t *testing.T) {
	t.Parallel()
	day := storetest.Day(3)
	raised := catalogOf(9, times("10"), price(func(p *catalog.Price) { p.EffectiveFrom = &day }))
	announcing := func(i int, e *catalog.Entry) { e.Announced = raised[i].Prices }
	list := doubtingIn(t)
	list.mustPass(1, catalogOf(9))
	list.mustPass(2, catalogOf(9, announcing))
	if n := one[int](t, list.Pool, "SELECT count(*) FROM announced_prices"); n != 9 {
		t.Fatalf("%d prices are announced, want 9", n)
	}
	list.mustPass(3, raised)
	list.mustHold(4, catalogOf(9), "9 of 9 prices would change at once", "9 prices would change by a median factor of 0.1")
}
