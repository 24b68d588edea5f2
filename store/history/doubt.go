package history

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// Doubt is a row of doubts.
type Doubt struct {
	Price int64 // that is believed
	timeline.Doubt
}

// IDOf is a price's identity in the words of timeline.
func IDOf(id catalog.PriceIdentity) timeline.PriceID {
	return timeline.PriceID{
		Slot: timeline.Slot{SKU: id.SKUPriceID, Kind: string(id.Kind), Variant: id.Variant, Region: id.RegionID, Tier: id.TierMinimum},
		Unit: id.Unit, Currency: id.Currency,
	}
}

// identityOf is the reverse of IDOf.
func identityOf(id timeline.PriceID) catalog.PriceIdentity {
	return catalog.PriceIdentity{
		SKUPriceID: id.SKU, Kind: catalog.PriceKind(id.Kind), Variant: id.Variant, Unit: id.Unit, Currency: id.Currency,
		RegionID: id.Region, TierMinimum: id.Tier,
	}
}

// Judged is a price, as far as believing it goes.
func Judged(price *catalog.Price) timeline.Price {
	fee := price.Kind == catalog.PriceFee
	return timeline.Price{
		PriceID: IDOf(price.Identity()), Basis: string(price.TaxBasis), Amount: price.ListUnitPrice,
		Plain: fee, Fee: fee, Content: price.AmountDigest(),
	}
}

// shownJSON is one member of the column shown.
type shownJSON struct {
	From  time.Time          `json:"from"`
	Price map[string]*string `json:"price"` // by catalog's table of fields; null: no price
}

// priceJSON writes a price by its fields.
func priceJSON(price *catalog.Price) map[string]*string {
	if price == nil {
		return nil
	}
	texts := make(map[string]*string)
	for _, field := range catalog.PriceFields() {
		switch value := field.At(price).(type) {
		case *string:
			texts[field.Name] = value
		case **string:
			texts[field.Name] = *value
		case *decimal.Decimal:
			texts[field.Name] = new(catalog.DecimalText(*value))
		case **decimal.Decimal:
			if *value != nil {
				texts[field.Name] = new(catalog.DecimalText(**value))
			}
		case **time.Time:
			if *value != nil {
				texts[field.Name] = new((*value).UTC().Format(time.RFC3339Nano))
			}
		default:
			panic(fmt.Sprintf("history: price field %s is a %T", field.Name, value))
		}
	}
	return texts
}

// priceFrom reads what priceJSON wrote; nil for none.
func priceFrom(texts map[string]*string) (*catalog.Price, error) {
	if texts == nil {
		return nil, nil
	}
	var price catalog.Price
	unknown := len(texts)
	for _, field := range catalog.PriceFields() {
		text, named := texts[field.Name]
		if named {
			unknown--
		}
		if text == nil {
			continue
		}
		var err error
		switch value := field.At(&price).(type) {
		case *string:
			*value = *text
		case **string:
			*value = text
		case *decimal.Decimal:
			*value, err = catalog.ParseDecimal(*text)
		case **decimal.Decimal:
			var number decimal.Decimal
			number, err = catalog.ParseDecimal(*text)
			*value = &number
		case **time.Time:
			var moment time.Time
			moment, err = time.Parse(time.RFC3339Nano, *text)
			*value = &moment
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.Name, err)
		}
	}
	if unknown > 0 {
		return nil, fmt.Errorf("%d members are none of a price", unknown)
	}
	return &price, nil
}

// offerKey names a price as some snapshot showed it.
type offerKey struct {
	id     timeline.PriceID
	digest catalog.Digest
}

// offer makes a price known and returns it as far as believing it goes.
func (s *State) offer(price *catalog.Price) timeline.Price {
	judged := Judged(price)
	s.offers[offerKey{judged.PriceID, judged.Content}] = *price
	return judged
}

// doubtIn reads a row of doubts whose price is known.
func (s *State) doubtIn(row sqlcgen.Doubt) (Doubt, error) {
	identity, known := s.prices.skus[row.PriceID]
	if !known {
		return Doubt{}, fmt.Errorf("doubt of price %d: no such price", row.PriceID)
	}
	doubt := Doubt{row.PriceID, timeline.Doubt{
		Price: IDOf(identity.Identity()), Reason: row.Reason, From: row.DoubtedFrom.UTC(),
		To: postgres.Time(row.DoubtedTo), ConfirmedAt: postgres.Time(row.ConfirmedAt),
	}}
	var all []shownJSON
	if err := json.Unmarshal(row.Shown, &all); err != nil {
		return Doubt{}, fmt.Errorf("doubt of price %d from %s: shown: %w", row.PriceID, doubt.From.Format(time.RFC3339Nano), err)
	}
	for _, shown := range all {
		price, err := priceFrom(shown.Price)
		if err != nil {
			return Doubt{}, fmt.Errorf("doubt of price %d from %s: shown: %w", row.PriceID, doubt.From.Format(time.RFC3339Nano), err)
		}
		now := timeline.DoubtShown{From: shown.From.UTC()}
		if price != nil {
			now.Price = new(s.offer(price))
		}
		doubt.Shown = append(doubt.Shown, now)
	}
	return doubt, nil
}

// shownOf writes the column shown.
func (s *State) shownOf(doubt timeline.Doubt) json.RawMessage {
	all := make([]shownJSON, len(doubt.Shown))
	for i, shown := range doubt.Shown {
		all[i].From = shown.From.UTC()
		if shown.Price != nil {
			price := s.offers[offerKey{shown.Price.PriceID, shown.Price.Content}]
			all[i].Price = priceJSON(&price)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // texts can always be written
	}
	return text
}

// loadDoubts reads the runs of doubt of the prices that are loaded.
func (t Tables) loadDoubts(ctx context.Context, state *State) error {
	ids := make([]int64, 0, len(state.prices.skus))
	owners := make(map[int64]int64, len(state.prices.ids))
	for key, id := range state.prices.ids {
		ids = append(ids, id)
		owners[id] = key.entry
	}
	rows, err := t.q.DoubtLoad(ctx, t.db, sqlcgen.DoubtLoadParams{ListID: t.list, PriceIds: ids})
	if err != nil {
		return fmt.Errorf("load doubts: %w", err)
	}
	for _, row := range rows {
		doubt, err := state.doubtIn(row)
		if err != nil {
			return err
		}
		state.doubts[owners[row.PriceID]] = append(state.doubts[owners[row.PriceID]], doubt)
	}
	return nil
}

// DoubtEdits are what a write does to doubts. Those that end, are confirmed or
// show something else do so at the newest snapshot.
type DoubtEdits struct {
	End, Confirm []int64 // prices whose run that lasts it is
	Show         []Doubt
	Supersede    []PriceKey
	Insert       []Doubt
}

// planDoubts compares runs of one entry by their price and From.
func (s *State) planDoubts(edits *Edits, entry int64, wanted []timeline.Doubt) {
	type key struct {
		price int64
		from  int64
	}
	left := make(map[key]Doubt, len(wanted))
	var order []key
	for _, want := range wanted {
		row := Doubt{s.prices.ids[priceKey{entry, identityOf(want.Price)}], want}
		at := key{row.Price, want.From.UnixMicro()}
		left[at], order = row, append(order, at)
	}
	newest := edits.Newest
	for _, row := range s.doubts[entry] {
		at := key{row.Price, row.From.UnixMicro()}
		want, found := left[at]
		inPlace := row.To.IsZero() && !newest.IsZero()
		grows := func(stored, wanted time.Time) bool {
			return stored.Equal(wanted) || stored.IsZero() && inPlace && wanted.Equal(newest)
		}
		if !found || want.Reason != row.Reason || !grows(row.To, want.To) || !grows(row.ConfirmedAt, want.ConfirmedAt) || !showsOn(row.Shown, want.Shown, inPlace, newest) {
			edits.Doubts.Supersede = append(edits.Doubts.Supersede, PriceKey{row.Price, row.From})
			continue
		}
		delete(left, at)
		if len(want.Shown) > len(row.Shown) {
			edits.Doubts.Show = append(edits.Doubts.Show, want)
		}
		if !want.ConfirmedAt.Equal(row.ConfirmedAt) {
			edits.Doubts.Confirm = append(edits.Doubts.Confirm, row.Price)
		}
		if !want.To.Equal(row.To) {
			edits.Doubts.End = append(edits.Doubts.End, row.Price)
		}
	}
	for _, at := range order {
		if want, missing := left[at]; missing {
			edits.Doubts.Insert = append(edits.Doubts.Insert, want)
		}
	}
}

// showsOn says that a run shows what it showed, and at most something else at the
// newest snapshot.
func showsOn(stored, wanted []timeline.DoubtShown, inPlace bool, newest time.Time) bool {
	if len(wanted) < len(stored) || !slices.EqualFunc(stored, wanted[:len(stored)], SameShown) {
		return false
	}
	return len(wanted) == len(stored) || inPlace && len(wanted) == len(stored)+1 && wanted[len(stored)].From.Equal(newest)
}

// SameShown says that two runs show the same from the same snapshot on.
func SameShown(a, b timeline.DoubtShown) bool {
	if !a.From.Equal(b.From) || (a.Price == nil) != (b.Price == nil) {
		return false
	}
	return a.Price == nil || a.Price.PriceID == b.Price.PriceID && a.Price.Content == b.Price.Content
}

func (t Tables) retireDoubts(ctx context.Context, edits *Edits) error {
	doubts := &edits.Doubts
	if len(doubts.Show) > 0 {
		params := sqlcgen.DoubtShowParams{ListID: t.list}
		for _, row := range doubts.Show {
			params.PriceIds, params.Showns = append(params.PriceIds, row.Price), append(params.Showns, edits.state.shownOf(row.Doubt))
		}
		if err := t.q.DoubtShow(ctx, t.db, params); err != nil {
			return fmt.Errorf("note what doubts show: %w", err)
		}
	}
	if len(doubts.Confirm) > 0 {
		if err := t.q.DoubtConfirm(ctx, t.db, sqlcgen.DoubtConfirmParams{ListID: t.list, PriceIds: doubts.Confirm, At: edits.Newest}); err != nil {
			return fmt.Errorf("confirm doubts: %w", err)
		}
	}
	if len(doubts.End) > 0 {
		if err := t.q.DoubtEnd(ctx, t.db, sqlcgen.DoubtEndParams{ListID: t.list, PriceIds: doubts.End, At: edits.Newest}); err != nil {
			return fmt.Errorf("end doubts: %w", err)
		}
	}
	if len(doubts.Supersede) == 0 {
		return nil
	}
	params := sqlcgen.DoubtSupersedeParams{ListID: t.list, RunID: edits.Run}
	for _, key := range doubts.Supersede {
		params.PriceIds, params.Froms = append(params.PriceIds, key.ID), append(params.Froms, key.From)
	}
	if err := t.q.DoubtSupersede(ctx, t.db, params); err != nil {
		return fmt.Errorf("supersede doubts: %w", err)
	}
	return nil
}

func (t Tables) insertDoubts(ctx context.Context, edits *Edits) error {
	if len(edits.Doubts.Insert) == 0 {
		return nil
	}
	rows := make([]sqlcgen.DoubtCopyParams, len(edits.Doubts.Insert))
	for i, doubt := range edits.Doubts.Insert {
		rows[i] = sqlcgen.DoubtCopyParams{
			ListID: t.list, PriceID: doubt.Price, Reason: doubt.Reason, DoubtedFrom: doubt.From, DoubtedTo: postgres.NullTime(doubt.To),
			ConfirmedAt: postgres.NullTime(doubt.ConfirmedAt), Shown: edits.state.shownOf(doubt.Doubt), RecordedBy: edits.Run,
		}
	}
	if _, err := t.q.DoubtCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write doubts: %w", err)
	}
	return nil
}

// DoubtedEver are the keys of which a price was ever doubted.
func (t Tables) DoubtedEver(ctx context.Context) ([]string, error) {
	keys, err := t.q.DoubtedEver(ctx, t.db, t.list)
	if err != nil {
		return nil, fmt.Errorf("find what was ever doubted: %w", err)
	}
	return keys, nil
}

// DoubtsEver returns every run of doubt of some prices that was ever recorded,
// superseded ones too, by price. The prices are those of the state.
func (t Tables) DoubtsEver(ctx context.Context, state *State, prices []int64) (map[int64][]Recorded[Doubt], error) {
	rows, err := t.q.DoubtsEver(ctx, t.db, sqlcgen.DoubtsEverParams{ListID: t.list, PriceIds: prices})
	if err != nil {
		return nil, fmt.Errorf("read doubts: %w", err)
	}
	all := make(map[int64][]Recorded[Doubt])
	for _, row := range rows {
		doubt, err := state.doubtIn(row)
		if err != nil {
			return nil, err
		}
		all[row.PriceID] = append(all[row.PriceID], Recorded[Doubt]{doubt, row.RecordedBy, postgres.ID(row.SupersededBy)})
	}
	return all, nil
}
