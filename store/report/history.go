package report

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

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

func priceVersion(row sqlcgen.BIPricesOfRow) PriceVersion {
	return PriceVersion{
		Kind: row.PriceKind, Variant: row.PriceVariant, Unit: row.PricingUnit, Currency: row.PricingCurrency,
		Region: row.RegionID, Tier: row.QuantityTierMinimum, SKUPrice: row.SkuPriceID, Amount: row.ListUnitPriceText, TaxBasis: row.TaxBasis, From: row.ValidFrom.UTC(), To: row.ValidTo,
	}
}

// ProductHistory returns the history of one product or contract; ErrNotFound if the list
// never held the key.
func (r *Reader) ProductHistory(ctx context.Context, list catalog.ListID, key string) (ProductHistory, error) {
	h := ProductHistory{Prices: []PriceVersion{}, Statuses: []StatusChange{}}
	prices, err := r.q.BIPricesOf(ctx, r.pool, sqlcgen.BIPricesOfParams{Source: list.Source, List: list.Name, ProductKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read prices of %q: %w", list, key, err)
	}
	for _, row := range prices {
		h.Prices = append(h.Prices, priceVersion(row))
	}
	events, err := r.q.BIStatusOf(ctx, r.pool, sqlcgen.BIStatusOfParams{Source: list.Source, List: list.Name, ProductKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read status changes of %q: %w", list, key, err)
	}
	for _, row := range events {
		h.Statuses = append(h.Statuses, StatusChange{
			List: list, Key: key, Aspect: row.Aspect, Zone: row.AvailabilityZone, ChangedAt: row.ChangedAt.UTC(), Event: row.Event,
			From: row.FromStatus, To: row.ToStatus,
		})
	}
	if len(h.Statuses) == 0 {
		if h, err = r.contractHistory(ctx, list, key); err != nil || len(h.Contract) > 0 {
			return h, err
		}
		return h, fmt.Errorf("%s: entry %q: %w", list, key, ErrNotFound)
	}
	return h, nil
}

// ContractVersion is what a contract was from when to when, apart from its
// prices.
type ContractVersion struct {
	Name       string     `json:"contract_name"`
	Status     string     `json:"status"`
	Type       string     `json:"contract_type"`
	Ends       *time.Time `json:"period_end"`
	Attributes string     `json:"attributes"` // JSON
	From       time.Time  `json:"valid_from"`
	To         *time.Time `json:"valid_to"` // nil while current
}

// contractHistory is the history of one contract: its versions, joined where
// only prices moved, and its prices.
func (r *Reader) contractHistory(ctx context.Context, list catalog.ListID, key string) (ProductHistory, error) {
	h := ProductHistory{Prices: []PriceVersion{}, Statuses: []StatusChange{}}
	versions, err := r.q.BIContractVersionsOf(ctx, r.pool, sqlcgen.BIContractVersionsOfParams{Source: list.Source, List: list.Name, ContractKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read versions of %q: %w", list, key, err)
	}
	for _, row := range versions {
		h.addContract(ContractVersion{row.ContractName, row.Status, row.ContractType, row.PeriodEnd, row.Attributes, row.ValidFrom.UTC(), postgres.NullTime(row.ValidTo)})
	}
	prices, err := r.q.BIContractPricesOf(ctx, r.pool, sqlcgen.BIContractPricesOfParams{Source: list.Source, List: list.Name, ContractKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read prices of %q: %w", list, key, err)
	}
	for _, row := range prices {
		h.Prices = append(h.Prices, priceVersion(sqlcgen.BIPricesOfRow(row)))
	}
	return h, nil
}

func (h *ProductHistory) addContract(next ContractVersion) {
	if n := len(h.Contract); n > 0 {
		last := &h.Contract[n-1]
		if touches(last.To, next.From) && last.sameAs(next) {
			last.To = next.To
			return
		}
	}
	h.Contract = append(h.Contract, next)
}

func touches(end *time.Time, begin time.Time) bool { return end != nil && end.Equal(begin) }

func (v ContractVersion) sameAs(other ContractVersion) bool {
	ends := v.Ends == other.Ends || v.Ends != nil && other.Ends != nil && v.Ends.Equal(*other.Ends)
	return ends && v.Name == other.Name && v.Status == other.Status && v.Type == other.Type && v.Attributes == other.Attributes
}
