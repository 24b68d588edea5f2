package catalog_test

import (
	"fmt"

	"syncer/catalog"
)

func ExampleParseDecimal() {
	for _, text := range []string{"1.10", "1.9e-08", "5,600"} {
		value, err := catalog.ParseDecimal(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(catalog.DecimalText(value))
	}
	// Output:
	// 1.1
	// 0.000000019
	// want a number, got "5,600"
}

// Equal content has equal bytes, whatever the order of members and the spelling of
// numbers.
func ExampleCanonicalAttributes() {
	attributes, err := catalog.CanonicalAttributes([]byte(`{"os": "linux", "cores": 2.0}`))
	fmt.Println(string(attributes), err)
	// Output: {"cores":2,"os":"linux"} <nil>
}

// A version of history begins where the digest changes.
func ExampleEntry_Digest() {
	price := func(amount string) catalog.Price {
		value, err := catalog.ParseAmount(amount)
		if err != nil {
			panic(err)
		}
		return catalog.Price{
			SKUPriceID: "small/month", Kind: catalog.PriceList, Unit: "month", Currency: "KRW",
			ListUnitPrice: value, TaxBasis: catalog.TaxExcluded,
		}
	}
	before := catalog.Entry{Key: "small", Prices: []catalog.Price{price("5600")}}
	respelled := catalog.Entry{Key: "small", Prices: []catalog.Price{price("5.600e3")}}
	raised := catalog.Entry{Key: "small", Prices: []catalog.Price{price("5800")}}
	fmt.Println(before.Digest() == respelled.Digest(), before.Digest() == raised.Digest())
	// Output: true false
}

func ExampleParseListID() {
	id, err := catalog.ParseListID("iwinv/flavors")
	fmt.Println(id.Source, id.Name, err)
	// Output: iwinv flavors <nil>
}
