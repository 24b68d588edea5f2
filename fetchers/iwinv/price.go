package iwinv

import (
	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// prices reads {"full":{"type":"month","KRW":{...}},"partial":{...}}.
func prices(row web.Object, entry *catalog.Entry) {
	price := row.Get("price")
	if !price.Given() {
		return
	}
	object := price.Map()
	for _, variant := range []string{"full", "partial"} {
		if priced := object.Get(variant); priced.Given() {
			entry.Prices = append(entry.Prices, variantPrices(entry.Key, variant, priced)...)
		}
	}
	object.Done()
}

// variantPrices reads one price for each currency: every field whose name is
// three capital letters.
func variantPrices(flavorID, variant string, value web.Value) []catalog.Price {
	var prices []catalog.Price
	object := value.Map()
	if len(object.Names()) == 0 {
		return nil
	}
	unit := unit(object.Get("type"))
	for _, currency := range object.Names() {
		if !isCurrency(currency) {
			continue
		}
		price := catalog.Price{
			SKUPriceID: flavorID + "/" + variant, Kind: catalog.PriceList,
			Variant: variant, Unit: unit, Currency: currency,
		}
		if amount(&price, object.Get(currency)) {
			prices = append(prices, price)
		}
	}
	object.Done()
	return prices
}

// unit is the provider's word, month or day; without one it stays empty,
// because guessing from the variant might be wrong by a factor of thirty.
func unit(value web.Value) string {
	word := value.Word("month", "day")
	if word == nil {
		value.Warn("the unit of the price is not stated")
		return ""
	}
	return *word
}

// isCurrency goes by the shape of ISO 4217.
func isCurrency(name string) bool {
	capital := func(letter byte) bool { return 'A' <= letter && letter <= 'Z' }
	return len(name) == 3 && capital(name[0]) && capital(name[1]) && capital(name[2])
}

// amount reads both shapes in use: the documented object, whose price is
// without tax, and a bare number, of which nobody says what tax is in it.
// Null or absent is no price. A total that does not add up is stored as sent,
// with a warning.
func amount(price *catalog.Price, value web.Value) bool {
	if !value.Given() {
		return false
	}
	if !isMap(value) {
		price.ListUnitPrice, price.TaxBasis = value.Amount(), catalog.TaxUnknown
		return true
	}
	object := value.Map()
	stated := object.Get("price").OptionalAmount()
	price.TaxAmount = object.Get("vat").OptionalAmount()
	price.PriceWithTax = object.Get("total").OptionalAmount()
	object.Done()
	if stated == nil {
		return false
	}
	price.ListUnitPrice, price.TaxBasis = *stated, catalog.TaxExcluded
	if price.TaxAmount != nil && price.PriceWithTax != nil {
		if sum := stated.Add(*price.TaxAmount); !sum.Equal(*price.PriceWithTax) {
			value.Warn("total %s is not price %s plus vat %s",
				price.PriceWithTax, price.ListUnitPrice, price.TaxAmount)
		}
	}
	return true
}

// isMap reports whether a value is an object, or the [] that stands for an empty
// one.
func isMap(value web.Value) bool {
	switch raw := value.Raw().(type) {
	case map[string]any:
		return true
	case []any:
		return len(raw) == 0
	}
	return false
}
