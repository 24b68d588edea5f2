package ncp

import (
	"encoding/json"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// plan is one Price of the documents: what it is a price of, and its amounts.
type plan struct {
	price  catalog.Price // without an amount
	prices []catalog.Price
	// terms are all that is stated around the amounts, but for the number, the
	// date and the name of the version: equal for two versions of one plan.
	terms string
}

// prices reads the amounts of a priceList; the terms around them are fields.
func prices(at place, row *row, key string) []catalog.Price {
	var plans []*plan
	for _, value := range rowsOf(row.get("priceList")) {
		plans = append(plans, newPlan(at, row.document, key, value))
	}
	joinVersions(plans)
	var prices []catalog.Price
	for _, plan := range plans {
		prices = append(prices, plan.prices...)
	}
	return prices
}

// newPlan reads what makes a price the same price: its number, its type (FXSUM
// monthly, MTRAT metered, FREE), unit, currency and region. No document states
// whether tax is in the amounts.
func newPlan(at place, document *web.Document, key string, value web.Value) *plan {
	object := value.Object()
	plan := &plan{terms: termsOf(value), price: catalog.Price{
		Kind: catalog.PriceList, Currency: at.currency, TaxBasis: catalog.TaxUnknown,
	}}
	price := &plan.price
	if variant := code(object.Get("priceType"), "FREE", "FXSUM", "MTRAT"); variant != nil {
		price.Variant = *variant
	}
	price.SKUPriceID = key + "/" + price.Variant
	if number := object.Get("priceNo"); given(number) {
		price.SKUPriceID = number.Digits()
	}
	if unit := code(object.Get("unit")); unit != nil {
		price.Unit = *unit
	}
	if currency := code(object.Get("payCurrency")); currency != nil {
		price.Currency = *currency
	}
	if region := object.Get("region"); given(region) {
		price.RegionID = regionCode(region.Object())
	}
	price.EffectiveFrom = date(object.Get("startDate"), at.zone)
	plan.prices = plan.amounts(document, object)
	return plan
}

// termsOf is canonical for its content: members sorted, as they were sent.
func termsOf(plan web.Value) string {
	members, _ := plan.Raw().(map[string]any)
	terms := make(map[string]any, len(members))
	for name, value := range members {
		switch name {
		case "priceNo", "startDate", "priceVersionName", "price", "periodUnitList", "countryUnitList", "detailUnitList":
		default:
			terms[name] = value
		}
	}
	text, err := json.Marshal(terms)
	if err != nil {
		return "" // cannot be: the values were read from JSON or XML
	}
	return string(text)
}

// joinVersions makes one price of plans that differ in nothing but their number,
// their date and their amounts: the later is what the earlier becomes. They go by
// the number of the earliest. An amount for which a later version has none ends
// when that begins.
func joinVersions(plans []*plan) {
	versions := make(map[string][]*plan)
	for _, plan := range plans {
		versions[plan.terms] = append(versions[plan.terms], plan)
	}
	for _, same := range versions {
		slices.SortStableFunc(same, func(a, b *plan) int { return a.begins().Compare(b.begins()) })
		twice := func(a, b *plan) bool { return a.begins().Equal(b.begins()) }
		if len(same) == 1 || len(slices.CompactFunc(slices.Clone(same), twice)) < len(same) {
			continue // nothing tells which of them follows which
		}
		for i, plan := range same[1:] {
			plan.rename(same[0].price.SKUPriceID)
			before := same[i]
			for j := range before.prices {
				price := &before.prices[j]
				if !slices.ContainsFunc(plan.prices, func(next catalog.Price) bool { return next.Identity() == price.Identity() }) {
					price.EffectiveTo = plan.price.EffectiveFrom
				}
			}
		}
	}
}

func (p *plan) begins() time.Time {
	if p.price.EffectiveFrom == nil {
		return time.Time{}
	}
	return *p.price.EffectiveFrom
}

// rename gives all prices of the plan the number of another version of it.
func (p *plan) rename(number string) {
	for i := range p.prices {
		p.prices[i].SKUPriceID = number + p.prices[i].SKUPriceID[len(p.price.SKUPriceID):]
	}
	p.price.SKUPriceID = number
}

// regionCode reads a region of the price list; regionName is in the language
// of the account.
func regionCode(region web.Object) *string {
	region.Ignore("regionNo", "regionName")
	code := text(region.Get("regionCode"))
	region.Done()
	return code
}

// amounts are those of the plan, of its tiers, and of its countries or details. A
// 0 beside any of these is no price, for the amounts stand there; elsewhere it is
// one: products that are no longer sold stay in the list with it.
func (p *plan) amounts(document *web.Document, object web.Object) []catalog.Price {
	var units []catalog.Price
	countries := rowsOf(object.Get("countryUnitList"))
	for i, name := range unitNames(countries, "phoneCode", "country") {
		units = append(units, p.unit(countries[i].Object(), name, "countryPeriodUnitList")...)
	}
	details := rowsOf(object.Get("detailUnitList"))
	for i, name := range unitNames(details, "", "detail", "country") {
		units = append(units, p.unit(details[i].Object(), name, "detailPeriodUnitList")...)
	}
	elsewhere := len(countries)+len(details) > 0
	rating := code(object.Get("ratingUnitType"))
	if !elsewhere && rating != nil && (*rating == "CNTRY" || *rating == "DETAIL" || *rating == "SECT") {
		elsewhere = true
		if amount := object.Get("price"); given(amount) && len(rowsOf(object.Get("periodUnitList"))) == 0 && amount.Amount().IsZero() {
			document.Warn("%s: the amounts of ratingUnitType %s stand in a list that is empty: no price", amount.Path(), *rating)
		}
	}
	return append(stated(p.price, object, "periodUnitList", elsewhere), units...)
}

// unit are the amounts of one country or detail, told apart in the SKU price.
func (p *plan) unit(unit web.Object, name, periods string) []catalog.Price {
	price := p.price
	price.SKUPriceID += "/" + name
	return stated(price, unit, periods, false)
}

// unitNames are the codes of countries or details, by one of the members. Where a
// code stands several times, the other member tells them apart.
func unitNames(units []web.Value, apart string, members ...string) []string {
	names, count := make([]string, len(units)), make(map[string]int)
	for i, value := range units {
		unit := value.Object()
		for _, member := range members { // one document calls the detail a country
			if stated := code(unit.Get(member)); stated != nil {
				names[i] = *stated
				break
			}
		}
		if names[i] == "" {
			unit.Get(members[0]).Fail("want a code")
		}
		count[names[i]]++
	}
	for i, value := range units {
		if count[names[i]] == 1 || apart == "" {
			continue
		}
		if other := value.Object().Get(apart); given(other) {
			names[i] += "/" + other.Digits()
		}
	}
	return names
}

// stated are the amount of an object and one for each of its periods, the tiers.
func stated(price catalog.Price, object web.Object, periods string, elsewhere bool) []catalog.Price {
	tiers := rowsOf(object.Get(periods))
	var prices []catalog.Price
	if amount := object.Get("price"); given(amount) {
		price.ListUnitPrice = amount.Amount()
		if !price.ListUnitPrice.IsZero() || !elsewhere && len(tiers) == 0 {
			prices = append(prices, price)
		}
	}
	for _, value := range tiers {
		tier := value.Object()
		price.TierMinimum = number(tier.Get("startValue"))
		if amount := tier.Get("price"); given(amount) {
			price.ListUnitPrice = amount.Amount()
			prices = append(prices, price)
		}
	}
	return prices
}
