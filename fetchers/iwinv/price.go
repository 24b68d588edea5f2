package iwinv

import (
	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// prices reads {"full":{"type":"month","KRW":{...}},"partial":{...}}.
func prices(document *web.Document, flavorID string, value web.Value) []catalog.Price {
	if !value.Given() {
		return nil
	}
	var prices []catalog.Price
	object := value.Object()
	for _, variant := range []string{"full", "partial"} {
		if priced := object.Get(variant); priced.Given() {
			prices = append(prices, variantPrices(document, flavorID, variant, priced)...)
		}
	}
	object.Done()
	return prices
}

// variantPrices reads one price for each currency: every field whose name is
// three capital letters.
func variantPrices(document *web.Document, flavorID, variant string, value web.Value) []catalog.Price {
	var prices []catalog.Price
	object := value.Object()
	unit := unit(document, object.Get("type"))
	for _, currency := range object.Names() {
		if !isCurrency(currency) {
			continue
		}
		price := catalog.Price{
			SKUPriceID: flavorID + "/" + variant, Kind: catalog.PriceList,
			Variant: variant, Unit: unit, Currency: currency,
		}
		if amount(document, &price, object.Get(currency)) {
			prices = append(prices, price)
		}
	}
	object.Done()
	return prices
}

// unit is the provider's word, month or day; without one it stays empty,
// because guessing from the variant might be wrong by a factor of thirty.
func unit(document *web.Document, value web.Value) string {
	word := value.Word("month", "day")
	if word == nil {
		document.Warn("%s: the unit of the price is not stated", value.Path())
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
func amount(document *web.Document, price *catalog.Price, value web.Value) bool {
	if !value.Given() {
		return false
	}
	if _, isObject := value.Raw().(map[string]any); !isObject {
		price.ListUnitPrice, price.TaxBasis = value.Amount(), catalog.TaxUnknown
		return true
	}
	object := value.Object()
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
			document.Warn("%s: total %s is not price %s plus vat %s",
				value.Path(), price.PriceWithTax, price.ListUnitPrice, price.TaxAmount)
		}
	}
	return true
}
