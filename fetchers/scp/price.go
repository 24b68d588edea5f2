package scp

import (
	"maps"
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
	answer, rows := envelope(document), web.NewRows(document)
	listed := answer.Get("prices").Rows()
	end := pricesEnd(answer, page, len(listed))
	answer.Done()
	for _, value := range listed {
		catalogPrice(value, rows)
	}
	decoded, err := result(document, end)
	if err == nil {
		rows.Into(&decoded)
	}
	return decoded, err
}

// catalogPrice reads one row. A billing item is priced in several rows, which
// differ in offering, currency and attributes, so all of these together are the
// key; what a person calls it is the item and the attributes' texts.
func catalogPrice(value web.Value, rows *web.Rows) {
	var object web.Object
	var item, currency, offering string
	var traits map[string]any
	row := rows.Add(func() string {
		object = value.Object()
		item, currency = object.Get("billing_item_id").Key(), textOf(object.Get("currency_code"))
		if word := object.Get("offering").Word("PS", "PP", "PG"); word != nil {
			offering = *word
		}
		key := strings.Join([]string{item, offering, currency}, "/")
		if traits, _ = object.Get("attributes").Raw().(map[string]any); len(traits) > 0 {
			key += "/" + string(object.Attributes(traits))
		}
		return key
	})
	if row == nil {
		return
	}
	row.Read(catalog.FieldsPart, func(entry *catalog.Entry) {
		attributes := map[string]any{"billing_item_id": item}
		keepText(attributes, object, "currency_code", "offering", "price_model", "price_unit", "proration_rule", "rounding_rule")
		web.Keep(attributes, "rounding_position", numberOf(object.Get("rounding_position")))
		web.Keep(attributes, "attributes", description(object.Get("attributes")))
		web.Keep(attributes, "range_ends", rangeEnds(readTiers(object.Get("prices"))))
		server := trait(traits, "server_type")
		if server != "" {
			attributes["server_type"] = server
		}
		entry.Attributes = object.Attributes(attributes)
		entry.Name = label(item, traits)
		if region := trait(traits, "region"); region != "" {
			entry.RegionID = &region
		}
		entry.VCPU, entry.MemoryMiB = sizes(server)
	})
	row.Read(catalog.PricesPart, func(entry *catalog.Entry) {
		entry.Prices = tierPrices(entry.Key, textOf(object.Get("price_unit")), currency, readTiers(object.Get("prices")))
	})
	object.Done()
}

// trait is one of a row's attributes, of which no document has a list; "" for none.
func trait(traits map[string]any, name string) string {
	text, _ := traits[name].(string)
	return text
}

// label is the item and what tells it from others of its name: VM-HOUR kr-west1
// s1v4m8.
func label(item string, traits map[string]any) string {
	words := []string{item}
	for _, name := range slices.Sorted(maps.Keys(traits)) {
		if text := trait(traits, name); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

// sizes reads s1v4m8: family and generation, 4 vCPU, 8 GB, as the documents' server
// types pair them. Names of another form, such as those of GPU servers, have none.
func sizes(server string) (vcpu, memoryMiB *decimal.Decimal) {
	family, rest, _ := strings.Cut(server, "v")
	cores, memory, _ := strings.Cut(rest, "m")
	count, countErr := catalog.ParseDecimal(cores)
	gigabytes, memoryErr := catalog.ParseDecimal(memory)
	if family == "" || countErr != nil || memoryErr != nil || strings.Trim(cores+memory, "0123456789") != "" {
		return nil, nil
	}
	return &count, mebibytes(&gigabytes)
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
