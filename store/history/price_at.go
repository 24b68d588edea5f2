package history

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// PriceAt is what a price of a key came to at a moment.
type PriceAt struct {
	Key    string
	Price  catalog.PriceIdentity
	Amount decimal.Decimal // list_unit_price
}

// PricesAt returns the prices of some keys at a moment, by key.
func (t Tables) PricesAt(ctx context.Context, moment time.Time, keys []string) (map[string]map[catalog.PriceIdentity]decimal.Decimal, error) {
	prices := make(map[string]map[catalog.PriceIdentity]decimal.Decimal, len(keys))
	for some := range slices.Chunk(keys, KeysAtOnce) {
		rows, err := t.entries.pricesAt(ctx, moment, some)
		if err != nil {
			return nil, fmt.Errorf("read prices: %w", err)
		}
		for _, row := range rows {
			if prices[row.Key] == nil {
				prices[row.Key] = make(map[catalog.PriceIdentity]decimal.Decimal)
			}
			prices[row.Key][row.Price] = row.Amount
		}
	}
	return prices, nil
}

// CountPricesAt is how many prices the entries of the list had at a moment.
func (t Tables) CountPricesAt(ctx context.Context, moment time.Time) (int, error) {
	n, err := t.q.PriceCountAt(ctx, t.db, sqlcgen.PriceCountAtParams{ListID: t.list, At: moment})
	if err != nil {
		return 0, fmt.Errorf("count prices: %w", err)
	}
	return int(n), nil
}
