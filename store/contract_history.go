package store

import (
	"context"
	"fmt"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

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
func (s *Store) contractHistory(ctx context.Context, list catalog.ListID, key string) (ProductHistory, error) {
	h := ProductHistory{Prices: []PriceVersion{}, Statuses: []StatusChange{}}
	versions, err := s.q.BIContractVersionsOf(ctx, s.pool, sqlcgen.BIContractVersionsOfParams{Source: list.Source, List: list.Name, ContractKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read versions of %q: %w", list, key, err)
	}
	for _, r := range versions {
		h.addContract(ContractVersion{r.ContractName, r.Status, r.ContractType, r.PeriodEnd, r.Attributes, r.ValidFrom.UTC(), postgres.NullTime(r.ValidTo)})
	}
	prices, err := s.q.BIContractPricesOf(ctx, s.pool, sqlcgen.BIContractPricesOfParams{Source: list.Source, List: list.Name, ContractKey: key})
	if err != nil {
		return h, fmt.Errorf("%s: read prices of %q: %w", list, key, err)
	}
	for _, r := range prices {
		h.Prices = append(h.Prices, priceVersion(sqlcgen.BIPricesOfRow(r)))
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
