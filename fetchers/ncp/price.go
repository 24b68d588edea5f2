package ncp

import (
	"cmp"
	"slices"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// plan is one Price of the documents: terms, an amount and perhaps tiers.
type plan struct {
	price catalog.Price // without an amount
	terms map[string]any
}

// prices reads a priceList. Amounts become prices, the terms around them stand
// in the attribute price_list, by price number. Prices by country or by detail
// have no documented shape: where there are any they are reported as unknown.
func prices(at place, row row, key string, attributes map[string]any) []catalog.Price {
	var prices []catalog.Price
	var plans []plan
	for _, value := range rowsOf(row.get("priceList")) {
		object := value.Object()
		plan := newPlan(at, row.document, key, object)
		prices = append(prices, plan.amounts(object)...)
		plan.keepTerms(object)
		ignoreEmpty(value, object, "countryUnitList", "detailUnitList")
		object.Done()
		plans = append(plans, plan)
	}
	slices.SortStableFunc(plans, func(a, b plan) int { return cmp.Compare(a.price.SKUPriceID, b.price.SKUPriceID) })
	terms := make([]any, len(plans))
	for i, plan := range plans {
		terms[i] = plan.terms
	}
	if len(terms) > 0 {
		attributes["price_list"] = terms
	}
	return prices
}

// newPlan reads what makes a price the same price: its number, its type (FXSUM
// monthly, MTRAT metered, FREE), unit, currency and region. No document states
// whether tax is in the amounts.
func newPlan(at place, document *web.Document, key string, object web.Object) plan {
	plan := plan{terms: map[string]any{}, price: catalog.Price{
		Kind: catalog.PriceList, Currency: at.currency, TaxBasis: catalog.TaxUnknown,
	}}
	if variant := code(object.Get("priceType"), "FREE", "FXSUM", "MTRAT"); variant != nil {
		plan.price.Variant = *variant
	}
	plan.price.SKUPriceID = key + "/" + plan.price.Variant
	if number := object.Get("priceNo"); given(number) {
		plan.price.SKUPriceID = number.Digits()
	}
	if unit := code(object.Get("unit")); unit != nil {
		plan.price.Unit = *unit
	}
	if currency := code(object.Get("payCurrency")); currency != nil {
		plan.price.Currency = *currency
	}
	if region := object.Get("region"); given(region) {
		plan.price.RegionID = regionCode(region.Object())
	}
	from, shown := moment(document, object.Get("startDate")) // the provider's own date from which the price holds
	plan.price.EffectiveFrom = from
	web.Keep(plan.terms, "start_date", shown)
	return plan
}

// regionCode reads a region of the price list; regionName is in the language
// of the account.
func regionCode(region web.Object) *string {
	region.Ignore("regionNo", "regionName")
	code := text(region.Get("regionCode"))
	region.Done()
	return code
}

// amounts are the price and one more for each tier of its periodUnitList. Zero
// is an amount: products that are no longer sold stay in the list with it.
func (p plan) amounts(object web.Object) []catalog.Price {
	var prices []catalog.Price
	if amount := object.Get("price"); given(amount) {
		price := p.price
		price.ListUnitPrice = amount.Amount()
		prices = append(prices, price)
	}
	var tiers []any
	for _, value := range rowsOf(object.Get("periodUnitList")) {
		tier, terms := value.Object(), map[string]any{}
		price := p.price
		price.TierMinimum = number(tier.Get("startValue"))
		keepNumber(terms, "start_value", tier.Get("startValue"))
		keepNumber(terms, "end_value", tier.Get("endValue")) // -1 ends the last tier
		if amount := tier.Get("price"); given(amount) {
			price.ListUnitPrice = amount.Amount()
			prices = append(prices, price)
		}
		tier.Done()
		tiers = append(tiers, terms)
	}
	keepRows(p.terms, "period_unit_list", tiers)
	return prices
}

// keepTerms keeps what is stated around the amount.
func (p plan) keepTerms(object web.Object) {
	keepText(p.terms, "price_type", code(object.Get("priceType")))
	if no := object.Get("priceNo"); given(no) {
		p.terms["price_no"] = no.Digits()
	}
	if value := object.Get("chargingUnitBasicValue"); given(value) {
		p.terms["charging_unit_basic_value"] = value.Digits()
	}
	for _, kept := range []struct{ name, field string }{
		{"charging_unit_type", "chargingUnitType"}, {"rating_unit_type", "ratingUnitType"},
		{"detail_fee_category", "detailFeeCategory"}, {"product_rating_type", "productRatingType"},
		{"condition_type", "conditionType"}, {"free_unit", "freeUnit"}, {"metering_unit", "meteringUnit"},
		{"price_attribute", "priceAttribute"},
	} {
		keepText(p.terms, kept.name, code(object.Get(kept.field)))
	}
	keepNumber(p.terms, "condition_price", object.Get("conditionPrice"))
	keepNumber(p.terms, "free_value", object.Get("freeValue"))
	keepText(p.terms, "description", text(object.Get("priceDescription")))
	keepText(p.terms, "version_name", text(object.Get("priceVersionName")))
	keepRows(p.terms, "promise_list", promises(object.Get("promiseList")))
	keepRows(p.terms, "package_unit_list", packages(object.Get("packageUnitList")))
}

// promises are the terms for which the price is held, such as FXY1: a flat
// rate for one year.
func promises(list web.Value) []any {
	var kept []any
	for _, value := range rowsOf(list) {
		object, terms := value.Object(), map[string]any{}
		if no := object.Get("promiseNo"); given(no) {
			terms["promise_no"] = no.Digits()
		}
		keepText(terms, "promise_product_type", code(object.Get("promiseProductType")))
		object.Done()
		kept = append(kept, terms)
	}
	return kept
}

func packages(list web.Value) []any {
	var kept []any
	for _, value := range rowsOf(list) {
		object, terms := value.Object(), map[string]any{}
		keepText(terms, "product_rating_type", code(object.Get("productRatingType")))
		keepNumber(terms, "usage", object.Get("usage"))
		object.Done()
		kept = append(kept, terms)
	}
	return kept
}

func keepRows(attributes map[string]any, name string, rows []any) {
	if len(rows) > 0 {
		attributes[name] = rows
	}
}
