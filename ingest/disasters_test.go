package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/ingest"
	"syncer/pgtemp/pgtest"
	"syncer/store"
	"syncer/store/record"
	"syncer/store/storetest"
	"syncer/timeline"
)

// catalogOf is n entries with a name, a status, sizes, attributes and a price with
// tax, each edited.
func catalogOf(n int, edits ...func(i int, e *catalog.Entry)) []catalog.Entry {
	all := make([]catalog.Entry, n)
	for i := range all {
		key, amount := fmt.Sprintf("c%05d", i), decimal.NewFromInt(int64(1000+10*i))
		all[i] = catalog.Entry{
			Key: key, Name: "name of " + key, Status: new("available"), VCPU: new(decimal.NewFromInt(4)), MemoryMiB: new(decimal.NewFromInt(8192)),
			Attributes: catalog.Attributes(`{"family":"c2","gpu":null,"os":"linux"}`),
			Prices: []catalog.Price{{
				SKUPriceID: key + "/month", Kind: catalog.PriceList, Variant: "full", Unit: "month", Currency: "KRW", ListUnitPrice: amount,
				TaxAmount: new(amount.Shift(-1)), PriceWithTax: new(amount.Mul(decimal.New(11, -1))), TaxBasis: catalog.TaxExcluded,
			}},
		}
		for _, edit := range edits {
			edit(i, &all[i])
		}
	}
	return all
}

// Edits of entries, all or some of them.
func unpriced(_ int, e *catalog.Entry) { e.Prices = nil }

func free(_ int, e *catalog.Entry) { times("0")(0, e) }

// times multiplies the amounts of an entry, and tax with them.
func times(factor string) func(int, *catalog.Entry) {
	by := decimal.RequireFromString(factor)
	return func(_ int, e *catalog.Entry) {
		for i := range e.Prices {
			price := &e.Prices[i]
			if price.Kind != catalog.PriceFee {
				price.ListUnitPrice = price.ListUnitPrice.Mul(by)
				price.TaxAmount, price.PriceWithTax = new(price.TaxAmount.Mul(by)), new(price.PriceWithTax.Mul(by))
			}
		}
	}
}

func price(edit func(*catalog.Price)) func(int, *catalog.Entry) {
	return func(_ int, e *catalog.Entry) {
		for i := range e.Prices {
			edit(&e.Prices[i])
		}
	}
}

// some edits the entries from one on and before another.
func some(from, to int, edit func(int, *catalog.Entry)) func(int, *catalog.Entry) {
	return func(i int, e *catalog.Entry) {
		if i >= from && i < to {
			edit(i, e)
		}
	}
}

// withFees gives each entry four fees.
func withFees(i int, e *catalog.Entry) {
	for n := range 4 {
		e.Prices = append(e.Prices, catalog.Price{
			SKUPriceID: fmt.Sprintf("%s/fee%d", e.Key, n), Kind: catalog.PriceFee, Unit: "month", Currency: "KRW",
			ListUnitPrice: decimal.NewFromInt(int64(i)), TaxBasis: catalog.TaxUnknown,
		})
	}
}

// TestDisasters wants each to be held, for each reason that there is and for no
// other. It stands beside what looks alike and is none.
func TestDisasters(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for _, test := range []struct {
		name          string
		before, after []catalog.Entry
		want          []string // how each reason begins, in their order
	}{
		{"all statuses flip", catalogOf(100), catalogOf(100, func(_ int, e *catalog.Entry) { e.Status = new("soldout") }),
			[]string{"100 of 100 entries would change their status (limit 50 %): c00000 available → soldout, c00001"}},
		{"all zones flip", catalogOf(100, zoned("on")), catalogOf(100, zoned("off")), []string{"100 of 100 entries would change their status in a zone"}},
		{"zones of their own are named no more", catalogOf(100, zoned("off")), catalogOf(100), []string{"100 of 100 entries would change their status in a zone (limit 50 %): c00000 kr-1 off → available"}},
		{"zones like all are named no more", catalogOf(100, zoned("available")), catalogOf(100), nil},
		{"a zone opens", catalogOf(100, zoned("on")), catalogOf(100, zoned("on"), func(_ int, e *catalog.Entry) {
			e.ZoneStatuses = append(e.ZoneStatuses, catalog.ZoneStatus{Zone: "kr-2", Status: "off"})
		}), nil},
		{"all lifecycles flip", catalogOf(100, lived("active")), catalogOf(100, lived("retired")), []string{"100 of 100 entries would change their lifecycle"}},
		{"some statuses flip", catalogOf(100), catalogOf(100, some(0, 49, func(_ int, e *catalog.Entry) { e.Status = new("soldout") })), nil},
		{"all is emptied", catalogOf(100), catalogOf(100, func(_ int, e *catalog.Entry) {
			e.Name, e.Status, e.VCPU, e.MemoryMiB, e.Attributes = "", nil, nil, nil, nil
		}), []string{
			"100 of 100 entries would change their status (limit 50 %): c00000 available → none", "100 of 100 entries would lose their name (limit 20 %)",
			"100 of 100 entries would lose their vcpu (limit 20 %): c00000 4 → none", "100 of 100 entries would lose their memory_mib",
			"100 of 100 entries would lose most of their attributes",
		}},
		{"sizes become 0", catalogOf(100), catalogOf(100, func(_ int, e *catalog.Entry) { e.VCPU = new(decimal.Zero) }), []string{"100 of 100 entries would lose their vcpu"}},
		{"those with a size lose it", catalogOf(1000, some(0, 30, gpu(2))), catalogOf(1000), []string{"30 of 30 entries would lose their gpu_count"}},
		{"attributes are null", catalogOf(100), catalogOf(100, func(_ int, e *catalog.Entry) { e.Attributes = catalog.Attributes(`{"family":null,"gpu":null,"os":""}`) }),
			[]string{"100 of 100 entries would lose most of their attributes"}},
		{"one attribute is left off", catalogOf(100), catalogOf(100, func(_ int, e *catalog.Entry) { e.Attributes = catalog.Attributes(`{"family":"c2"}`) }), nil},
		{"all that are priced lose it", catalogOf(1000, some(150, 1000, unpriced)), catalogOf(1000, unpriced),
			[]string{"150 of 150 entries would lose a price (limit 20 %): c00000 full KRW/month 1000 → none"}},
		{"the tax basis flips", catalogOf(100), catalogOf(100, price(func(p *catalog.Price) { p.TaxBasis = catalog.TaxIncluded })),
			[]string{"100 of 100 prices would change their tax basis (limit 30 %): c00000 full KRW/month excluded → included"}},
		{"tax and total times 1,000", catalogOf(100), catalogOf(100, price(func(p *catalog.Price) {
			p.TaxAmount, p.PriceWithTax = new(p.TaxAmount.Shift(3)), new(p.PriceWithTax.Shift(3))
		})), []string{"100 of 100 prices would show another tax for the same amount (limit 30 %): c00000 full KRW/month tax 100 → 100000"}},
		{"those with a tax lose it", catalogOf(1000, some(30, 1000, untaxed)), catalogOf(1000, untaxed), []string{"30 of 30 prices would show another tax"}},
		{"4 of 5 entries go", catalogOf(5), catalogOf(1), []string{"4 of 5 entries would be removed (limit 20 %): c00001, c00002, c00003"}},
		{"2 of 5 entries go", catalogOf(5), catalogOf(3), nil},
		{"4 of 4 prices times two million", catalogOf(4), catalogOf(4, times("2000000")),
			[]string{"4 of 4 prices would change at once (limit 30 %): c00000 full KRW/month 1000 → 2000000000", "4 prices would change by a median factor of 2000000"}},
		{"4 of 4 prices a little", catalogOf(4), catalogOf(4, times("1.3")), nil},
		{"10 become 10,010", catalogOf(10), catalogOf(10_010), []string{"10 entries would become 10010 (limit 10 times): c00010"}},
		{"10 become 99", catalogOf(10), catalogOf(99), nil},
		{"100 without a price get 0", catalogOf(1000, some(0, 100, unpriced)), catalogOf(1000, some(0, 100, free)),
			[]string{"100 of 100 entries without a price would get one of 0 (limit 5 %): c00000 full KRW/month none → 0"}},
		{"100 without a price get one", catalogOf(1000, some(0, 100, unpriced)), catalogOf(1000), nil},
		{"all prices times 1.9 beside fees", catalogOf(100, withFees), catalogOf(100, withFees, times("1.9")), []string{"100 of 100 prices would change at once"}},
		{"fees fall", catalogOf(100, withFees), catalogOf(100, func(i int, e *catalog.Entry) { withFees(i/2, e) }), nil},
		{"all fees end", catalogOf(100, withFees), catalogOf(100), nil},
		{"all at once", catalogOf(100), catalogOf(80, some(0, 15, unpriced), some(15, 38, times("1.9")), some(38, 42, free), some(42, 46, dollars)),
			[]string{"20 of 100 entries would be removed", "27 of 61 prices would change at once"}},
		{"a currency for another", catalogOf(100), catalogOf(100, some(0, 5, dollars)), []string{"5 of 100 prices would change currency or unit (limit 5 %): c00000 full KRW/month → full USD/month"}},
		{"some become 0", catalogOf(100), catalogOf(100, some(0, 5, free)), []string{"5 of 100 prices would become 0 (limit 5 %): c00000 full KRW/month 1000 → 0"}},
		{"nothing is left", catalogOf(3), nil, []string{"all 3 entries would be removed"}},
	} {
		for _, kind := range []catalog.EntryKind{catalog.Products, catalog.Contracts} {
			if first := test.before[0]; kind == catalog.Contracts && (first.ZoneStatuses != nil || first.Lifecycle != nil || strings.Contains(test.name, "size")) {
				continue // contracts have none
			}
			t.Run(fmt.Sprintf("%s/%s", kind, test.name), func(t *testing.T) {
				list := guardedIn(t, pool, t.Name(), kind)
				list.mustPass(1, of(kind, test.before))
				var want []string
				for _, reason := range test.want {
					if kind == catalog.Products || !strings.Contains(reason, "vcpu") && !strings.Contains(reason, "memory_mib") {
						want = append(want, reason)
					}
				}
				list.mustHold(2, of(kind, test.after), want...)
			})
		}
	}
}

// TestSlides wants what goes little by little, each time below its limit, to be
// held at about half.
func TestSlides(t *testing.T) {
	t.Parallel()
	const n = 1000
	nameless := func(_ int, e *catalog.Entry) { e.Name = "" }
	for _, test := range []struct {
		name string
		// first is there before the list becomes full; nil: it is full at first.
		first []catalog.Entry
		left  func(left float64) []catalog.Entry
		step  float64 // of what is left goes
		low   float64 // at most so much goes before it is held
		want  string
	}{
		{"gone", nil, func(left float64) []catalog.Entry { return catalogOf(int(n * left)) }, 0.19, 0.5, "entries would be removed (limit 40 %) since the snapshot of 2026-01-01T00:00:00Z"},
		{"gone and replaced", nil, func(left float64) []catalog.Entry { return catalogOf(2*n - int(n*left))[n-int(n*left):] }, 0.19, 0.5, "entries would be removed (limit 40 %) since"},
		{"price lost", catalogOf(n, unpriced), func(left float64) []catalog.Entry { return catalogOf(n, some(int(n*left), n, unpriced)) }, 0.19, 0.5, "entries would lose a price (limit 40 %) since"},
		{"zero", catalogOf(n, unpriced), func(left float64) []catalog.Entry { return catalogOf(n, some(int(n*left), n, free)) }, 0.04, 0.85, "prices would become 0 (limit 10 %) since"},
		{"emptied", catalogOf(n, nameless), func(left float64) []catalog.Entry {
			return catalogOf(n, some(int(n*left), n, nameless))
		}, 0.19, 0.5, "entries would lose their name (limit 40 %) since"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := newGuarded(t)
			if test.first != nil {
				list.mustPass(0, test.first)
			}
			left := 1.0
			for hour := range 12 {
				held := list.judged(storetest.Day(1).Add(time.Duration(hour)*time.Hour), test.left(left))
				if len(held) > 0 {
					if left < test.low-0.02 || !strings.Contains(strings.Join(held, "; "), test.want) {
						t.Errorf("held when %.0f %% is left, for %q; want %q", left*100, held, test.want)
					}
					return
				}
				left *= 1 - test.step
			}
			t.Errorf("never held, with %.0f %% left", left*100)
		})
	}
}

// TestFifthsAreHeldAtOnce: what reaches its limit each time does not get far.
func TestFifthsAreHeldAtOnce(t *testing.T) {
	t.Parallel()
	list := newGuarded(t)
	list.mustPass(1, catalogOf(100))
	list.mustHold(2, catalogOf(80), "20 of 100 entries would be removed (limit 20 %)")
	prices := newGuarded(t)
	prices.mustPass(1, catalogOf(100))
	prices.mustHold(2, catalogOf(100, some(0, 30, times("0.5"))), "30 of 100 prices would change at once (limit 30 %)")
}

// TestASlideEndsWithWhatAPersonAccepted wants nothing to be compared with what was
// before that.
func TestASlideEndsWithWhatAPersonAccepted(t *testing.T) {
	t.Parallel()
	list := newGuarded(t)
	list.mustPass(1, catalogOf(100))
	list.mustHold(2, catalogOf(65), "35 of 100 entries would be removed (limit 20 %)")
	list.Accept(storetest.Day(2))
	list.mustPass(3, catalogOf(60))
	list.mustPass(4, catalogOf(53))
	list.mustPass(5, catalogOf(43)) // 57 of the 100 are gone by now
	list.mustHold(6, catalogOf(36), "29 of 65 entries would be removed (limit 40 %) since the snapshot of 2026-01-02T00:00:00Z: c00036, c00037, c00038")
}

// TestTurnoverIsNoSlide: five in a hundred come and go each day.
func TestTurnoverIsNoSlide(t *testing.T) {
	t.Parallel()
	list := newGuarded(t)
	for day := range 28 {
		list.mustPass(1+day, catalogOf(5*day + 100)[5*day:])
	}
}

// TestALateSnapshotIsJudgedByBothNeighbours, from the earlier to the later, where
// they are near.
func TestALateSnapshotIsJudgedByBothNeighbours(t *testing.T) {
	t.Parallel()
	strange := []catalog.Entry{storetest.Item("x", "1", catalog.PriceList), storetest.Item("y", "1", catalog.PriceList), storetest.Item("z", "1", catalog.PriceList)}
	list := newGuarded(t)
	list.mustPass(100, catalogOf(100))
	list.mustPass(110, catalogOf(100, some(0, 10, times("1.1"))))
	list.mustHold(90, strange, "3 of 3 entries would be removed (limit 20 %) by the next snapshot, of 2026-04-10T00:00:00Z: x, y, z", "3 entries would become 100 (limit 10 times) by the next")
	list.mustHold(91, nil, "the first snapshot has no entries")
	list.mustHold(105, catalogOf(100, unpriced), "100 of 100 entries would lose a price")
	list.mustHold(106, catalogOf(100, times("3")), "100 of 100 prices would change at once (limit 30 %): ", "100 prices would change by a median factor of 3 (limit",
		"100 of 100 prices would change at once (limit 30 %) by the next snapshot", "100 prices would change by a median factor of 0.3")
	list.mustHold(107, catalogOf(200), "100 of 200 entries would be removed (limit 20 %) by the next snapshot")
	list.mustPass(108, catalogOf(100, some(0, 5, times("1.1"))))
	list.mustPass(68, strange) // more than 30 days from everything
	list.mustPass(99, catalogOf(99))
	list.mustPass(200, catalogOf(100))
	list.mustHold(150, nil, "all 100 entries would be removed")
}

func zoned(status string) func(int, *catalog.Entry) {
	return func(_ int, e *catalog.Entry) { e.ZoneStatuses = []catalog.ZoneStatus{{Zone: "kr-1", Status: status}} }
}

func lived(word string) func(int, *catalog.Entry) {
	return func(_ int, e *catalog.Entry) { e.Lifecycle = &word }
}

func gpu(n int64) func(int, *catalog.Entry) {
	return func(_ int, e *catalog.Entry) { e.GPUCount = new(decimal.NewFromInt(n)) }
}

func untaxed(_ int, e *catalog.Entry) { e.Prices[0].TaxAmount, e.Prices[0].PriceWithTax = nil, nil }

func dollars(_ int, e *catalog.Entry) { e.Prices[0].Currency = "USD" }

// of are the entries as those of a kind.
func of(kind catalog.EntryKind, entries []catalog.Entry) []catalog.Entry {
	all := slices.Clone(entries)
	if kind == catalog.Contracts {
		for i := range all {
			all[i] = storetest.Contracted(all[i])
			all[i].VCPU, all[i].MemoryMiB, all[i].GPUCount = nil, nil, nil
		}
	}
	return all
}

// guarded is a list whose snapshots the guard judges.
type guarded struct {
	*storetest.Live
	guard ingest.Guard
}

// newGuarded returns a list in a database of its own.
func newGuarded(t *testing.T) guarded {
	t.Helper()
	pool := pgtest.New(t)
	return guardedIn(t, pool, "things", catalog.Products)
}

func guardedIn(t *testing.T, pool *pgxpool.Pool, name string, kind catalog.EntryKind) guarded {
	t.Helper()
	return guarded{storetest.NewList(t, store.New(pool), pool, name, kind, timeline.Rule{Snapshots: 2, For: 72 * time.Hour}), ingest.DefaultGuard()}
}

// judged brings a snapshot and returns why it is held.
func (g guarded) judged(at time.Time, entries []catalog.Entry) []string {
	g.T.Helper()
	result, err := g.Store.Update(g.T.Context(), g.Begin(record.Backfill, at), g.Source.Snapshot(g.T, entries...), g.guard.Judge)
	if err != nil {
		g.T.Fatal(err)
	}
	return result.Delta.Reasons
}

func (g guarded) mustPass(day int, entries []catalog.Entry) {
	g.T.Helper()
	if held := g.judged(storetest.Day(day), entries); len(held) > 0 {
		g.T.Fatalf("day %d is held: %q", day, held)
	}
}

// mustHold wants reasons that begin so, and no others; none, and it must pass.
func (g guarded) mustHold(day int, entries []catalog.Entry, begins ...string) {
	g.T.Helper()
	held := g.judged(storetest.Day(day), entries)
	if !slices.EqualFunc(begins, held, func(begin, reason string) bool { return strings.HasPrefix(reason, begin) }) {
		g.T.Errorf("day %d is held for\n%s\nwant\n%s", day, strings.Join(held, "\n"), strings.Join(begins, "\n"))
	}
}
