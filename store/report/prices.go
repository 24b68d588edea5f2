package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// PriceChange is one line of bi.price_changes. Amounts are exact texts in
// Currency per Unit, "" where there is none.
type PriceChange struct {
	List      catalog.ListID `json:"list"`
	Key       string         `json:"product_key"`
	Name      string         `json:"product_name"`
	Kind      string         `json:"price_kind"` // list, contract or fee
	Variant   string         `json:"price_variant"`
	Unit      string         `json:"pricing_unit"`
	Currency  string         `json:"pricing_currency"`
	Region    string         `json:"region_id"`             // "" for none
	Tier      string         `json:"quantity_tier_minimum"` // exact and exclusive, "" without tiers
	SKUPrice  string         `json:"sku_price_id"`          // FOCUS SkuPriceId
	ChangedAt time.Time      `json:"changed_at"`
	Change    string         `json:"change_kind"` // raised, lowered, new, ended, unit, currency or tax
	From      string         `json:"from_list_unit_price"`
	To        string         `json:"to_list_unit_price"`
	Percent   string         `json:"percent"` // two decimals; "" unless raised or lowered
}

// Price is the price that changed.
func (c *PriceChange) Price() catalog.PriceIdentity {
	return catalog.PriceIdentity{
		SKUPriceID: c.SKUPrice, Kind: catalog.PriceKind(c.Kind), Variant: c.Variant, Unit: c.Unit, Currency: c.Currency,
		RegionID: c.Region, TierMinimum: c.Tier,
	}
}

// PriceChanges returns the newest changes since a moment, at most most of them,
// in time order, without the prices that were simply there in a list's first
// snapshot.
func (r *Reader) PriceChanges(ctx context.Context, since time.Time, most int) ([]PriceChange, error) {
	all, err := r.NewestPriceChanges(ctx, since, most)
	slices.SortStableFunc(all, func(a, b PriceChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return all, err
}

// PriceChangeCount is how many PriceChanges there are.
func (r *Reader) PriceChangeCount(ctx context.Context, since time.Time) (int, error) {
	n, err := r.q.BIPriceChangeCount(ctx, r.pool, since)
	if err != nil {
		return 0, fmt.Errorf("count price changes: %w", err)
	}
	return int(n), nil
}

// NewestPriceChanges is PriceChanges with the newest first.
func (r *Reader) NewestPriceChanges(ctx context.Context, since time.Time, most int) ([]PriceChange, error) {
	rows, err := r.q.BIPriceChanges(ctx, r.pool, sqlcgen.BIPriceChangesParams{Since: since, Most: postgres.Count(most)})
	if err != nil {
		return nil, fmt.Errorf("read price changes: %w", err)
	}
	all := make([]PriceChange, len(rows))
	for i, row := range rows {
		all[i] = PriceChange{
			List: catalog.ListID{Source: row.Source, Name: row.List}, Key: row.ProductKey, Name: row.ProductName,
			Kind: row.PriceKind, Variant: row.PriceVariant, Unit: row.PricingUnit, Currency: row.PricingCurrency,
			Region: row.RegionID, Tier: row.QuantityTierMinimum, SKUPrice: row.SkuPriceID,
			ChangedAt: row.ChangedAt.UTC(), Change: row.ChangeKind, From: row.FromAmount, To: row.ToAmount, Percent: row.Percent,
		}
	}
	return all, nil
}
