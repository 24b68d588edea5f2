package history

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// Announced is a row of announced_prices.
type Announced struct {
	ID            int64     // of the price
	EffectiveFrom time.Time // the provider's own date
	timeline.Announcement
}

func (s *State) announcedIn(row sqlcgen.AnnouncedPrice) (Announced, error) {
	var texts map[string]*string
	err := json.Unmarshal(row.Announced, &texts)
	var price *catalog.Price
	if err == nil {
		price, err = priceFrom(texts)
	}
	if err != nil || price == nil {
		return Announced{}, fmt.Errorf("announced price %d from %s: %w", row.PriceID, row.AnnouncedAt.UTC().Format(time.RFC3339Nano), err)
	}
	return Announced{row.PriceID, row.EffectiveFrom.UTC(), timeline.Announcement{
		Price: s.offer(price), From: row.AnnouncedAt.UTC(), To: postgres.Time(row.AnnouncedTo),
	}}, nil
}

// loadAnnounced reads what was announced of the prices that are loaded.
func (t Tables) loadAnnounced(ctx context.Context, state *State) error {
	ids, owners := make([]int64, 0, len(state.prices.ids)), make(map[int64]int64, len(state.prices.ids))
	for key, id := range state.prices.ids {
		ids, owners[id] = append(ids, id), key.entry
	}
	rows, err := t.q.AnnouncedLoad(ctx, t.db, sqlcgen.AnnouncedLoadParams{ListID: t.list, PriceIds: ids})
	if err != nil {
		return fmt.Errorf("load announced prices: %w", err)
	}
	for _, row := range rows {
		announced, err := state.announcedIn(row)
		if err != nil {
			return err
		}
		state.AddAnnounced(owners[row.PriceID], announced)
	}
	return nil
}

// AddAnnounced takes a stored announcement in.
func (s *State) AddAnnounced(entry int64, row Announced) {
	s.announced[entry] = append(s.announced[entry], row)
}

// AnnouncedEdits are what a write does to announced prices. Those that end do so at
// the newest snapshot.
type AnnouncedEdits struct{ End, Supersede, Insert []Announced }

// announcedKey names a row of announced_prices.
type announcedKey struct{ price, from, at int64 }

// Key tells announcements of a price apart.
func (a Announced) Key() any {
	return announcedKey{a.ID, a.EffectiveFrom.UnixMicro(), a.From.UnixMicro()}
}

// planAnnounced compares announcements of one entry by price, date and moment.
func (s *State) planAnnounced(edits *Edits, entry int64, wanted []timeline.Announcement) {
	left := make(map[any]Announced, len(wanted))
	var order []any
	for _, want := range wanted {
		row := Announced{ID: s.prices.ids[priceKey{entry, identityOf(want.Price.PriceID)}], Announcement: want}
		if from := s.offers[offerKey{want.Price.PriceID, want.Price.Content}].EffectiveFrom; from != nil {
			row.EffectiveFrom = from.UTC().Truncate(time.Microsecond)
		}
		left[row.Key()], order = row, append(order, row.Key())
	}
	for _, row := range s.announced[entry] {
		want, found := left[row.Key()]
		switch {
		case !found || want.Price.Content != row.Price.Content:
			edits.Announced.Supersede = append(edits.Announced.Supersede, row)
			continue
		case want.To.Equal(row.To):
		case row.To.IsZero() && !edits.Newest.IsZero() && want.To.Equal(edits.Newest):
			edits.Announced.End = append(edits.Announced.End, want)
		default:
			edits.Announced.Supersede = append(edits.Announced.Supersede, row)
			continue
		}
		delete(left, row.Key())
	}
	for _, key := range order {
		if want, missing := left[key]; missing {
			edits.Announced.Insert = append(edits.Announced.Insert, want)
		}
	}
}

func (t Tables) retireAnnounced(ctx context.Context, edits *Edits) error {
	if rows := edits.Announced.End; len(rows) > 0 {
		ids, froms, ats := announcedKeys(rows)
		if err := t.q.AnnouncedEnd(ctx, t.db, sqlcgen.AnnouncedEndParams{ListID: t.list, PriceIds: ids, EffectiveFroms: froms, AnnouncedAts: ats, At: edits.Newest}); err != nil {
			return fmt.Errorf("end announced prices: %w", err)
		}
	}
	if rows := edits.Announced.Supersede; len(rows) > 0 {
		ids, froms, ats := announcedKeys(rows)
		if err := t.q.AnnouncedSupersede(ctx, t.db, sqlcgen.AnnouncedSupersedeParams{ListID: t.list, PriceIds: ids, EffectiveFroms: froms, AnnouncedAts: ats, RunID: edits.Run}); err != nil {
			return fmt.Errorf("supersede announced prices: %w", err)
		}
	}
	return nil
}

func announcedKeys(rows []Announced) (ids []int64, froms, ats []time.Time) {
	for _, row := range rows {
		ids, froms, ats = append(ids, row.ID), append(froms, row.EffectiveFrom), append(ats, row.From)
	}
	return ids, froms, ats
}

func (t Tables) insertAnnounced(ctx context.Context, edits *Edits) error {
	if len(edits.Announced.Insert) == 0 {
		return nil
	}
	rows := make([]sqlcgen.AnnouncedCopyParams, len(edits.Announced.Insert))
	for i, row := range edits.Announced.Insert {
		price := edits.state.offers[offerKey{row.Price.PriceID, row.Price.Content}]
		text, err := json.Marshal(priceJSON(&price))
		if err != nil {
			return err
		}
		rows[i] = sqlcgen.AnnouncedCopyParams{
			ListID: t.list, PriceID: row.ID, EffectiveFrom: row.EffectiveFrom, Announced: text,
			AnnouncedAt: row.From, AnnouncedTo: postgres.NullTime(row.To), RecordedBy: edits.Run,
		}
	}
	if _, err := t.q.AnnouncedCopy(ctx, t.db, rows); err != nil {
		return fmt.Errorf("write announced prices: %w", err)
	}
	return nil
}

// AnnouncedEver returns every announcement of some prices that was ever recorded,
// superseded ones too, by price. The prices are those of the state.
func (t Tables) AnnouncedEver(ctx context.Context, state *State, prices []int64) (map[int64][]Recorded[Announced], error) {
	rows, err := t.q.AnnouncedEver(ctx, t.db, sqlcgen.AnnouncedEverParams{ListID: t.list, PriceIds: prices})
	if err != nil {
		return nil, fmt.Errorf("read announced prices: %w", err)
	}
	all := make(map[int64][]Recorded[Announced])
	for _, row := range rows {
		announced, err := state.announcedIn(row)
		if err != nil {
			return nil, err
		}
		all[row.PriceID] = append(all[row.PriceID], Recorded[Announced]{announced, row.RecordedBy, postgres.ID(row.SupersededBy)})
	}
	return all, nil
}
