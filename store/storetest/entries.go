package storetest

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
)

// Item is an entry with a name, a status and one price of a kind.
func Item(key, amount string, kind catalog.PriceKind) catalog.Entry {
	status := "sale"
	return catalog.Entry{Key: key, Name: "name of " + key, Status: &status, Prices: []catalog.Price{{
		SKUPriceID: key + "/hour", Kind: kind, Variant: "on-demand", Unit: "Hour", Currency: "KRW",
		TaxBasis: catalog.TaxUnknown, ListUnitPrice: decimal.RequireFromString(amount),
	}}}
}

// Contracted makes a contract of an entry.
func Contracted(entry catalog.Entry) catalog.Entry {
	ends := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	entry.Contract = &catalog.Contract{ContractID: "c-" + entry.Name, ContractType: "1-year", PeriodEnd: &ends}
	entry.Lifecycle, entry.ZoneStatuses = nil, nil
	return entry
}

// InOrder are the entries of a map, by key.
func InOrder(entries map[string]catalog.Entry) []catalog.Entry {
	all := make([]catalog.Entry, 0, len(entries))
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		all = append(all, entries[key])
	}
	return all
}
