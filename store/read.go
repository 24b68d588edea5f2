package store

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
func (s *Store) PriceChanges(ctx context.Context, since time.Time, most int) ([]PriceChange, error) {
	all, err := s.NewestPriceChanges(ctx, since, most)
	slices.SortStableFunc(all, func(a, b PriceChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return all, err
}

// PriceChangeCount is how many PriceChanges there are.
func (s *Store) PriceChangeCount(ctx context.Context, since time.Time) (int, error) {
	n, err := s.q.BIPriceChangeCount(ctx, s.pool, since)
	if err != nil {
		return 0, fmt.Errorf("count price changes: %w", err)
	}
	return int(n), nil
}

// NewestPriceChanges is PriceChanges with the newest first.
func (s *Store) NewestPriceChanges(ctx context.Context, since time.Time, most int) ([]PriceChange, error) {
	rows, err := s.q.BIPriceChanges(ctx, s.pool, sqlcgen.BIPriceChangesParams{Since: since, Most: postgres.Count(most)})
	if err != nil {
		return nil, fmt.Errorf("read price changes: %w", err)
	}
	all := make([]PriceChange, len(rows))
	for i, r := range rows {
		all[i] = PriceChange{
			List: catalog.ListID{Source: r.Source, Name: r.List}, Key: r.ProductKey, Name: r.ProductName,
			Kind: r.PriceKind, Variant: r.PriceVariant, Unit: r.PricingUnit, Currency: r.PricingCurrency,
			Region: r.RegionID, Tier: r.QuantityTierMinimum, SKUPrice: r.SkuPriceID,
			ChangedAt: r.ChangedAt.UTC(), Change: r.ChangeKind, From: r.FromAmount, To: r.ToAmount, Percent: r.Percent,
		}
	}
	return all, nil
}

// StatusChange is one line of bi.product_status_changes; "" for null.
type StatusChange struct {
	List      catalog.ListID `json:"list"`
	Key       string         `json:"product_key"`
	Name      string         `json:"product_name"`
	Aspect    string         `json:"aspect"`
	Zone      string         `json:"availability_zone"`
	ChangedAt time.Time      `json:"changed_at"`
	Event     string         `json:"event"`       // appeared, changed, missing, delisted or relisted
	From      string         `json:"from_status"` // the provider's words
	To        string         `json:"to_status"`
}

// StatusChanges returns the newest events since a moment, at most most of them,
// in time order, without the products that were there in a list's first
// snapshot.
func (s *Store) StatusChanges(ctx context.Context, since time.Time, most int) ([]StatusChange, error) {
	all, err := s.NewestStatusChanges(ctx, since, most)
	slices.SortStableFunc(all, func(a, b StatusChange) int { return a.ChangedAt.Compare(b.ChangedAt) })
	return all, err
}

// StatusChangeCount is how many StatusChanges there are.
func (s *Store) StatusChangeCount(ctx context.Context, since time.Time) (int, error) {
	n, err := s.q.BIStatusChangeCount(ctx, s.pool, since)
	if err != nil {
		return 0, fmt.Errorf("count status changes: %w", err)
	}
	return int(n), nil
}

// NewestStatusChanges is StatusChanges with the newest first.
func (s *Store) NewestStatusChanges(ctx context.Context, since time.Time, most int) ([]StatusChange, error) {
	rows, err := s.q.BIStatusChanges(ctx, s.pool, sqlcgen.BIStatusChangesParams{Since: since, Most: postgres.Count(most)})
	if err != nil {
		return nil, fmt.Errorf("read status changes: %w", err)
	}
	all := make([]StatusChange, len(rows))
	for i, r := range rows {
		all[i] = StatusChange{
			List: catalog.ListID{Source: r.Source, Name: r.List}, Key: r.ProductKey, Name: r.ProductName,
			Aspect: r.Aspect, Zone: r.AvailabilityZone, ChangedAt: r.ChangedAt.UTC(), Event: r.Event,
			From: r.FromStatus, To: r.ToStatus,
		}
	}
	return all, nil
}

// PriceVersion is one line of bi.price_history of one product.
type PriceVersion struct {
	Kind     string     `json:"price_kind"`
	Variant  string     `json:"price_variant"`
	Unit     string     `json:"pricing_unit"`
	Currency string     `json:"pricing_currency"`
	Region   string     `json:"region_id"`             // "" for none
	Tier     string     `json:"quantity_tier_minimum"` // exact and exclusive, "" without tiers
	SKUPrice string     `json:"sku_price_id"`          // FOCUS SkuPriceId
	Amount   string     `json:"list_unit_price"`       // exact, in Currency per Unit
	TaxBasis string     `json:"tax_basis"`
	From     time.Time  `json:"valid_from"`
	To       *time.Time `json:"valid_to"` // nil while current
}

// Price is the price that had the amount.
func (v *PriceVersion) Price() catalog.PriceIdentity {
	return catalog.PriceIdentity{
		SKUPriceID: v.SKUPrice, Kind: catalog.PriceKind(v.Kind), Variant: v.Variant, Unit: v.Unit, Currency: v.Currency,
		RegionID: v.Region, TierMinimum: v.Tier,
	}
}

// ProductHistory is all that is known of one product or contract, in time
// order within each price.
type ProductHistory struct {
	Prices   []PriceVersion    `json:"prices"`
	Statuses []StatusChange    `json:"status_changes"`
	Contract []ContractVersion `json:"contract_versions,omitempty"` // of a contract only
}

func priceVersion(r sqlcgen.BIPricesOfRow) PriceVersion {
	return PriceVersion{
		Kind: r.PriceKind, Variant: r.PriceVariant, Unit: r.PricingUnit, Currency: r.PricingCurrency,
		Region: r.RegionID, Tier: r.QuantityTierMinimum, SKUPrice: r.SkuPriceID, Amount: r.ListUnitPriceText, TaxBasis: r.TaxBasis, From: r.ValidFrom.UTC(), To: r.ValidTo,
	}
}

// ProductHistory returns the history of one product or contract; ErrNotFound if the list
// never held the key.
func (s *Store) ProductHistory(ctx context.Context, list catalog.ListID, key string) (ProductHistory, error) {
	h := ProductHistory{Prices: []PriceVersion{}, Statuses: []StatusChange{}}
	prices, err := s.q.BIPricesOf(ctx, s.pool, sqlcgen.BIPricesOfParams{Source: list.Source, List: list.Name, ProductKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read prices of %q: %w", list, key, err)
	}
	for _, r := range prices {
		h.Prices = append(h.Prices, priceVersion(r))
	}
	events, err := s.q.BIStatusOf(ctx, s.pool, sqlcgen.BIStatusOfParams{Source: list.Source, List: list.Name, ProductKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read status changes of %q: %w", list, key, err)
	}
	for _, r := range events {
		h.Statuses = append(h.Statuses, StatusChange{
			List: list, Key: key, Aspect: r.Aspect, Zone: r.AvailabilityZone, ChangedAt: r.ChangedAt.UTC(), Event: r.Event,
			From: r.FromStatus, To: r.ToStatus,
		})
	}
	if len(h.Statuses) == 0 {
		if h, err = s.contractHistory(ctx, list, key); err != nil || len(h.Contract) > 0 {
			return h, err
		}
		return h, fmt.Errorf("%s: entry %q: %w", list, key, ErrNotFound)
	}
	return h, nil
}

// Freshness is one line of bi.freshness; moments are zero and texts "" where
// there is none.
type Freshness struct {
	List           catalog.ListID `json:"list"`
	Provider       string         `json:"provider"`
	State          string         `json:"state"` // fresh, late, failed, held or never
	LastSnapshotAt time.Time      `json:"last_snapshot_at,omitzero"`
	Entries        int            `json:"last_entries"`
	HeldAt         time.Time      `json:"held_at,omitzero"`
	HeldFor        string         `json:"held_for,omitempty"`
	LastRunAt      time.Time      `json:"last_run_at,omitzero"`
	LastOutcome    string         `json:"last_outcome,omitempty"`
	LastError      string         `json:"last_error,omitempty"`
}

// Freshness returns how far each list can be trusted now, by source and list.
func (s *Store) Freshness(ctx context.Context) ([]Freshness, error) {
	rows, err := s.q.BIFreshness(ctx, s.pool)
	if err != nil {
		return nil, fmt.Errorf("read freshness: %w", err)
	}
	all := make([]Freshness, len(rows))
	for i, r := range rows {
		all[i] = Freshness{
			List: catalog.ListID{Source: r.Source, Name: r.List}, Provider: r.Provider, State: r.State,
			LastSnapshotAt: r.LastSnapshotAt.UTC(), Entries: int(r.LastEntries), HeldAt: r.HeldAt.UTC(), HeldFor: r.HeldFor,
			LastRunAt: r.LastRunAt.UTC(), LastOutcome: r.LastOutcome, LastError: r.LastError,
		}
	}
	return all, nil
}
