package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/snapshot"
	"syncer/sqlcgen"
)

// repriced fills in what a delta does to prices, reading only the prices of
// entries that changed.
func repriced(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, found place, snapshot *snapshot.Snapshot, delta *Delta) error {
	if len(delta.Changed) == 0 {
		return nil
	}
	before, err := pricesBefore(ctx, q, db, list, found.before.TakenAt, delta.Changed)
	if err != nil {
		return err
	}
	changed := func(key string) bool {
		_, is := slices.BinarySearch(delta.Changed, key)
		return is
	}
	for entry, err := range snapshot.Entries(changed) {
		if err != nil {
			return err
		}
		delta.weigh(&entry, before[entry.Key])
	}
	total, err := q.PriceCountAt(ctx, db, sqlcgen.PriceCountAtParams{ListID: list.id, At: found.before.TakenAt})
	if err != nil {
		return fmt.Errorf("count prices: %w", err)
	}
	delta.BaselinePrices = int(total)
	slices.SortFunc(delta.Repriced, func(a, b Repricing) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(fmt.Sprint(a.Price), fmt.Sprint(b.Price)))
	})
	slices.Sort(delta.Unpriced)
	return nil
}

// weigh compares the prices of one changed entry. A fee falls by itself day by
// day: that is no change of what a provider publishes.
func (d *Delta) weigh(entry *catalog.Entry, before map[catalog.PriceIdentity]decimal.Decimal) {
	now := make(map[catalog.PriceIdentity]decimal.Decimal, len(entry.Prices))
	begun := make(map[catalog.PriceIdentity]int, len(entry.Prices))
	for i := range entry.Prices {
		id := identityOf(&entry.Prices[i])
		now[id] = entry.Prices[i].ListUnitPrice
		if _, stays := before[id]; !stays {
			begun[undenominated(id)]++
		}
	}
	lost := false
	for id, amount := range before {
		next, stays := now[id]
		switch {
		case stays && id.Kind == catalog.PriceFee:
		case stays && !next.Equal(amount):
			d.Repriced = append(d.Repriced, Repricing{Key: entry.Key, Price: id, From: amount, To: next})
		case !stays && begun[undenominated(id)] > 0:
			begun[undenominated(id)]--
			d.Redenominated++
		case !stays:
			lost = true
		}
	}
	if lost {
		d.Unpriced = append(d.Unpriced, entry.Key)
	}
}

// undenominated is what stays of a price when its currency or unit changes.
func undenominated(id catalog.PriceIdentity) catalog.PriceIdentity {
	id.Currency, id.Unit = "", ""
	return id
}

func pricesBefore(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, at time.Time, keys []string) (map[string]map[catalog.PriceIdentity]decimal.Decimal, error) {
	prices := make(map[string]map[catalog.PriceIdentity]decimal.Decimal, len(keys))
	for some := range slices.Chunk(keys, keysAtOnce) {
		rows, err := shelfOf(list.Kind, q).pricesAt(ctx, db, list.id, at, some)
		if err != nil {
			return nil, fmt.Errorf("read prices: %w", err)
		}
		for _, row := range rows {
			if prices[row.key] == nil {
				prices[row.key] = make(map[catalog.PriceIdentity]decimal.Decimal)
			}
			prices[row.key][identityOfRow(row.price)] = row.amount
		}
	}
	return prices, nil
}
