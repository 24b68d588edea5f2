package huawei

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// term is what a price of one enquiry is for.
type term struct{ variant, unit string }

// addPrices adds to the entries what the enquiries answered.
func addPrices(decoded *catalog.Decoded, answers []catalog.Part, currency string) error {
	for i, part := range answers {
		document, err := web.ParseJSON(part.Body)
		if err == nil {
			readAnswer(document, decoded.Entries, currency)
			err = document.Err()
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", i+2, err)
		}
		decoded.Unknown = append(decoded.Unknown, document.Unknown()...)
		decoded.Warnings = append(decoded.Warnings, document.Warnings()...)
	}
	return nil
}

// warnUnanswered warns of products that prices are asked for and that no answer
// of the page is about: BSS does not know them, or a part of the page is gone.
// The page does not say which, so it is not refused.
func warnUnanswered(decoded *catalog.Decoded, listed []byte) {
	offers, err := priceableIn(listed)
	if err != nil {
		return // then nothing was asked for
	}
	answered := make(map[string]bool)
	for _, warning := range decoded.Warnings {
		answered[warning.Key] = true // answered, without a price
	}
	var without []string
	for _, offer := range offers {
		if offer.row >= len(decoded.Entries) {
			continue
		}
		if entry := decoded.Entries[offer.row]; len(entry.Prices) == 0 && !answered[entry.Key] {
			without = append(without, entry.Key)
		}
	}
	if len(without) > 0 {
		decoded.Warnings = append(decoded.Warnings, catalog.Warning{Text: fmt.Sprintf(
			"no price enquiry answered about %d of %d products: %.300s", len(without), len(offers), strings.Join(without, ", "))})
	}
}

// readAnswer distinguishes the two enquiries by their answers: that for a
// period has official prices apart from discounted ones. What the account would
// pay after discounts is its own affair: the list price is the official one.
func readAnswer(document *web.Document, entries []catalog.Entry, currency string) {
	answer := document.Root().Object()
	if refused(answer) {
		return
	}
	currency = currencyOf(answer.Get("currency"), currency)
	if official := answer.Get("official_website_rating_result"); official.Given() {
		results := official.Object()
		results.Ignore("official_website_amount", "measure_id", "installment_official_website_amount", "installment_period_type")
		readResults(document, entries, results, currency, term{"period", "month"})
		results.Done()
		answer.Ignore("optional_discount_rating_results")
	} else {
		answer.Ignore("amount", "discount_amount", "official_website_amount", "measure_id")
		readResults(document, entries, answer, currency, term{"on-demand", "hour"})
	}
	answer.Done()
}

// currencyOf goes by the answer, else by what BSS documents for none.
func currencyOf(value web.Value, standard string) string {
	if value.Given() && value.Raw() != "" {
		return value.Key()
	}
	if standard == "" {
		value.Fail("want a currency, got nothing")
	}
	return standard
}

func readResults(document *web.Document, entries []catalog.Entry, answer web.Object, currency string, term term) {
	for _, result := range answer.Get("product_rating_results").Rows() {
		object := result.Object()
		if entry := asked(object.Get("id"), entries); entry != nil {
			document.About(entry.Key)
			readPrice(document, entry, object, currency, term)
		}
		object.Ignore("product_id", "amount", "discount_amount", "discount_rating_results",
			"installment_official_website_amount", "installment_period_type")
		object.Done()
	}
}

// asked is the entry of the row whose number, from 1, was the question's id.
func asked(id web.Value, entries []catalog.Entry) *catalog.Entry {
	row, err := strconv.Atoi(id.Key())
	if err != nil || row < 1 || row > len(entries) {
		id.Fail("want the number of a product from 1 to %d, got %v", len(entries), id.Raw())
		return nil
	}
	return &entries[row-1]
}

// readPrice takes the official price. Without one there is no price, which is a
// warning.
func readPrice(document *web.Document, entry *catalog.Entry, result web.Object, currency string, term term) {
	amount, measure := result.Get("official_website_amount"), result.Get("measure_id")
	if unit := measure.Count(); unit != nil && *unit != 1 {
		measure.Fail("want 1 (whole units of the currency), got %d", *unit)
	}
	stated := amount.OptionalAmount()
	if stated == nil {
		document.Warn("%s: the price enquiry states no price", amount.Path())
		return
	}
	if slices.ContainsFunc(entry.Prices, func(p catalog.Price) bool { return p.Variant == term.variant }) {
		result.Get("id").Fail("product %s is answered twice", entry.Key)
		return
	}
	entry.Prices = append(entry.Prices, catalog.Price{
		SKUPriceID: entry.Key + "/" + term.variant, Kind: catalog.PriceList, Variant: term.variant,
		Unit: term.unit, Currency: currency, ListUnitPrice: *stated, TaxBasis: catalog.TaxUnknown,
	})
}
