package timeline

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Price is a price as a snapshot shows it, as far as believing it goes.
type Price struct {
	PriceID
	Basis  string // of tax
	Amount decimal.Decimal
	// Plain prices are never doubted: fees, which fall by themselves, and what an
	// earlier snapshot announced.
	Plain   bool
	Fee     bool
	Ends    time.Time // by the provider's own word; zero: it does not say
	Content [16]byte  // names all that is stored of the amount
}

// PriceID is what makes two prices the same price.
type PriceID struct {
	Slot
	Unit, Currency string
}

// Slot is what stays of a price when its unit or currency changes.
type Slot struct{ SKU, Kind, Variant, Region, Tier string }

// Doubt is a run of snapshots that show something in the place of a price which
// cannot be believed yet.
type Doubt struct {
	Price  PriceID // that is believed, and stands unless the run is confirmed
	Reason string
	// From is the first snapshot; To the first that left the run, or the beginning
	// of an absence; zero: it lasts. ConfirmedAt is when what it shows was believed,
	// from its first snapshot on; zero: it was not.
	From, To, ConfirmedAt time.Time
	Shown                 []DoubtShown
}

// DoubtShown is what a run of doubt shows from one snapshot on; nil: no price.
type DoubtShown struct {
	From  time.Time
	Price *Price
}

// Reasons of doubt, as they stand in the database.
const (
	DoubtLost     = "lost" // the last price of its variant
	DoubtCurrency = "currency"
	DoubtUnit     = "unit"
	DoubtTax      = "tax"
	DoubtZero     = "zero"
	DoubtAmount   = "amount"
)

// Decision is what a person decided of an entry at a moment.
type Decision struct {
	Kind  DecisionKind
	At    time.Time
	Price *PriceID // that is believed; nil: all of the entry
}

// DecisionKind is what a decision does.
type DecisionKind string

// Believe confirms the run of doubt that holds the moment. Retract takes what the
// snapshot of the moment says of the entry back: a run that holds it is confirmed
// by nobody but a person, as are those alike that follow; where none does, the
// snapshot says nothing of the entry.
const (
	Believe DecisionKind = "believe"
	Retract DecisionKind = "retract"
)

// run is a doubt while it is derived.
type run struct {
	Doubt
	stands  Price // as it was believed
	first   *Price
	looks   int       // that speak, so far
	counted time.Time // when the rule was met; zero: it was not
	barred  bool      // an earlier run like it was taken back
	// displaced says that it was remembered what the run displaces.
	displaced bool
}

func (r *run) holds(at time.Time) bool {
	return !at.Before(r.From) && (r.To.IsZero() || at.Before(r.To))
}

// offer is what an entry shows of prices, and the runs of doubt in it.
type offer struct {
	shown []Price
	runs  []*run
	place []*Price // what each run shows in place of the price that stands
}

// prices are those that stand: of a run that was never confirmed the price from
// before it.
func (o *offer) prices() []Price {
	if o == nil {
		return nil
	}
	stand := slices.Clone(o.shown)
	for i, run := range o.runs {
		if !run.ConfirmedAt.IsZero() {
			continue
		}
		if p := o.place[i]; p != nil {
			stand = slices.DeleteFunc(stand, func(price Price) bool { return price.PriceID == p.PriceID })
		}
		stand = append(stand, run.stands)
	}
	return stand
}

// believer is what is believed of an entry's prices so far.
type believer struct {
	rule      Rule
	decisions []Decision
	slots     map[Slot]*believed
	barred    map[Slot][]*run // that were taken back
	announced []Price
	all       []*run
}

// believed is what is believed of one slot.
type believed struct {
	prices []Price
	before *Price    // that the run which was believed last displaced
	since  time.Time // when that was believed
	runs   []*run    // that last
}

// remember keeps in mind what a run displaced that was believed, until another is.
func (k *believed) remember(run *run, at time.Time) {
	if k.before == nil || !at.Before(k.since) {
		k.before, k.since = new(run.stands), at
	}
}

// believe judges what each stretch shows against what is believed by then, and
// notes what stands.
func (d *derivation[F]) believe(judge Judgement, decisions []Decision) {
	b := believer{rule: judge.Doubt, decisions: decisions, slots: make(map[Slot]*believed), barred: make(map[Slot][]*run)}
	var stands *offer
	for i := range d.stretches {
		stretch := &d.stretches[i]
		if stretch.lacks {
			if i > 0 && d.stretches[i-1].lacks {
				continue
			}
			b.leave(stretch.moments[0])
			if absence := d.absence(i); !judge.Absence.confirmed(absence, Absence{From: absence[0]}).IsZero() {
				stands, b.slots = nil, make(map[Slot]*believed) // what comes again is a first sight
			}
			continue
		}
		if stretch.prices != nil {
			stands = &offer{shown: b.plainly(*stretch.prices)}
			b.announced = append(b.announced, stretch.announced...)
			d.announce(stretch)
			if b.rule.Snapshots > 0 {
				b.look(stands, glance{moments: stretch.moments, later: stretch.announced})
			}
		}
		stretch.stands = stands
	}
	b.leave(time.Time{})
	d.doubts = b.all
}

// announce notes what a stretch that speaks of prices announces, and what it does
// not announce any more.
func (d *derivation[F]) announce(now *stretch[F]) {
	same := func(a, b Price) bool { return a.PriceID == b.PriceID && a.Content == b.Content }
	at := now.moments[0]
	for i := range d.announced {
		row := &d.announced[i]
		if row.To.IsZero() && !slices.ContainsFunc(now.announced, func(price Price) bool { return same(price, row.Price) }) {
			row.To = at
		}
	}
	for _, price := range now.announced {
		if !slices.ContainsFunc(d.announced, func(row Announcement) bool { return row.To.IsZero() && same(row.Price, price) }) {
			d.announced = append(d.announced, Announcement{Price: price, From: at})
		}
	}
}

// plainly marks prices that were announced before.
func (b *believer) plainly(shown []Price) []Price {
	if len(b.announced) == 0 {
		return shown
	}
	marked := slices.Clone(shown)
	for i := range marked {
		price := &marked[i]
		price.Plain = price.Plain || slices.ContainsFunc(b.announced, func(earlier Price) bool {
			return earlier.PriceID == price.PriceID && earlier.Basis == price.Basis && earlier.Amount.Equal(price.Amount)
		})
	}
	return marked
}

// absence are the moments of the absence that begins with a stretch.
func (d *derivation[F]) absence(i int) []time.Time {
	var absent []time.Time
	for ; i < len(d.stretches) && d.stretches[i].lacks; i++ {
		absent = append(absent, d.stretches[i].moments...)
	}
	return absent
}

// glance is what some snapshots in a row show beside the prices in force.
type glance struct {
	moments []time.Time
	later   []Price // that are announced
}

// outlives says that a price which is not shown came to its end as its provider
// said, or was put off: that is neither a loss nor does anything take its place.
func (g glance) outlives(price Price) bool {
	return !price.Ends.IsZero() && !price.Ends.After(g.moments[0]) ||
		slices.ContainsFunc(g.later, func(later Price) bool { return later.PriceID == price.PriceID })
}

// look judges what is shown at some moments in a row, slot by slot.
func (b *believer) look(offer *offer, at glance) {
	shown := make(map[Slot][]Price)
	variants := make(map[[2]string]bool)
	for _, price := range offer.shown {
		if price.Fee {
			continue
		}
		shown[price.Slot] = append(shown[price.Slot], price)
		variants[[2]string{price.Kind, price.Variant}] = true
	}
	slots := make(map[Slot]bool, len(shown))
	for slot := range shown {
		slots[slot] = true
	}
	for slot := range b.slots {
		slots[slot] = true
	}
	for _, slot := range slices.SortedFunc(maps.Keys(slots), Slot.compare) {
		known := b.slots[slot]
		if known == nil {
			known = &believed{}
			b.slots[slot] = known
		}
		b.remember(known, at.moments[0])
		b.judge(known, shown[slot], !variants[[2]string{slot.Kind, slot.Variant}], at, offer)
	}
}

// Offer is what a snapshot shows of an entry's prices: those in force, and those that
// it announces.
type Offer struct{ Prices, Announced []Price }

// Doubtful says whether anything that is shown at a moment after what is believed
// cannot be believed at once. A return to a price from before is not known here.
func Doubtful(before, now Offer, at time.Time) bool {
	judge := believer{rule: Rule{Snapshots: 1}, slots: make(map[Slot]*believed), barred: make(map[Slot][]*run), announced: before.Announced}
	for _, price := range before.Prices {
		if price.Fee {
			continue
		}
		if judge.slots[price.Slot] == nil {
			judge.slots[price.Slot] = &believed{}
		}
		judge.slots[price.Slot].prices = append(judge.slots[price.Slot].prices, price)
	}
	judge.look(&offer{shown: judge.plainly(now.Prices)}, glance{moments: []time.Time{at}, later: now.Announced})
	return len(judge.all) > 0
}

// verdict is what a look makes of one price that is believed.
type verdict struct {
	price  Price // that is believed
	run    *run  // that lasts; nil: none
	reason string
	shown  *Price // in its place
}

// judge compares what a slot shows with what is believed of it. gone says that no
// price of its variant is shown at all.
func (b *believer) judge(known *believed, shown []Price, gone bool, at glance, offer *offer) {
	var verdicts []verdict
	moments := at.moments
	for {
		verdicts = known.verdicts(shown, gone, at)
		left := false
		for _, v := range verdicts {
			if v.run != nil && !v.run.goesOn(v) {
				b.end(known, v.run, moments[0])
				left = true
			}
		}
		if !left {
			break
		}
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.run == nil && v.reason != "" {
			v.run = b.begin(known, *v, moments[0])
		}
		if v.run != nil {
			v.run.show(v.shown, moments, b.rule)
			offer.runs, offer.place = append(offer.runs, v.run), append(offer.place, v.shown)
		}
	}
	if slices.ContainsFunc(shown, known.returned) {
		known.before = nil
	}
	known.prices = nil
	for _, price := range shown {
		if !slices.ContainsFunc(verdicts, func(v verdict) bool { return v.run != nil && v.shown != nil && v.shown.PriceID == price.PriceID }) {
			known.prices = append(known.prices, price)
		}
	}
}

// verdicts judges each price that is believed: those that stand while a run
// lasts, and those that spoke last.
func (k *believed) verdicts(shown []Price, gone bool, at glance) []verdict {
	var all []verdict
	for _, run := range k.runs {
		all = append(all, verdict{price: run.stands, run: run})
	}
	for _, price := range k.prices {
		all = append(all, verdict{price: price})
	}
	slices.SortStableFunc(all, func(a, b verdict) int { return a.price.compare(b.price.PriceID) })
	var fresh []*Price // not among the believed
	for i := range shown {
		price := &shown[i]
		same := slices.IndexFunc(all, func(v verdict) bool { return v.price.PriceID == price.PriceID && v.shown == nil })
		if same < 0 {
			fresh = append(fresh, price)
			continue
		}
		all[same].shown = price
	}
	slices.SortStableFunc(fresh, func(a, b *Price) int { return a.compare(b.PriceID) })
	outlived := func(v *verdict) bool { return v.run == nil && v.shown == nil && at.outlives(v.price) }
	take := func(v *verdict, same func(*Price) bool) {
		if i := slices.IndexFunc(fresh, same); v.shown == nil && i >= 0 && !outlived(v) {
			v.shown = fresh[i]
			fresh = slices.Delete(fresh, i, i+1)
		}
	}
	for i := range all {
		take(&all[i], func(price *Price) bool { return price.Currency == all[i].price.Currency })
	}
	for i := range all {
		take(&all[i], func(*Price) bool { return true })
	}
	for i := range all {
		v := &all[i]
		if outlived(v) {
			continue
		}
		if v.reason = doubtful(v.price, v.shown, gone); v.shown != nil && (v.shown.Plain || k.returned(*v.shown)) {
			v.reason = ""
		}
	}
	return all
}

// doubtful is why what is shown in the place of a price cannot be believed; "" if
// it can.
func doubtful(price Price, shown *Price, gone bool) string {
	switch {
	case shown == nil && gone:
		return DoubtLost
	case shown == nil:
		return ""
	case shown.Currency != price.Currency:
		return DoubtCurrency
	case shown.Unit != price.Unit:
		return DoubtUnit
	case shown.Basis != price.Basis:
		return DoubtTax
	case price.Amount.IsZero():
		return ""
	case shown.Amount.IsZero():
		return DoubtZero
	case !near(price.Amount, shown.Amount):
		return DoubtAmount
	}
	return ""
}

// near says that two amounts are less than ten times apart.
func near(a, b decimal.Decimal) bool {
	if a.IsZero() || b.IsZero() {
		return a.IsZero() && b.IsZero()
	}
	return a.LessThan(b.Shift(1)) && b.LessThan(a.Shift(1))
}

// returned says that a price is about what the last believed run displaced.
func (k *believed) returned(price Price) bool {
	return k.before != nil && k.before.PriceID == price.PriceID && k.before.Basis == price.Basis && near(k.before.Amount, price.Amount)
}

// goesOn says that a run still shows what it showed.
func (r *run) goesOn(v verdict) bool {
	return v.reason == r.Reason && alike(r.first, v.shown)
}

func alike(a, b *Price) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.PriceID == b.PriceID && a.Basis == b.Basis && near(a.Amount, b.Amount)
}

// isLike says that a later run brings again what this one did: the loss of the same
// price, or an amount of the same price near one that it showed.
func (r *run) isLike(later *run) bool {
	if r.Reason != later.Reason {
		return false
	}
	if later.first == nil {
		return r.Price == later.Price
	}
	return slices.ContainsFunc(r.Shown, func(was DoubtShown) bool {
		return was.Price.PriceID == later.first.PriceID && near(was.Price.Amount, later.first.Amount)
	})
}

func (b *believer) begin(known *believed, v verdict, at time.Time) *run {
	begun := &run{Doubt: Doubt{Price: v.price.PriceID, Reason: v.reason, From: at}, stands: v.price, first: v.shown}
	begun.barred = slices.ContainsFunc(b.barred[v.price.Slot], func(earlier *run) bool { return earlier.isLike(begun) })
	known.runs, b.all = append(known.runs, begun), append(b.all, begun)
	return begun
}

// show counts some snapshots in a row that show the same.
func (r *run) show(price *Price, moments []time.Time, rule Rule) {
	if n := len(r.Shown); n == 0 || !r.Shown[n-1].is(price) {
		r.Shown = append(r.Shown, DoubtShown{moments[0], price})
	}
	if r.counted.IsZero() {
		long, _ := slices.BinarySearchFunc(moments, r.From.Add(rule.For), time.Time.Compare)
		if k := max(rule.Snapshots-1-r.looks, long, 0); k < len(moments) {
			r.counted = moments[k]
		}
	}
	r.looks += len(moments)
}

func (s DoubtShown) is(price *Price) bool {
	if s.Price == nil || price == nil {
		return s.Price == price
	}
	return s.Price.PriceID == price.PriceID && s.Price.Content == price.Content
}

// leave ends all runs: the entry is absent from a moment on, or nothing follows.
func (b *believer) leave(at time.Time) {
	for _, slot := range slices.SortedFunc(maps.Keys(b.slots), Slot.compare) {
		known := b.slots[slot]
		for len(known.runs) > 0 {
			b.end(known, known.runs[0], at)
		}
	}
}

// end ends a run and says what is believed after it.
func (b *believer) end(known *believed, ended *run, at time.Time) {
	ended.To = at
	known.runs = slices.DeleteFunc(known.runs, func(run *run) bool { return run == ended })
	retracted := b.decide(ended)
	if retracted {
		b.barred[ended.stands.Slot] = append(b.barred[ended.stands.Slot], ended)
	}
	if ended.ConfirmedAt.IsZero() {
		known.prices = append(known.prices, ended.stands)
		return
	}
	if !ended.displaced {
		known.remember(ended, ended.ConfirmedAt)
	}
	if last := ended.Shown[len(ended.Shown)-1].Price; last != nil {
		known.prices = append(known.prices, *last)
	}
}

// remember keeps in mind what runs that last displaced and that are believed before a
// moment, each once.
func (b *believer) remember(known *believed, at time.Time) {
	for _, run := range known.runs {
		if run.displaced {
			continue
		}
		so := *run
		so.To = at
		if b.decide(&so); !so.ConfirmedAt.IsZero() && so.ConfirmedAt.Before(at) {
			run.displaced = true
			known.remember(run, so.ConfirmedAt)
		}
	}
}

// decide says when a run was confirmed, by count or by a person, and whether it
// was taken back. The newest decision on it wins.
func (b *believer) decide(ended *run) (retracted bool) {
	var believedAt time.Time
	for _, decision := range b.decisions {
		switch {
		case !ended.holds(decision.At):
		case decision.Kind == Retract:
			retracted, believedAt = true, time.Time{}
		case decision.Price == nil || *decision.Price == ended.Price:
			retracted = false
			if believedAt.IsZero() || decision.At.Before(believedAt) {
				believedAt = decision.At
			}
		}
	}
	ended.ConfirmedAt = believedAt
	if !retracted && !ended.barred && (believedAt.IsZero() || ended.counted.Before(believedAt)) && !ended.counted.IsZero() {
		ended.ConfirmedAt = ended.counted
	}
	return retracted
}

func (s Slot) compare(other Slot) int {
	return cmp.Or(cmp.Compare(s.SKU, other.SKU), cmp.Compare(s.Kind, other.Kind), cmp.Compare(s.Variant, other.Variant),
		cmp.Compare(s.Region, other.Region), cmp.Compare(s.Tier, other.Tier))
}

func (id PriceID) compare(other PriceID) int {
	return cmp.Or(cmp.Compare(id.Currency, other.Currency), cmp.Compare(id.Unit, other.Unit), id.Slot.compare(other.Slot))
}
