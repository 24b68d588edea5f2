package scp

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// decodePrices reads a page of the pricing service's catalogue.
func (f *fetcher) decodePrices(page catalog.Page) (catalog.Decoded, error) {
	document, err := web.ParseJSON(page.Parts[0].Body)
	if err != nil {
		return catalog.Decoded{}, err
	}
	answer := envelope(document)
	rows := answer.Get("prices").Rows()
	end := pricesEnd(answer, page, len(rows))
	answer.Done()
	entries := make([]catalog.Entry, 0, len(rows))
	for _, row := range rows {
		object := row.Object()
		entries = append(entries, catalogPrice(document, object))
		object.Done()
	}
	return result(document, entries, end)
}

// catalogPrice reads one row. A billing item is priced in several rows, which
// differ in offering, currency and attributes, so all of these together are the
// key.
func catalogPrice(document *web.Document, row web.Object) catalog.Entry {
	item, currency := row.Get("billing_item_id").Key(), textOf(row.Get("currency_code"))
	offering := ""
	if word := row.Get("offering").Word("PS", "PP", "PG"); word != nil {
		offering = *word
	}
	traits := row.Get("attributes")
	entry := catalog.Entry{Key: strings.Join([]string{item, offering, currency}, "/"), Name: item}
	if fields, isObject := traits.Raw().(map[string]any); isObject && len(fields) > 0 {
		entry.Key += "/" + string(row.Attributes(fields))
	}
	document.About(entry.Key)
	attributes := map[string]any{"billing_item_id": item}
	keepText(attributes, row, "currency_code", "offering", "price_model", "price_unit", "proration_rule", "rounding_rule")
	web.Keep(attributes, "rounding_position", numberOf(row.Get("rounding_position")))
	web.Keep(attributes, "attributes", description(traits))
	tiers := readTiers(row.Get("prices"))
	web.Keep(attributes, "range_ends", rangeEnds(tiers))
	entry.Attributes = row.Attributes(attributes)
	entry.Prices = tierPrices(entry.Key, textOf(row.Get("price_unit")), currency, tiers)
	return entry
}

func numberOf(value web.Value) any {
	if number := value.OptionalNumber(); number != nil {
		return *number
	}
	return nil
}

// tier is one step of a price: a nil start is 0, a nil end is infinity. Whether
// a start belongs to its own step is not documented.
type tier struct {
	start, end, unit, base *decimal.Decimal
}

func readTiers(value web.Value) []tier {
	var tiers []tier
	for _, row := range value.Rows() {
		object := row.Object()
		tiers = append(tiers, tier{
			start: size(object.Get("range_start")), end: size(object.Get("range_end")),
			unit: object.Get("unit_price").OptionalAmount(), base: object.Get("base_price").OptionalAmount(),
		})
		object.Done()
	}
	slices.SortStableFunc(tiers, func(a, b tier) int { return a.minimum().Cmp(b.minimum()) })
	return tiers
}

func (t tier) minimum() decimal.Decimal {
	if t.start == nil {
		return decimal.Decimal{}
	}
	return *t.start
}

// single reports a price without tiers: one step from nothing to infinity.
func single(tiers []tier) bool {
	return len(tiers) == 1 && tiers[0].minimum().IsZero() && tiers[0].end == nil
}

// rangeEnds are the ends of all tiers in order, which no price holds.
func rangeEnds(tiers []tier) any {
	if len(tiers) == 0 || single(tiers) {
		return nil
	}
	ends := make([]any, len(tiers))
	for i, tier := range tiers {
		if tier.end != nil {
			ends[i] = *tier.end
		}
	}
	return ends
}

// tierPrices are the unit price and the base price of each tier. price_unit is
// what the unit price is for; the base price is for the tier as such.
func tierPrices(key, unit, currency string, tiers []tier) []catalog.Price {
	var prices []catalog.Price
	for _, t := range tiers {
		var minimum *decimal.Decimal
		if !single(tiers) {
			start := t.minimum()
			minimum = &start
		}
		for _, stated := range []struct {
			variant, unit string
			amount        *decimal.Decimal
		}{{"unit_price", unit, t.unit}, {"base_price", "", t.base}} {
			if stated.amount != nil {
				prices = append(prices, catalog.Price{
					SKUPriceID: key + "/" + stated.variant, Kind: catalog.PriceList, Variant: stated.variant,
					Unit: stated.unit, Currency: currency, TierMinimum: minimum,
					ListUnitPrice: *stated.amount, TaxBasis: catalog.TaxUnknown,
				})
			}
		}
	}
	return prices
}
