package ncp

import (
	"cmp"
	"encoding/json"
	"slices"

	"syncer/fetchers/internal/web"
)

// planTerms are what a priceList states around its amounts, by price number.
func planTerms(at place, row *row) []any {
	var plans []map[string]any
	for _, value := range rowsOf(row.get("priceList")) {
		object := value.Object()
		plans = append(plans, terms(at, row.document, object))
		object.Ignore("price", "unit", "payCurrency", "region") // parts of the prices themselves
		object.Done()
	}
	slices.SortStableFunc(plans, func(a, b map[string]any) int {
		return cmp.Or(cmp.Compare(shown(a["price_no"]), shown(b["price_no"])), cmp.Compare(shown(a["price_type"]), shown(b["price_type"])))
	})
	kept := make([]any, len(plans))
	for i := range plans {
		kept[i] = plans[i]
	}
	return kept
}

// terms are those of one Price. What a number of a charging unit means, its type
// says: TMCU 8 is for 8 vCPU.
func terms(at place, document *web.Document, object web.Object) map[string]any {
	terms := map[string]any{}
	keepText(terms, "price_type", code(object.Get("priceType")))
	keepDigits(terms, "price_no", object.Get("priceNo"))
	keepDigits(terms, "charging_unit_basic_value", object.Get("chargingUnitBasicValue"))
	for _, kept := range []struct{ name, field string }{
		{"charging_unit_type", "chargingUnitType"}, {"rating_unit_type", "ratingUnitType"},
		{"detail_fee_category", "detailFeeCategory"}, {"product_rating_type", "productRatingType"},
		{"condition_type", "conditionType"}, {"free_unit", "freeUnit"}, {"metering_unit", "meteringUnit"},
		{"price_attribute", "priceAttribute"},
	} {
		keepText(terms, kept.name, code(object.Get(kept.field)))
	}
	keepNumber(terms, "condition_price", object.Get("conditionPrice"))
	keepNumber(terms, "free_value", object.Get("freeValue"))
	keepText(terms, "description", text(object.Get("priceDescription")))
	keepText(terms, "version_name", text(object.Get("priceVersionName")))
	web.Keep(terms, "start_date", moment(document, object.Get("startDate"), at.zone))
	keepRows(terms, "promise_list", promises(object.Get("promiseList")))
	keepRows(terms, "package_unit_list", packages(object.Get("packageUnitList")))
	keepRows(terms, "period_unit_list", periods(object.Get("periodUnitList")))
	keepRows(terms, "country_unit_list", countries(object.Get("countryUnitList")))
	keepRows(terms, "detail_unit_list", details(object.Get("detailUnitList")))
	return terms
}

// promises are the terms for which the price is held, such as FXY1: a flat
// rate for one year, and what is taken off for that.
func promises(list web.Value) []any {
	return eachRow(list, func(object web.Object, terms map[string]any) {
		keepDigits(terms, "promise_no", object.Get("promiseNo"))
		keepText(terms, "promise_product_type", code(object.Get("promiseProductType")))
		keepText(terms, "discount_process_method", code(object.Get("discountProcessMethod")))
		keepNumber(terms, "discount_amount", object.Get("discountAmount"))
		keepFlag(terms, "renew", object.Get("renew"))
	})
}

func packages(list web.Value) []any {
	return eachRow(list, func(object web.Object, terms map[string]any) {
		keepText(terms, "product_rating_type", code(object.Get("productRatingType")))
		keepNumber(terms, "usage", object.Get("usage"))
	})
}

// periods are the tiers; -1 ends the last one.
func periods(list web.Value) []any {
	return eachRow(list, func(object web.Object, terms map[string]any) {
		keepNumber(terms, "start_value", object.Get("startValue"))
		keepNumber(terms, "end_value", object.Get("endValue"))
		object.Ignore("price")
	})
}

func countries(list web.Value) []any {
	return eachRow(list, func(object web.Object, terms map[string]any) {
		keepText(terms, "country", code(object.Get("country")))
		keepDigits(terms, "phone_code", object.Get("phoneCode"))
		// The documents call it a Double, and mean a code.
		if rating := object.Get("ratingUnitType"); isNumber(rating) {
			keepDigits(terms, "rating_unit_type", rating)
		} else {
			keepText(terms, "rating_unit_type", code(rating))
		}
		keepRows(terms, "period_unit_list", periods(object.Get("countryPeriodUnitList")))
		object.Ignore("price")
	})
}

func details(list web.Value) []any {
	return eachRow(list, func(object web.Object, terms map[string]any) {
		keepText(terms, "detail", code(object.Get("detail")))
		keepText(terms, "country", code(object.Get("country")))
		keepRows(terms, "period_unit_list", periods(object.Get("detailPeriodUnitList")))
		object.Ignore("price")
	})
}

// eachRow keeps something of each row.
func eachRow(list web.Value, keep func(object web.Object, terms map[string]any)) []any {
	var kept []any
	for _, value := range rowsOf(list) {
		object, terms := value.Object(), map[string]any{}
		keep(object, terms)
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

// keepDigits keeps 1 and "1" as the same text.
func keepDigits(attributes map[string]any, name string, value web.Value) {
	if given(value) {
		attributes[name] = value.Digits()
	}
}

func isNumber(value web.Value) bool {
	_, number := value.Raw().(json.Number)
	return number
}
