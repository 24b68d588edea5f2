package store

import (
	"context"
	"fmt"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// identify gives every key of a chunk its id, making entries of keys
// that were never seen.
func (u *update) identify(ctx context.Context, subjects []subject) error {
	keys := make([]string, len(subjects))
	for i, one := range subjects {
		keys[i] = one.key
	}
	var ids map[string]int64
	if u.place.before != nil || u.place.after != nil { // else no key was ever seen
		var err error
		if ids, err = u.shelf.find(ctx, u.tx, u.run.List.id, keys); err != nil {
			return fmt.Errorf("find entries: %w", err)
		}
	}
	var fresh []*subject
	for i := range subjects {
		id, found := ids[subjects[i].key]
		subjects[i].id, subjects[i].fresh = id, !found
		if !found {
			fresh = append(fresh, &subjects[i])
		}
	}
	return u.newEntries(ctx, fresh)
}

func (u *update) newEntries(ctx context.Context, fresh []*subject) error {
	if len(fresh) == 0 {
		return nil
	}
	keys := make([]string, len(fresh))
	for i, one := range fresh {
		keys[i] = one.key
	}
	ids, err := u.shelf.create(ctx, u.tx, u.run.List.id, keys)
	if err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	for i, one := range fresh {
		one.id = ids[i]
	}
	return nil
}

// identifyPrices makes SKU prices of identities that were never seen.
func (u *update) identifyPrices(ctx context.Context, k *known, subjects []subject) error {
	var rows []sqlcgen.PriceCopyParams
	var keys []priceKey
	fresh := make(map[priceKey]bool) // a rebuild tells several versions of one entry
	for i := range subjects {
		for _, price := range subjects[i].prices {
			key := priceKey{subjects[i].id, price.identity}
			if _, found := k.priceIDs[key]; !found && !fresh[key] {
				fresh[key] = true
				keys = append(keys, key)
				row := price.row(u.run.List.id)
				u.shelf.ownPrice(&row, subjects[i].id)
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	ids, err := u.q.PriceIDs(ctx, u.tx, postgres.Count(len(rows)))
	if err != nil {
		return fmt.Errorf("number prices: %w", err)
	}
	for i := range rows {
		rows[i].ID = ids[i]
		k.priceIDs[keys[i]] = ids[i]
	}
	if _, err := u.q.PriceCopy(ctx, u.tx, rows); err != nil {
		return fmt.Errorf("write prices: %w", err)
	}
	return nil
}

// row is the identity as a new row of prices, without its id and owner.
func (p *pricing) row(list int64) sqlcgen.PriceCopyParams {
	row := sqlcgen.PriceCopyParams{
		ListID: list, SkuPriceID: p.identity.SKUPriceID, PriceKind: string(p.identity.Kind),
		PriceVariant: p.identity.Variant, PricingUnit: p.identity.Unit, PricingCurrency: p.identity.Currency,
		QuantityTierMinimum: p.tierMinimum,
	}
	if p.identity.RegionID != "" {
		row.RegionID = &p.identity.RegionID
	}
	return row
}

// pricesOf are the prices of a subject by id; their amounts become known.
func (k *known) pricesOf(one *subject) map[int64]catalog.Digest {
	amounts := make(map[int64]catalog.Digest, len(one.prices))
	for _, price := range one.prices {
		id := k.priceIDs[priceKey{one.id, price.identity}]
		amounts[id] = price.digest
		k.amounts[amountKey{id, price.digest}] = price.amount
	}
	return amounts
}
