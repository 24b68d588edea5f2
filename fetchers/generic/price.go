package generic

import (
	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// prices reads a list of prices. One whose amount is null or absent is no
// price, never 0.
func prices(key string, value web.Value) []catalog.Price {
	if !value.Given() {
		return nil
	}
	var all []catalog.Price
	for _, row := range value.Rows() {
		stated := row.Object()
		if read, priced := price(key, stated); priced {
			checkTotal(row, &read)
			all = append(all, read)
		}
		stated.Done()
	}
	return all
}

func price(key string, stated web.Object) (read catalog.Price, priced bool) {
	read = catalog.Price{
		Kind: catalog.PriceKind(text(stated, "kind", string(catalog.PriceList))), Variant: text(stated, "variant", ""),
		Unit: text(stated, "unit", ""), Currency: stated.Get("currency").Text(),
		RegionID: stated.Get("region_id").OptionalText(), TierMinimum: stated.Get("quantity_tier_minimum").OptionalAmount(),
		TaxAmount: stated.Get("tax").OptionalAmount(), PriceWithTax: stated.Get("total").OptionalAmount(),
		TaxBasis:      catalog.TaxBasis(text(stated, "tax_basis", string(catalog.TaxUnknown))),
		EffectiveFrom: moment(stated.Get("effective_from")), EffectiveTo: moment(stated.Get("effective_to")),
	}
	read.SKUPriceID = text(stated, "sku_price_id", key+"/"+read.Variant)
	amount := stated.Get("amount").OptionalAmount()
	if amount == nil {
		return read, false
	}
	read.ListUnitPrice = *amount
	return read, true
}

// text is a member, or what stands for it where it is not given.
func text(stated web.Object, name, otherwise string) string {
	if given := stated.Get(name).OptionalText(); given != nil {
		return *given
	}
	return otherwise
}

// checkTotal warns of a total that does not add up; it is stored as sent.
func checkTotal(stated web.Value, read *catalog.Price) {
	if read.TaxBasis != catalog.TaxExcluded || read.TaxAmount == nil || read.PriceWithTax == nil {
		return
	}
	if sum := read.ListUnitPrice.Add(*read.TaxAmount); !sum.Equal(*read.PriceWithTax) {
		stated.Warn("total %s is not amount %s plus tax %s", read.PriceWithTax, read.ListUnitPrice, read.TaxAmount)
	}
}
