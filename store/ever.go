package store

import (
	"context"
	"fmt"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// ever is all that stands in the tables about some entries, superseded rows
// too, by entry.
type ever struct {
	versions map[int64][]entered[version]
	owners   map[int64][]int64 // the prices of an entry
	prices   map[int64][]entered[timeline.Version[catalog.Digest]]
	absences map[int64][]entered[timeline.Absence]
	events   map[int64][]sqlcgen.ProductStatusChange
	skus     map[int64]sqlcgen.Price
	amounts  map[amountKey]sqlcgen.PriceHistoryCopyParams
}

func (u *update) loadEver(ctx context.Context, entries []named) (*ever, error) {
	e := &ever{
		versions: make(map[int64][]entered[version]), owners: make(map[int64][]int64),
		prices:   make(map[int64][]entered[timeline.Version[catalog.Digest]]),
		absences: make(map[int64][]entered[timeline.Absence]), events: make(map[int64][]sqlcgen.ProductStatusChange),
		skus: make(map[int64]sqlcgen.Price), amounts: make(map[amountKey]sqlcgen.PriceHistoryCopyParams),
	}
	ids := make([]int64, len(entries))
	for i, one := range entries {
		ids[i] = one.id
	}
	for _, load := range []func(context.Context, *update, []int64) error{e.loadVersions, e.loadPrices, e.loadAbsences, e.loadEvents} {
		if err := load(ctx, u, ids); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *ever) loadVersions(ctx context.Context, u *update, ids []int64) error {
	rows, err := u.shelf.ever(ctx, u.tx, u.run.List.id, ids)
	if err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	for _, one := range rows {
		e.versions[one.row.entry] = append(e.versions[one.row.entry], one)
	}
	return nil
}

func (e *ever) loadPrices(ctx context.Context, u *update, ids []int64) error {
	skus, err := u.shelf.prices(ctx, u.tx, u.run.List.id, ids)
	if err != nil {
		return fmt.Errorf("read prices: %w", err)
	}
	prices := make([]int64, len(skus))
	for i, one := range skus {
		prices[i], e.skus[one.row.ID] = one.row.ID, one.row
		e.owners[one.entry] = append(e.owners[one.entry], one.row.ID)
	}
	rows, err := u.q.PriceHistoryEver(ctx, u.tx, sqlcgen.PriceHistoryEverParams{ListID: u.run.List.id, PriceIds: prices})
	if err != nil {
		return fmt.Errorf("read price history: %w", err)
	}
	for _, row := range rows {
		amount, digest := amountOfRow(row)
		e.amounts[amountKey{row.PriceID, digest}] = amount
		e.prices[row.PriceID] = append(e.prices[row.PriceID], entered[timeline.Version[catalog.Digest]]{
			row: timeline.Version[catalog.Digest]{From: row.ValidFrom.UTC(), To: postgres.Time(row.ValidTo), Content: digest},
			by:  row.RecordedBy, until: postgres.ID(row.SupersededBy),
		})
	}
	return nil
}

func (e *ever) loadAbsences(ctx context.Context, u *update, ids []int64) error {
	rows, err := u.q.AbsencesEver(ctx, u.tx, sqlcgen.AbsencesEverParams{ListID: u.run.List.id, EntryIds: ids})
	if err != nil {
		return fmt.Errorf("read absences: %w", err)
	}
	for _, row := range rows {
		e.absences[row.EntryID] = append(e.absences[row.EntryID], entered[timeline.Absence]{
			row: timeline.Absence{From: row.AbsentFrom.UTC(), To: postgres.Time(row.AbsentTo), ConfirmedAt: postgres.Time(row.ConfirmedAt)},
			by:  row.RecordedBy, until: postgres.ID(row.SupersededBy),
		})
	}
	return nil
}

func (e *ever) loadEvents(ctx context.Context, u *update, ids []int64) error {
	if u.run.List.Kind != catalog.Products {
		return nil
	}
	rows, err := u.q.StatusChangesEver(ctx, u.tx, sqlcgen.StatusChangesEverParams{ListID: u.run.List.id, ProductIds: ids})
	if err != nil {
		return fmt.Errorf("read status changes: %w", err)
	}
	for _, row := range rows {
		row.ChangedAt = row.ChangedAt.UTC()
		e.events[row.ProductID] = append(e.events[row.ProductID], row)
	}
	return nil
}

// known is what of it history says now.
func (e *ever) known() *known {
	k := newKnown()
	k.skus, k.amounts = e.skus, e.amounts
	for entry, rows := range e.absences {
		k.histories[entry] = timeline.History[catalog.Digest]{Absences: live(rows, anyOf)}
	}
	for entry, prices := range e.owners {
		for _, price := range prices {
			if rows := live(e.prices[price], anyOf); len(rows) > 0 {
				k.pricesByEntry[entry], k.prices[price] = append(k.pricesByEntry[entry], price), rows
			}
		}
	}
	for _, rows := range e.versions {
		for _, row := range live(rows, anyOf) {
			k.addVersion(row)
		}
	}
	for entry, rows := range e.events {
		for _, row := range rows {
			if row.SupersededBy == nil {
				k.events[entry] = append(k.events[entry], row)
			}
		}
	}
	return k
}

func anyOf[R any](R) bool { return true }
