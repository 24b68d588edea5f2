package history

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// Price is a row of price_history: what a price came to, from when to when.
type Price struct {
	ID       int64         // of the price
	Amount   catalog.Price // amount, tax and dates
	From, To time.Time     // a zero To: it is the current one
}

// Span is the row as a span of its amount.
func (p *Price) Span() timeline.Version[catalog.Digest] {
	return timeline.Version[catalog.Digest]{From: p.From, To: p.To, Content: p.Amount.AmountDigest()}
}

// pricing is a price of an entry, ready for the tables.
type pricing struct {
	identity catalog.PriceIdentity
	price    catalog.Price
	digest   catalog.Digest // of the amount
}

type priceKey struct {
	entry    int64
	identity catalog.PriceIdentity
}

// AmountKey names an amount of a price.
type AmountKey struct {
	Price  int64
	Digest catalog.Digest
}

// Amounts are amounts, taxes and dates of prices.
type Amounts map[AmountKey]catalog.Price

// priceState is what the tables of prices hold.
type priceState struct {
	ids     map[priceKey]int64
	of      map[int64][]int64                            // prices that have rows, by entry
	skus    map[int64]catalog.Price                      // identities, by price
	rows    map[int64][]timeline.Version[catalog.Digest] // by price
	amounts Amounts
}

func newPriceState() priceState {
	return priceState{
		ids: make(map[priceKey]int64), of: make(map[int64][]int64), skus: make(map[int64]catalog.Price),
		rows: make(map[int64][]timeline.Version[catalog.Digest]), amounts: make(Amounts),
	}
}

func (t Tables) loadPrices(ctx context.Context, state *State, ids []int64, since []time.Time) error {
	skus, err := t.entries.prices(ctx, ids)
	if err != nil {
		return fmt.Errorf("load prices: %w", err)
	}
	for _, sku := range skus {
		price, err := identityIn(sku.row)
		if err != nil {
			return err
		}
		state.prices.ids[priceKey{sku.entry, price.Identity()}], state.prices.skus[sku.row.ID] = sku.row.ID, price
	}
	rows, err := t.entries.amounts(ctx, ids, since)
	if err != nil {
		return fmt.Errorf("load price history: %w", err)
	}
	for _, row := range rows {
		price, err := priceIn(row.row)
		if err != nil {
			return err
		}
		span := price.Span()
		state.AddPrice(row.entry, price.ID, span)
		state.prices.amounts[AmountKey{price.ID, span.Content}] = price.Amount
	}
	return nil
}

// AddPrice takes a stored row of an entry's price in, as a span of its amount.
func (s *State) AddPrice(entry, price int64, span timeline.Version[catalog.Digest]) {
	if _, seen := s.prices.rows[price]; !seen {
		s.prices.of[entry] = append(s.prices.of[entry], price)
	}
	s.prices.rows[price] = append(s.prices.rows[price], span)
}

// identityIn reads the identity in a row of prices.
func identityIn(row sqlcgen.Price) (catalog.Price, error) {
	var price catalog.Price
	if err := read(identityColumnsRead, &row, &price); err != nil {
		return price, fmt.Errorf("price %d: %w", row.ID, err)
	}
	return price, nil
}

func priceIn(row sqlcgen.PriceHistory) (Price, error) {
	price := Price{ID: row.PriceID, From: row.ValidFrom.UTC(), To: postgres.Time(row.ValidTo)}
	if err := read(amountColumnsRead, &row, &price.Amount); err != nil {
		return price, fmt.Errorf("price %d: %w", row.PriceID, err)
	}
	return price, nil
}

// at are an entry's amounts at a moment, by price, from the rows loaded.
func (s *priceState) at(entry int64, moment time.Time) map[int64]catalog.Digest {
	amounts := make(map[int64]catalog.Digest)
	for _, id := range s.of[entry] {
		for _, row := range s.rows[id] {
			if !row.From.After(moment) && (row.To.IsZero() || row.To.After(moment)) {
				amounts[id] = row.Content
			}
		}
	}
	return amounts
}

// whole are prices by what they are and what they come to.
func (s *priceState) whole(amounts map[int64]catalog.Digest) []catalog.Price {
	prices := make([]catalog.Price, 0, len(amounts))
	for id, digest := range amounts {
		prices = append(prices, Whole(s.skus[id], s.amounts[AmountKey{id, digest}]))
	}
	return prices
}

// Whole is a price of an identity and an amount.
func Whole(identity, amount catalog.Price) catalog.Price {
	for _, field := range catalog.PriceFields() {
		if field.Identity {
			copyField(field.At(&amount), field.At(&identity))
		}
	}
	return amount
}

// copyField copies what one pointer of a table of fields points at to where
// another of the same field does.
func copyField(to, from any) {
	switch value := from.(type) {
	case *string:
		*to.(*string) = *value
	case **string:
		*to.(**string) = *value
	case **decimal.Decimal:
		*to.(**decimal.Decimal) = *value
	default:
		panic(fmt.Sprintf("history: an identity is a %T", from))
	}
}

// identifyPrices makes rows of prices for identities that were never seen.
func (t Tables) identifyPrices(ctx context.Context, state *State, subjects []Subject) error {
	var rows []sqlcgen.PriceCopyParams
	var keys []priceKey
	fresh := make(map[priceKey]bool) // a rebuild shows several versions of one entry
	for _, subject := range subjects {
		for j := range subject.prices {
			price := &subject.prices[j]
			key := priceKey{subject.ID, price.identity}
			if _, known := state.prices.ids[key]; known || fresh[key] {
				continue
			}
			fresh[key] = true
			row := sqlcgen.PriceCopyParams{ListID: t.list}
			fill(identityColumns, &row, &price.price)
			t.entries.ownPrice(&row, subject.ID)
			keys, rows = append(keys, key), append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	ids, err := t.q.PriceIDs(ctx, t.db, postgres.Count(len(rows)))
	if err != nil {
		return fmt.Errorf("number prices: %w", err)
	}
	for i := range rows {
		rows[i].ID = ids[i]
		state.prices.ids[keys[i]] = ids[i]
	}
	if _, err := t.q.PriceCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write prices: %w", err)
	}
	return nil
}

// learn returns the amounts of a subject by price; they become known.
func (s *priceState) learn(subject *Subject) map[int64]catalog.Digest {
	amounts := make(map[int64]catalog.Digest, len(subject.prices))
	for i := range subject.prices {
		price := &subject.prices[i]
		id := s.ids[priceKey{subject.ID, price.identity}]
		amounts[id] = price.digest
		s.amounts[AmountKey{id, price.digest}] = price.price
	}
	return amounts
}

// ShowAgain makes the contents of some entries known, as a snapshot of a moment
// shows them; prices that were never seen get their rows.
func (t Tables) ShowAgain(ctx context.Context, state *State, subjects []Subject, takenAt time.Time, pageOf func(key string) int) error {
	if err := t.identifyPrices(ctx, state, subjects); err != nil {
		return err
	}
	for i := range subjects {
		state.Show(&subjects[i], takenAt, pageOf(subjects[i].Key))
	}
	return nil
}

// PriceEdits are what a write does to price_history.
type PriceEdits struct {
	Close     []int64 // prices whose open row ends at the newest snapshot
	Supersede []PriceKey
	Insert    []Price
	check     []int64
}

// PriceKey names a stored row of price_history.
type PriceKey struct {
	ID   int64 // of the price
	From time.Time
}

// plan projects the versions of an entry on its prices: a price's history is
// where touching versions show the same amount.
func (s *priceState) plan(edits *Edits, entry int64, versions []timeline.Version[catalog.Digest], contents map[catalog.Digest]Content, window Window) {
	wanted := make(map[int64][]timeline.Version[catalog.Digest])
	for i, version := range versions {
		for id, amount := range contents[version.Content].Prices {
			row := timeline.Version[catalog.Digest]{From: version.From, To: version.To, Content: amount}
			if i == 0 && !window.Since.IsZero() { // else the whole history is at hand
				row.From = s.anchor(id, row)
			}
			if rows := wanted[id]; len(rows) > 0 && rows[len(rows)-1].Content == row.Content && rows[len(rows)-1].To.Equal(row.From) {
				rows[len(rows)-1].To = row.To
				continue
			}
			wanted[id] = append(wanted[id], row)
		}
	}
	ids := slices.Sorted(maps.Keys(wanted))
	for _, id := range s.of[entry] {
		if _, also := wanted[id]; !also {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		s.planPrice(&edits.Prices, id, timeline.Reconcile(s.rows[id], wanted[id], edits.Newest))
	}
}

// anchor returns where the stored row of a price begins that shows the same
// amount at the window's left edge: it may reach back further than the entry's
// version.
func (s *priceState) anchor(id int64, row timeline.Version[catalog.Digest]) time.Time {
	for _, stored := range s.rows[id] {
		covers := !stored.From.After(row.From) && (stored.To.IsZero() || stored.To.After(row.From))
		if covers && stored.Content == row.Content {
			return stored.From
		}
	}
	return row.From
}

func (s *priceState) planPrice(prices *PriceEdits, id int64, plan timeline.Plan[catalog.Digest]) {
	if plan.Empty() {
		return
	}
	prices.check = append(prices.check, id)
	for range plan.Close {
		prices.Close = append(prices.Close, id)
	}
	for _, row := range plan.Supersede {
		prices.Supersede = append(prices.Supersede, PriceKey{id, row.From})
	}
	for _, want := range plan.Insert {
		prices.Insert = append(prices.Insert, Price{ID: id, Amount: s.amounts[AmountKey{id, want.Content}], From: want.From, To: want.To})
	}
}

func (t Tables) retirePrices(ctx context.Context, edits *Edits) error {
	if ids := edits.Prices.Close; len(ids) > 0 {
		if err := t.q.PriceHistoryClose(ctx, t.db, sqlcgen.PriceHistoryCloseParams{ListID: t.list, PriceIds: ids, ValidTo: &edits.Newest}); err != nil {
			return fmt.Errorf("close prices: %w", err)
		}
	}
	if len(edits.Prices.Supersede) == 0 {
		return nil
	}
	params := sqlcgen.PriceHistorySupersedeParams{ListID: t.list, RunID: &edits.Run}
	for _, key := range edits.Prices.Supersede {
		params.PriceIds, params.ValidFroms = append(params.PriceIds, key.ID), append(params.ValidFroms, key.From)
	}
	if err := t.q.PriceHistorySupersede(ctx, t.db, params); err != nil {
		return fmt.Errorf("supersede prices: %w", err)
	}
	return nil
}

func (t Tables) insertPrices(ctx context.Context, edits *Edits) error {
	if len(edits.Prices.Insert) == 0 {
		return nil
	}
	rows := make([]sqlcgen.PriceHistoryCopyParams, len(edits.Prices.Insert))
	for i := range edits.Prices.Insert {
		price := &edits.Prices.Insert[i]
		rows[i] = sqlcgen.PriceHistoryCopyParams{
			ListID: t.list, PriceID: price.ID, ValidFrom: price.From, ValidTo: postgres.NullTime(price.To), RecordedBy: edits.Run,
		}
		fill(amountColumns, &rows[i], &price.Amount)
	}
	if _, err := t.q.PriceHistoryCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write price history: %w", err)
	}
	return nil
}

// checkPrices looks at prices of entries that had versions before: those of new
// ones are new.
func (t Tables) checkPrices(ctx context.Context, edits *Edits) error {
	if len(edits.Versions.Check) == 0 || len(edits.Prices.check) == 0 {
		return nil
	}
	overlaps, err := t.q.PriceHistoryOverlaps(ctx, t.db, sqlcgen.PriceHistoryOverlapsParams{ListID: t.list, PriceIds: edits.Prices.check})
	if err != nil || overlaps {
		return fmt.Errorf("check price history: %w", errors.Join(err, overlapError(overlaps)))
	}
	return nil
}

// PricesEver is every row of some entries' prices that was ever recorded.
type PricesEver struct {
	Of   map[int64][]int64           // prices by entry
	SKUs map[int64]catalog.Price     // identities by price
	Rows map[int64][]Recorded[Price] // by price, in time order; superseded ones too
}

// PricesEver returns every row of the prices of some entries that was ever
// recorded.
func (t Tables) PricesEver(ctx context.Context, entries []Named) (PricesEver, error) {
	ever := PricesEver{Of: make(map[int64][]int64), SKUs: make(map[int64]catalog.Price), Rows: make(map[int64][]Recorded[Price])}
	skus, err := t.entries.prices(ctx, ids(entries))
	if err != nil {
		return ever, fmt.Errorf("read prices: %w", err)
	}
	ids := make([]int64, len(skus))
	for i, sku := range skus {
		ids[i] = sku.row.ID
		if ever.SKUs[sku.row.ID], err = identityIn(sku.row); err != nil {
			return ever, err
		}
		ever.Of[sku.entry] = append(ever.Of[sku.entry], sku.row.ID)
	}
	rows, err := t.q.PriceHistoryEver(ctx, t.db, sqlcgen.PriceHistoryEverParams{ListID: t.list, PriceIds: ids})
	if err != nil {
		return ever, fmt.Errorf("read price history: %w", err)
	}
	for _, row := range rows {
		price, err := priceIn(row)
		if err != nil {
			return ever, err
		}
		ever.Rows[price.ID] = append(ever.Rows[price.ID], Recorded[Price]{price, row.RecordedBy, postgres.ID(row.SupersededBy)})
	}
	return ever, nil
}
