package timelinetest

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
)

// DoubtfulWorlds draws worlds of products as Worlds does, 1 to 3 keys and 1 to 9
// snapshots, in which parts are set aside, rows have no name, prices are not read,
// and prices jump, are lost and come back; with rules of doubt and decisions of
// persons. Most of an entry stays as it was from one snapshot to the next, so that
// runs of doubt grow, and some snapshots are what the one before was.
func DoubtfulWorlds() *rapid.Generator[World] { return doubtfulWorldsOf(catalog.Products) }

// DoubtfulContractWorlds draws such worlds of contracts.
func DoubtfulContractWorlds() *rapid.Generator[World] { return doubtfulWorldsOf(catalog.Contracts) }

func doubtfulWorldsOf(kind catalog.EntryKind) *rapid.Generator[World] {
	return rapid.Custom(func(t *rapid.T) World {
		world := rapid.SampledFrom(settings()).Draw(t, "setting")
		rule := rapid.SampledFrom(doubtRules()).Draw(t, "rule of doubt")
		world.DoubtSnapshots, world.DoubtFor = rule.DoubtSnapshots, rule.DoubtFor
		keys := []string{"B", "a", "한"}[:rapid.IntRange(1, 3).Draw(t, "keys")]
		variants := rapid.SliceOfN(Entries(kind), 1, 2).Draw(t, "variants")
		states := make(map[string]*priceState)
		for _, key := range keys {
			states[key] = newPriceState(t)
		}
		at := must(time.Parse(time.RFC3339, firstMoment))
		for range rapid.IntRange(1, 9).Draw(t, "snapshots") {
			if n := len(world.Snapshots); n > 0 && seldom(t, 4, "as before") && world.Snapshots[n-1].readsAlikeAt(at) {
				again := world.Snapshots[n-1]
				again.At = at
				world.Snapshots = append(world.Snapshots, again)
				at = at.Add(rapid.SampledFrom(gaps()).Draw(t, "gap"))
				continue
			}
			snapshot := Snapshot{
				At: at, Entries: make(map[string]catalog.Entry), SetAside: make(map[string][]catalog.EntryPart),
				Nameless:     rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "nameless"),
				PricesUnread: seldom(t, 12, "prices unread"),
			}
			for _, key := range keys {
				states[key].turn(t, at)
				drawDoubtful(t, &snapshot, key, variants, states[key])
			}
			world.Snapshots = append(world.Snapshots, snapshot)
			at = at.Add(rapid.SampledFrom(gaps()).Draw(t, "gap"))
		}
		world.Decisions = drawDecisions(t, world, keys)
		return world
	})
}

// readsAlikeAt says that no price ends by a moment that the snapshot shows.
func (s Snapshot) readsAlikeAt(at time.Time) bool {
	for _, entry := range s.Entries {
		if slices.ContainsFunc(entry.Prices, func(p catalog.Price) bool { return p.EffectiveTo != nil && !p.EffectiveTo.After(at) }) {
			return false
		}
	}
	return true
}

func doubtRules() []World {
	return []World{
		{},
		{DoubtSnapshots: 1},
		{DoubtSnapshots: 2},
		{DoubtSnapshots: 2, DoubtFor: 72 * time.Hour},
		{DoubtSnapshots: 3, DoubtFor: 24 * time.Hour},
	}
}

// seldom is true in about a draw of n.
func seldom(t *rapid.T, n int, name string) bool { return rapid.IntRange(1, n).Draw(t, name) == n }

// drawDoubtful puts an entry into a snapshot, in whole or in part, or leaves it out.
func drawDoubtful(t *rapid.T, snapshot *Snapshot, key string, variants []catalog.Entry, state *priceState) {
	const whole = 0
	way := rapid.SampledFrom([]int{whole, whole, whole, whole, whole, whole, whole, whole, 1, 2, 3, 4, 4}).Draw(t, "way of "+key)
	entry := rapid.SampledFrom(variants).Draw(t, "variant of "+key)
	entry.Key, entry.Prices, entry.Announced = key, state.prices(key), drawAnnounced(t, key)
	silent := func(parts ...catalog.EntryPart) { snapshot.SetAside[key] = parts }
	switch way {
	case 1: // only the prices speak
		silent(catalog.FieldsPart)
		bare := catalog.Entry{Key: key, Prices: entry.Prices, Announced: entry.Announced}
		if entry.Contract != nil {
			bare.Contract = &catalog.Contract{}
		}
		entry = bare
	case 2: // only the fields speak
		silent(catalog.PricesPart)
		entry.Prices, entry.Announced = nil, nil
	case 3: // seen by name
		silent(catalog.FieldsPart, catalog.PricesPart)
		return
	case 4:
		return
	}
	if snapshot.PricesUnread {
		entry.Prices, entry.Announced = nil, nil
	}
	snapshot.Entries[key] = entry
}

// priceState is what the prices of an entry are just now: of every line of the
// menu, which of its choices.
type priceState struct {
	chosen [4]string
	ends   [4]*time.Time // when each is said to end
}

// menu lists the prices that an entry may have, each with what may become of it:
// unit, currency and amount; "" where there is none, several with commas.
func menu() [4]struct {
	price   catalog.Price
	choices []string
} {
	return [4]struct {
		price   catalog.Price
		choices []string
	}{
		{catalog.Price{Kind: catalog.PriceList, Variant: "full"}, []string{
			"month KRW 100", "month KRW 100", "month KRW 100.0", "month KRW 999.99", "month KRW 1000", "month KRW 100000",
			"month KRW 130000", "month KRW 10", "month KRW 0", "month KRW 0", "month KRW 100 included", "month KRW 100 included", "month KRW 1000 included", "hour KRW 100", "hour KRW 1",
			"month USD 7", "month USD 100", "month KRW 100, month USD 7", "month KRW 100, hour KRW 1", "month EUR 6, month USD 7",
			"month KRW 100000, month USD 7000", "",
		}},
		{catalog.Price{Kind: catalog.PriceList, Variant: "full", TierMinimum: new(decimal.NewFromInt(10))}, []string{
			"", "", "month KRW 90", "month KRW 90", "month KRW 900", "month USD 6",
		}},
		{catalog.Price{Kind: catalog.PriceContract, Variant: "part", RegionID: new("KR")}, []string{
			"month KRW 5", "month KRW 5", "", "", "", "month KRW 50", "month KRW 5000",
		}},
		{catalog.Price{Kind: catalog.PriceFee, Variant: "full"}, []string{"", "", "month KRW 1", "month KRW 1000", "month USD 1"}},
	}
}

func newPriceState(t *rapid.T) *priceState {
	var s priceState
	for i, line := range menu() {
		s.chosen[i] = rapid.SampledFrom(line.choices).Draw(t, "first price")
	}
	return &s
}

// turn lets some of the prices become something else.
func (s *priceState) turn(t *rapid.T, at time.Time) {
	for i, line := range menu() {
		if seldom(t, 12, "is dated") {
			s.ends[i] = new(at.Add(rapid.SampledFrom(gaps()).Draw(t, "ends in")))
		}
		if s.ends[i] != nil && !s.ends[i].After(at) {
			s.ends[i], s.chosen[i] = nil, ""
		}
		switch rapid.IntRange(1, 6).Draw(t, "price turns") {
		case 1:
			s.chosen[i] = line.choices[0]
		case 2:
			s.chosen[i] = rapid.SampledFrom(line.choices).Draw(t, "price")
		}
	}
	// Now and then all are lost at once.
	if seldom(t, 24, "no prices") {
		s.chosen = [4]string{}
	}
}

func (s *priceState) prices(key string) []catalog.Price {
	var all []catalog.Price
	for i, line := range menu() {
		for choice := range strings.SplitSeq(s.chosen[i], ", ") {
			if choice != "" {
				price := priceOf(line.price, key, choice)
				price.EffectiveTo = s.ends[i]
				all = append(all, price)
			}
		}
	}
	return all
}

// drawAnnounced announces, seldom, a price for a day that no world reaches.
func drawAnnounced(t *rapid.T, key string) []catalog.Price {
	if !seldom(t, 8, "announces") {
		return nil
	}
	first := menu()[0]
	choice := rapid.SampledFrom(first.choices).Draw(t, "announced")
	if choice == "" || strings.Contains(choice, ",") {
		return nil
	}
	price := priceOf(first.price, key, choice)
	price.EffectiveFrom = new(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	return []catalog.Price{price}
}

// priceOf is the price with unit, currency, amount and perhaps tax basis, as one
// of a key.
func priceOf(price catalog.Price, key, choice string) catalog.Price {
	words := strings.Fields(choice)
	price.SKUPriceID = key + "/" + price.Variant
	price.Unit, price.Currency, price.ListUnitPrice = words[0], words[1], decimal.RequireFromString(words[2])
	price.TaxBasis = catalog.TaxUnknown
	if len(words) > 3 {
		price.TaxBasis = catalog.TaxBasis(words[3])
	}
	return price
}

// drawDecisions are up to three decisions, each at the moment of a snapshot.
func drawDecisions(t *rapid.T, world World, keys []string) []Decision {
	var all []Decision
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "decisions") {
		decision := Decision{
			Key:    rapid.SampledFrom(keys).Draw(t, "decided on"),
			Kind:   rapid.SampledFrom([]DecisionKind{Believe, Retract}).Draw(t, "decision"),
			Moment: rapid.SampledFrom(world.Snapshots).Draw(t, "decided at").At,
		}
		ids := identitiesOf(world, decision.Key)
		if decision.Kind == Believe && len(ids) > 0 && rapid.Bool().Draw(t, "of a price") {
			decision.Price = new(rapid.SampledFrom(ids).Draw(t, "price decided on"))
		}
		all = append(all, decision)
	}
	return all
}

func identitiesOf(world World, key string) []catalog.PriceIdentity {
	var entries []*catalog.Entry
	for _, snapshot := range world.Snapshots {
		if entry, holds := snapshot.Entries[key]; holds {
			entries = append(entries, &entry)
		}
	}
	return identities(entries)
}
