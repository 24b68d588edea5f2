package store

import (
	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// altered reports that a stored version is not what its digest was made of:
// some column of it, or a price of the same span, was changed by other hands.
// An error means that it cannot even be read.
func (k *known) altered(key string, row version, kind catalog.EntryKind) (bool, error) {
	return altered(key, row, kind, pricesOf(k.amountsAt(row.entry, row.from), k.skus, k.amounts))
}

// pricesOf are whole prices, by what they are and what they come to.
func pricesOf(digests map[int64]catalog.Digest, skus map[int64]sqlcgen.Price, amounts map[amountKey]sqlcgen.PriceHistoryCopyParams) []catalog.Price {
	var prices []catalog.Price
	for id, digest := range digests {
		prices = append(prices, priceOf(skus[id], amounts[amountKey{id, digest}]))
	}
	return prices
}

func altered(key string, row version, kind catalog.EntryKind, prices []catalog.Price) (bool, error) {
	entry, err := entryOf(key, row, kind)
	if err != nil {
		return false, err
	}
	entry.Prices = prices
	if entry.Digest() == row.columns.digest {
		return false, nil
	}
	if string(entry.Attributes) == "{}" { // an entry without attributes is stored alike
		entry.Attributes = nil
		return entry.Digest() != row.columns.digest, nil
	}
	return true, nil
}

// entryOf is the entry that a stored version was written from, but for its
// prices.
func entryOf(key string, row version, kind catalog.EntryKind) (catalog.Entry, error) {
	attributes, err := catalog.CanonicalAttributes(row.columns.attributes)
	if err != nil {
		return catalog.Entry{}, err
	}
	entry := catalog.Entry{
		Key: key, Name: row.columns.name, Status: row.columns.status, Lifecycle: row.columns.lifecycle,
		RegionID: row.columns.region, Attributes: attributes,
		VCPU: row.columns.vcpu, MemoryMiB: row.columns.memory, DiskGiB: row.columns.disk, GPUCount: row.columns.gpu,
	}
	zones, err := zonesOfRow(row)
	if err != nil {
		return catalog.Entry{}, err
	}
	for zone, status := range zones {
		entry.ZoneStatuses = append(entry.ZoneStatuses, catalog.ZoneStatus{Zone: zone, Status: status})
	}
	if kind == catalog.Contracts {
		entry.Contract = &catalog.Contract{
			ContractID: postgres.Text(row.columns.contractRef), ContractType: postgres.Text(row.columns.contractType),
			PeriodStart: row.columns.periodStart, PeriodEnd: row.columns.periodEnd,
		}
	}
	return entry, nil
}

func priceOf(sku sqlcgen.Price, amount sqlcgen.PriceHistoryCopyParams) catalog.Price {
	return catalog.Price{
		SKUPriceID: sku.SkuPriceID, Kind: catalog.PriceKind(sku.PriceKind), Variant: sku.PriceVariant,
		Unit: sku.PricingUnit, Currency: sku.PricingCurrency, RegionID: sku.RegionID, TierMinimum: sku.QuantityTierMinimum,
		ListUnitPrice: amount.ListUnitPrice, TaxAmount: amount.TaxAmount, PriceWithTax: amount.PriceWithTax,
		TaxBasis: catalog.TaxBasis(amount.TaxBasis), EffectiveFrom: amount.EffectiveFrom, EffectiveTo: amount.EffectiveTo,
	}
}
