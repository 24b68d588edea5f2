package timeline_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"syncer/catalog"
	"syncer/timeline"
	"syncer/timeline/timelinetest"
)

// TestDeriveMatchesReference derives the lives of all entries of random worlds with
// parts set aside, doubts and decisions, and compares with the reference.
func TestDeriveMatchesReference(t *testing.T) {
	for name, worlds := range map[string]*rapid.Generator[timelinetest.World]{
		"doubtful": timelinetest.DoubtfulWorlds(), "plain": timelinetest.Worlds(),
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			world := worlds.Draw(t, "world")
			want, got := timelinetest.Reference(world), derived(world)
			sortEvents(want.Events)
			sortPrices(&want)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("history (-want +got):\n%s", diff)
			}
		}))
	}
}

// TestDeriveAgainstExamples derives the histories of worlds that were written by
// hand.
func TestDeriveAgainstExamples(t *testing.T) {
	timelinetest.CheckExamples(t, derived)
}

// TestDeriveIsInsert wants the same of a world without anything odd as of
// inserting its snapshots.
func TestDeriveIsInsert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		world := timelinetest.Worlds().Draw(t, "world")
		mirror := newMirror(world)
		for _, snapshot := range world.Snapshots {
			mirror.insert(snapshot)
		}
		got := derived(world)
		got.Prices, got.Doubts = nil, nil
		if diff := gocmp.Diff(mirror.history(), got); diff != "" {
			t.Fatalf("inserted, and derived (-inserted +derived):\n%s", diff)
		}
	})
}

// derived is the history of a world, by timeline alone.
func derived(world timelinetest.World) timelinetest.History {
	var h timelinetest.History
	snapshots := slices.SortedFunc(slices.Values(world.Snapshots), func(a, b timelinetest.Snapshot) int { return a.At.Compare(b.At) })
	keys := map[string]bool{}
	evidence := timeline.Evidence[catalog.Digest]{Nameless: map[int64]int{}}
	for _, snapshot := range snapshots {
		evidence.Moments = append(evidence.Moments, snapshot.At)
		if snapshot.Nameless > 0 {
			evidence.Nameless[snapshot.At.UnixMicro()] = snapshot.Nameless
		}
		for key := range snapshot.Entries {
			keys[key] = true
		}
	}
	judge := timeline.Judgement{
		Absence: timeline.Rule{Snapshots: world.ConfirmSnapshots, For: world.ConfirmFor},
		Doubt:   timeline.Rule{Snapshots: world.DoubtSnapshots, For: world.DoubtFor},
	}
	for key := range keys {
		life := newLife(key)
		all := evidence
		for _, snapshot := range snapshots {
			look := life.look(snapshot)
			if n := len(all.Looks); n > 0 && saysAs(all.Looks[n-1], look) {
				continue // the one before holds until the next
			}
			all.Looks = append(all.Looks, look)
		}
		for _, decision := range world.Decisions {
			if decision.Key != key {
				continue
			}
			now := timeline.Decision{Kind: timeline.DecisionKind(decision.Kind), At: decision.Moment}
			if decision.Price != nil {
				now.Price = new(idOf(*decision.Price))
			}
			all.Decisions = append(all.Decisions, now)
		}
		life.add(&h, timeline.Derive(all, judge, life.content))
	}
	slices.SortFunc(h.Versions, func(a, b timelinetest.Version) int { return cmp.Or(cmp.Compare(a.Key, b.Key), a.From.Compare(b.From)) })
	slices.SortFunc(h.Absences, func(a, b timelinetest.Absence) int { return cmp.Or(cmp.Compare(a.Key, b.Key), a.From.Compare(b.From)) })
	sortEvents(h.Events)
	sortPrices(&h)
	return h
}

func saysAs(before, look timeline.Look[catalog.Digest]) bool {
	look.From = before.From
	return gocmp.Equal(before, look)
}

// sortPrices brings prices and doubts into the order of the reference.
func sortPrices(h *timelinetest.History) {
	identity := func(a, b catalog.PriceIdentity) int {
		return cmp.Or(cmp.Compare(a.SKUPriceID, b.SKUPriceID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Unit, b.Unit),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.RegionID, b.RegionID), cmp.Compare(a.TierMinimum, b.TierMinimum))
	}
	slices.SortFunc(h.Prices, func(a, b timelinetest.PriceVersion) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), identity(a.Price, b.Price), a.From.Compare(b.From))
	})
	slices.SortFunc(h.Doubts, func(a, b timelinetest.Doubt) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), identity(a.Price, b.Price), a.From.Compare(b.From))
	})
}

// life is one entry while its history is derived.
type life struct {
	key      string
	fields   map[catalog.Digest]catalog.Entry
	prices   map[catalog.Digest]map[timeline.PriceID]catalog.Price // by amount
	contents map[catalog.Digest]catalog.Entry                      // whole
}

func newLife(key string) *life {
	return &life{key, map[catalog.Digest]catalog.Entry{}, map[catalog.Digest]map[timeline.PriceID]catalog.Price{}, map[catalog.Digest]catalog.Entry{}}
}

func (l *life) look(snapshot timelinetest.Snapshot) timeline.Look[catalog.Digest] {
	entry, shown := snapshot.Entries[l.key]
	aside := snapshot.SetAside[l.key]
	look := timeline.Look[catalog.Digest]{From: snapshot.At, Lacks: !shown && len(aside) == 0}
	if !shown {
		return look
	}
	if !slices.Contains(aside, catalog.FieldsPart) {
		fields := entry
		fields.Prices, fields.Announced = nil, nil
		digest := fields.PartDigest(catalog.FieldsPart)
		l.fields[digest], look.Fields = fields, &digest
	}
	if !slices.Contains(aside, catalog.PricesPart) && !snapshot.PricesUnread {
		look.Prices = new(l.judged(entry.Prices))
		look.Announced = l.judged(entry.Announced)
	}
	return look
}

func (l *life) judged(prices []catalog.Price) []timeline.Price {
	all := make([]timeline.Price, len(prices))
	for i, price := range prices {
		fee := price.Kind == catalog.PriceFee
		all[i] = timeline.Price{
			PriceID: idOf(price.Identity()), Basis: string(price.TaxBasis), Amount: price.ListUnitPrice, Plain: fee, Fee: fee, Content: price.AmountDigest(),
		}
		if l.prices[all[i].Content] == nil {
			l.prices[all[i].Content] = map[timeline.PriceID]catalog.Price{}
		}
		l.prices[all[i].Content][all[i].PriceID] = price
	}
	return all
}

func idOf(id catalog.PriceIdentity) timeline.PriceID {
	return timeline.PriceID{
		Slot: timeline.Slot{SKU: id.SKUPriceID, Kind: string(id.Kind), Variant: id.Variant, Region: id.RegionID, Tier: id.TierMinimum},
		Unit: id.Unit, Currency: id.Currency,
	}
}

func (l *life) content(fields catalog.Digest, prices []timeline.Price) catalog.Digest {
	entry := l.fields[fields]
	for _, price := range prices {
		entry.Prices = append(entry.Prices, l.prices[price.Content][price.PriceID])
	}
	digest := entry.Digest()
	l.contents[digest] = entry
	return digest
}

// add puts the entry's history among those of the others.
func (l *life) add(h *timelinetest.History, derived timeline.Life[catalog.Digest]) {
	for _, v := range derived.Versions {
		h.Versions = append(h.Versions, timelinetest.Version{Key: l.key, Digest: v.Content, From: v.From, To: optional(v.To)})
		for _, price := range l.contents[v.Content].Prices {
			row := timelinetest.PriceVersion{Key: l.key, Price: price.Identity(), Amount: price.AmountDigest(), From: v.From, To: optional(v.To)}
			before := slices.IndexFunc(h.Prices, func(p timelinetest.PriceVersion) bool {
				return p.Key == l.key && p.Price == row.Price && p.Amount == row.Amount && p.To != nil && p.To.Equal(row.From)
			})
			if before >= 0 {
				h.Prices[before].To = row.To
				continue
			}
			h.Prices = append(h.Prices, row)
		}
	}
	for _, a := range derived.Absences {
		h.Absences = append(h.Absences, timelinetest.Absence{Key: l.key, From: a.From, To: optional(a.To), ConfirmedAt: optional(a.ConfirmedAt)})
	}
	status := func(digest catalog.Digest) timeline.Status {
		entry := l.contents[digest]
		zones := map[string]string{}
		for _, zone := range entry.ZoneStatuses {
			zones[zone.Zone] = zone.Status
		}
		return timeline.Status{Status: entry.Status, Lifecycle: entry.Lifecycle, Zones: zones}
	}
	for _, e := range timeline.Events(derived.History, time.Time{}, status) {
		event := timelinetest.Event{Key: l.key, Aspect: e.Aspect, At: e.At, Event: e.Event, FromStatus: e.From, ToStatus: e.To}
		if e.Zone != "" {
			event.Zone = &e.Zone
		}
		h.Events = append(h.Events, event)
	}
	for _, d := range derived.Doubts {
		h.Doubts = append(h.Doubts, timelinetest.Doubt{
			Key: l.key, Price: catalog.PriceIdentity{
				SKUPriceID: d.Price.SKU, Kind: catalog.PriceKind(d.Price.Kind), Variant: d.Price.Variant, Unit: d.Price.Unit, Currency: d.Price.Currency,
				RegionID: d.Price.Region, TierMinimum: d.Price.Tier,
			},
			Reason: timelinetest.DoubtReason(d.Reason), From: d.From, To: optional(d.To), ConfirmedAt: optional(d.ConfirmedAt),
		})
	}
}
