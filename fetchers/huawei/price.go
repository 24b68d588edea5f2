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

// prices reads the answers of the enquiries that followed a list.
type prices struct {
	list     listAnswer
	offers   []offer
	currency string // what BSS means where it names none
	// asked and answered are numbers of rows, from 1, by what parts name.
	asked, answered map[int]bool
	lacking         []lack
	// unread is why there are none at all; "" where there are.
	unread   string
	unknown  []catalog.Unknown
	warnings []catalog.Warning
}

// lack is a product whose price was not to be had.
type lack struct {
	row    *web.Row
	reason string
}

func newPrices(list listAnswer, currency string) *prices {
	return &prices{list: list, offers: list.offers(), currency: currency, asked: make(map[int]bool), answered: make(map[int]bool)}
}

// read takes in what one enquiry answered. An answer that is none, and a refusal
// that is of no single product, leave the list without prices.
func (p *prices) read(part catalog.Part, number int) {
	asked := askedIn(part.Request)
	for _, row := range asked {
		p.asked[row] = true
	}
	if refusal, refused := web.RefusalIn(part); refused {
		if len(asked) == 0 {
			p.stop(refusal.Text)
		}
		for _, row := range asked {
			p.refuse(row, refusal)
		}
		return
	}
	document, err := web.ParseJSON(part.Body)
	if err != nil {
		p.stop(fmt.Sprintf("part %d: %v", number, err))
		return
	}
	p.list.rows.Join(document, fmt.Sprintf("part %d", number))
	p.readAnswer(document)
	if err := document.Err(); err != nil {
		p.stop(err.Error())
	}
	p.unknown = append(p.unknown, document.Unknown()...)
	p.warnings = append(p.warnings, document.Warnings()...)
}

// stop notes why there are no prices.
func (p *prices) stop(why string) {
	if p.unread == "" {
		p.unread = why
	}
}

// refuse notes what BSS says to one product alone. One that it does not know has no
// price.
func (p *prices) refuse(number int, refusal web.Refusal) {
	row := p.list.row(number)
	switch {
	case row == nil:
	case refusal.Code == notFound:
		p.answered[number] = true
		p.warnings = append(p.warnings, catalog.Warning{Key: row.Entry.Key, Text: "the price enquiry does not know the product"})
	default:
		p.answered[number] = true
		p.lacking = append(p.lacking, lack{row, refusal.Text})
	}
}

// finish sets aside the prices that were not to be had. Where they are many, that is
// said of the list: so many rows that are set aside would fail the run, and statuses
// do not wait for prices.
func (p *prices) finish() {
	if lacking := len(p.lacking); lacking > 1 && lacking*fewOf > p.list.count {
		p.stop(fmt.Sprintf("the prices of %d of %d products were not to be had; of %s: %s",
			lacking, p.list.count, p.lacking[0].row.Entry.Key, p.lacking[0].reason))
	}
	if p.unread != "" {
		for _, line := range p.list.lines {
			line.row.Entry.Prices = nil
		}
		return
	}
	for _, lack := range p.lacking {
		lack.row.SetAside(catalog.PricesPart, catalog.Incomplete, lack.reason)
	}
}

// fewOf: one row of so many may be set aside by default (2 %).
const fewOf = 50

// requireAnswers notes the products that were to be asked for and that no answer is
// about. A page of which no part names whom it asks for, as earlier ones
// have, does not show whether BSS knows them: that is a warning.
func (p *prices) requireAnswers() {
	var without []string
	for _, offer := range p.offers {
		switch key := offer.row.Entry.Key; {
		case p.answered[offer.number]:
		case len(p.asked) > 0:
			p.lacking = append(p.lacking, lack{offer.row, fmt.Sprintf("no price enquiry answered about row %d", offer.number)})
		default:
			without = append(without, key)
		}
	}
	if len(without) > 0 {
		p.warnings = append(p.warnings, catalog.Warning{Text: fmt.Sprintf(
			"no price enquiry answered about %d of %d products: %.300s", len(without), len(p.offers), strings.Join(without, ", "))})
	}
}

// readAnswer distinguishes the two enquiries by their answers: that for a
// period has official prices apart from discounted ones. What the account would
// pay after discounts is its own affair: the list price is the official one.
func (p *prices) readAnswer(document *web.Document) {
	answer := document.Root().Object()
	if refused(answer) {
		return
	}
	currency := currencyOf(answer.Get("currency"), p.currency)
	if official := answer.Get("official_website_rating_result"); official.Given() {
		results := official.Object()
		results.Ignore("official_website_amount", "measure_id", "installment_official_website_amount", "installment_period_type")
		p.readResults(results, currency, term{"period", "month"})
		results.Done()
		answer.Ignore("optional_discount_rating_results")
	} else {
		answer.Ignore("amount", "discount_amount", "official_website_amount", "measure_id")
		p.readResults(answer, currency, term{"on-demand", "hour"})
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

func (p *prices) readResults(answer web.Object, currency string, term term) {
	for _, result := range answer.Get("product_rating_results").Rows() {
		object := result.Object()
		if row := p.answeredBy(object.Get("id")); row != nil {
			row.Read(catalog.PricesPart, func(entry *catalog.Entry) { readPrice(entry, object, currency, term) })
		}
		object.Ignore("official_website_amount", "measure_id", "product_id", "amount", "discount_amount", "discount_rating_results",
			"installment_official_website_amount", "installment_period_type")
		object.Done()
	}
}

// answeredBy is the product whose number was the question's id. A result of which
// nobody knows whom it is about leaves a product unanswered.
func (p *prices) answeredBy(id web.Value) *web.Row {
	stated, _ := id.Raw().(string)
	number, err := strconv.Atoi(stated)
	row := p.list.row(number)
	if err != nil || row == nil {
		id.Warn("want the number of a product from 1 to %d as a text, got %.60v", p.list.count, id.Raw())
		return nil
	}
	p.answered[number] = true
	return row
}

// readPrice takes the official price. Without one there is no price, which is a
// warning.
func readPrice(entry *catalog.Entry, result web.Object, currency string, term term) {
	amount, measure := result.Get("official_website_amount"), result.Get("measure_id")
	if unit := measure.Count(); unit != nil && *unit != 1 {
		measure.Fail("want 1 (whole units of the currency), got %d", *unit)
	}
	stated := amount.OptionalAmount()
	if stated == nil {
		amount.Warn("the price enquiry states no price")
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
