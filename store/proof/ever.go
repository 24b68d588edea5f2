package proof

import (
	"context"
	"slices"

	"syncer/catalog"
	"syncer/store/history"
	"syncer/timeline"
)

// span is a row of versions or of price_history, by the digest of its content.
type span = timeline.Version[catalog.Digest]

// ever is all that stands in the tables about some entries, superseded rows
// too, by entry.
type ever struct {
	versions map[int64][]history.Recorded[history.Version]
	owners   map[int64][]int64 // the prices of an entry
	prices   map[int64][]history.Recorded[span]
	absences map[int64][]history.Recorded[timeline.Absence]
	events   map[int64][]history.Recorded[history.StatusChange]
	skus     map[int64]catalog.Price
	amounts  history.Amounts
	doubts   map[int64][]history.Recorded[history.Doubt] // by price

	announced map[int64][]history.Recorded[history.Announced] // by price
	names     *history.State                                  // that knows the prices, and what doubts show
}

func loadEver(ctx context.Context, tables history.Tables, entries []history.Named) (*ever, error) {
	versions, err := tables.VersionsEver(ctx, entries)
	if err != nil {
		return nil, err
	}
	prices, err := tables.PricesEver(ctx, entries)
	if err != nil {
		return nil, err
	}
	absences, err := tables.AbsencesEver(ctx, entries)
	if err != nil {
		return nil, err
	}
	events, err := tables.EventsEver(ctx, entries)
	if err != nil {
		return nil, err
	}
	e := &ever{
		versions: versions, owners: prices.Of, prices: make(map[int64][]history.Recorded[span]), absences: absences, events: events,
		skus: prices.SKUs, amounts: make(history.Amounts),
	}
	for id, rows := range prices.Rows {
		for _, row := range rows {
			spanned := row.Row.Span()
			e.amounts[history.AmountKey{Price: id, Digest: spanned.Content}] = row.Row.Amount
			e.prices[id] = append(e.prices[id], history.Recorded[span]{Row: spanned, By: row.By, Until: row.Until})
		}
	}
	e.names = history.NewState("", e.amounts)
	var all []int64
	for entry, owned := range e.owners {
		skus := make(map[int64]catalog.Price, len(owned))
		for _, price := range owned {
			skus[price] = e.skus[price]
		}
		e.names.KnowPrices(entry, skus)
		all = append(all, owned...)
	}
	if e.doubts, err = tables.DoubtsEver(ctx, e.names, all); err != nil {
		return nil, err
	}
	e.announced, err = tables.AnnouncedEver(ctx, e.names, all)
	return e, err
}

// state is what of it history says now.
func (e *ever) state(kind catalog.EntryKind) *history.State {
	state := history.NewState(kind, e.amounts)
	state.Like(e.names)
	for entry, owned := range e.owners {
		for _, price := range owned {
			for _, doubt := range live(e.doubts[price], anyOf) {
				state.AddDoubt(entry, doubt)
			}
			for _, announced := range live(e.announced[price], anyOf) {
				state.AddAnnounced(entry, announced)
			}
		}
	}
	for entry, rows := range e.absences {
		state.Histories[entry] = timeline.History[catalog.Digest]{Absences: live(rows, anyOf)}
	}
	for entry, prices := range e.owners {
		for _, price := range prices {
			for _, row := range live(e.prices[price], anyOf) {
				state.AddPrice(entry, price, row)
			}
		}
	}
	for _, rows := range e.versions {
		for _, row := range live(rows, anyOf) {
			state.AddVersion(row)
		}
	}
	for _, rows := range e.events {
		for _, row := range live(rows, anyOf) {
			state.AddEvent(row)
		}
	}
	return state
}

// priced are whole prices by amounts, which are by price.
func (e *ever) priced(amounts map[int64]catalog.Digest) []catalog.Price {
	prices := make([]catalog.Price, 0, len(amounts))
	for id, digest := range amounts {
		prices = append(prices, history.Whole(e.skus[id], e.amounts[history.AmountKey{Price: id, Digest: digest}]))
	}
	return prices
}

// ledger is what stands in the tables of an entry; the content of a version that
// other hands altered counts as none.
func (e *ever) ledger(entry int64, versions *judged) *ledger {
	l := newLedger()
	for i, row := range e.versions[entry] {
		spanned := row.Row.Span()
		if versions.altered[i] {
			spanned.Content = catalog.Digest{}
		}
		l.versions = append(l.versions, history.Recorded[span]{Row: spanned, By: row.By, Until: row.Until})
	}
	for _, price := range e.owners[entry] {
		l.prices[price] = slices.Clone(e.prices[price])
		l.doubts[price] = slices.Clone(e.doubts[price])
		l.announced[price] = slices.Clone(e.announced[price])
	}
	l.absences = slices.Clone(e.absences[entry])
	for _, row := range e.events[entry] {
		l.events = append(l.events, history.Recorded[timeline.Event]{Row: row.Row.Event, By: row.By, Until: row.Until})
	}
	return l
}

func anyOf[R any](R) bool { return true }
