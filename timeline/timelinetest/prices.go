package timelinetest

import (
	"cmp"
	"slices"

	"syncer/catalog"
)

// identities are the prices that any of the entries has, each once, in order.
func identities(entries []*catalog.Entry) []catalog.PriceIdentity {
	var all []catalog.PriceIdentity
	for _, entry := range entries {
		if entry == nil {
			continue
		}
		for i := range entry.Prices {
			all = append(all, entry.Prices[i].Identity())
		}
	}
	slices.SortFunc(all, compareIdentities)
	return slices.Compact(all)
}

func compareIdentities(a, b catalog.PriceIdentity) int {
	return cmp.Or(
		cmp.Compare(a.SKUPriceID, b.SKUPriceID), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Unit, b.Unit),
		cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.RegionID, b.RegionID),
		cmp.Compare(a.TierMinimum, b.TierMinimum),
	)
}

// amountOf is the amount of one price of an entry, nil where it has none.
func amountOf(entry *catalog.Entry, id catalog.PriceIdentity) *catalog.Digest {
	if entry == nil {
		return nil
	}
	for i := range entry.Prices {
		if entry.Prices[i].Identity() == id {
			return new(entry.Prices[i].AmountDigest())
		}
	}
	return nil
}
