package timelinetest

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// slot is what two prices share that could take each other's place: everything of
// their identity but unit and currency.
type slot struct {
	sku           string
	kind          catalog.PriceKind
	variant       string
	region, least string
}

func slotOf(p catalog.Price) slot {
	id := p.Identity()
	return slot{id.SKUPriceID, id.Kind, id.Variant, id.RegionID, id.TierMinimum}
}

func inSlot(prices []catalog.Price, s slot) []catalog.Price {
	var all []catalog.Price
	for _, p := range prices {
		if slotOf(p) == s {
			all = append(all, p)
		}
	}
	return all
}

// slots are those of all the prices, each once, in order; fees have none, for they
// are never doubtful.
func slots(prices ...[]catalog.Price) []slot {
	var all []slot
	for _, p := range slices.Concat(prices...) {
		if s := slotOf(p); s.kind != catalog.PriceFee && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b slot) int {
		return cmp.Or(
			cmp.Compare(a.sku, b.sku), cmp.Compare(a.kind, b.kind), cmp.Compare(a.variant, b.variant),
			cmp.Compare(a.region, b.region), cmp.Compare(a.least, b.least),
		)
	})
	return all
}

// withIdentity is the price of an identity among others, nil where there is none.
func withIdentity(prices []catalog.Price, id catalog.PriceIdentity) *catalog.Price {
	for i := range prices {
		if prices[i].Identity() == id {
			return &prices[i]
		}
	}
	return nil
}

// without is the prices but the one of an identity.
func without(prices []catalog.Price, id catalog.PriceIdentity) []catalog.Price {
	return slices.DeleteFunc(slices.Clone(prices), func(p catalog.Price) bool { return p.Identity() == id })
}

// tenfold reports whether two amounts are ten times or more apart. Zero is as far
// from everything but itself.
func tenfold(a, b decimal.Decimal) bool {
	if a.IsZero() || b.IsZero() {
		return a.IsZero() != b.IsZero()
	}
	ten := decimal.NewFromInt(10)
	return a.GreaterThanOrEqual(b.Mul(ten)) || b.GreaterThanOrEqual(a.Mul(ten))
}

// verdict is what a look says of a price that was believed.
type verdict struct {
	believed catalog.Price
	// reason is "" where nothing is doubtful.
	reason DoubtReason
	// shown is what the look has in its place: the price itself, or one of another
	// unit or currency. Nil: nothing, it is lost or ended.
	shown *catalog.Price
}

// judge says of every believed price of a slot what a look makes of it. Only what
// the look shows counts; known are the prices that are never doubtful, over those
// that went as their provider said.
func judge(s slot, believed []catalog.Price, shown []catalog.Price, known, over func(catalog.Price) bool) []verdict {
	hasVariant := slices.ContainsFunc(shown, func(p catalog.Price) bool { return p.Kind == s.kind && slotOf(p).variant == s.variant })
	mine, here := inSlot(believed, s), inSlot(shown, s)
	left := func(b catalog.Price) bool { return over(b) && withIdentity(here, b.Identity()) == nil }
	places := takePlaces(slices.DeleteFunc(slices.Clone(mine), left), here)
	var all []verdict
	for _, b := range mine {
		v := verdict{believed: b}
		if same := withIdentity(here, b.Identity()); same != nil {
			v.shown = same
			switch {
			case known(*same):
			case same.TaxBasis != b.TaxBasis:
				v.reason = DoubtTax
			case b.ListUnitPrice.IsZero():
			case same.ListUnitPrice.IsZero():
				v.reason = DoubtZero
			case tenfold(same.ListUnitPrice, b.ListUnitPrice):
				v.reason = DoubtAmount
			}
		} else if other, taken := places[b.Identity()]; taken {
			v.shown = &other
			switch {
			case known(other):
			case other.Currency != b.Currency:
				v.reason = DoubtCurrency
			default:
				v.reason = DoubtUnit
			}
		} else if !hasVariant && !left(b) {
			v.reason = DoubtLost
		}
		all = append(all, v)
	}
	return all
}

// takePlaces pairs the believed prices that are not shown with the shown ones that
// are not believed: first within a currency, then the rest in order.
func takePlaces(believed, shown []catalog.Price) map[catalog.PriceIdentity]catalog.Price {
	byCurrency := func(a, b catalog.Price) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Identity().Unit, b.Identity().Unit))
	}
	var missing, fresh []catalog.Price
	for _, b := range believed {
		if withIdentity(shown, b.Identity()) == nil {
			missing = append(missing, b)
		}
	}
	for _, p := range shown {
		if withIdentity(believed, p.Identity()) == nil {
			fresh = append(fresh, p)
		}
	}
	slices.SortFunc(missing, byCurrency)
	slices.SortFunc(fresh, byCurrency)
	places := make(map[catalog.PriceIdentity]catalog.Price)
	for _, sameCurrency := range []bool{true, false} {
		for _, b := range missing {
			if _, has := places[b.Identity()]; has {
				continue
			}
			for i, p := range fresh {
				if !sameCurrency || p.Currency == b.Currency {
					places[b.Identity()] = p
					fresh = slices.Delete(fresh, i, i+1)
					break
				}
			}
		}
	}
	return places
}

// run is a run of doubt while it is derived.
type run struct {
	believed  catalog.Price
	reason    DoubtReason
	looks     []time.Time     // those whose prices speak
	displaces []catalog.Price // what each of them shows in its place; none where it is lost
	to        *time.Time
	confirmed *time.Time
}

func (r *run) from() time.Time { return r.looks[0] }

func (r *run) holds(at time.Time) bool {
	return !at.Before(r.from()) && (r.to == nil || at.Before(*r.to))
}

// goesOn reports whether a verdict on the run's price is one more of it.
func (r *run) goesOn(v verdict) bool {
	if v.reason != r.reason {
		return false
	}
	if r.reason == DoubtLost {
		return true
	}
	first := r.displaces[0]
	return v.shown.Identity() == first.Identity() && v.shown.TaxBasis == first.TaxBasis &&
		!tenfold(v.shown.ListUnitPrice, first.ListUnitPrice)
}

func (r *run) add(at time.Time, v verdict) {
	r.looks = append(r.looks, at)
	if v.shown != nil {
		r.displaces = append(r.displaces, *v.shown)
	}
}

// last are the run's last prices: one, or none where the price was lost.
func (r *run) last() []catalog.Price {
	if len(r.displaces) == 0 {
		return nil
	}
	return r.displaces[len(r.displaces)-1:]
}

func compareRuns(a, b *run) int {
	return cmp.Or(a.from().Compare(b.from()), compareIdentities(a.believed.Identity(), b.believed.Identity()))
}

// doubts are the runs as history has them, sorted by price and time.
func doubts(key string, runs []*run) []Doubt {
	var all []Doubt
	for _, r := range runs {
		all = append(all, Doubt{
			Key: key, Price: r.believed.Identity(), Reason: r.reason, From: r.from(), To: r.to, ConfirmedAt: r.confirmed,
		})
	}
	slices.SortFunc(all, func(a, b Doubt) int {
		return cmp.Or(compareIdentities(a.Price, b.Price), a.From.Compare(b.From))
	})
	return all
}
