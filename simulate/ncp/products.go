package ncp

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"

	"syncer/simulate/fault"
)

// product is a ProductPrice of one region.
type product struct {
	region                      string
	kind, kindName, detail      string
	category                    string
	code, name                  string
	osInformation, os           string
	cpus, memory, storage, gpus int64 // memory and storage in bytes
	generation                  string
	prices                      []price
}

// price is a Price: FXSUM is a month, MTRAT is metered.
type price struct {
	no, kind, rating, unit string
	charging, basic        string // TMCU 8: for 8 vCPU
	productRating          string
	won                    string
	promise                string // promiseNo; "" is none
	tiers                  []tier
	countries              []country // in place of one amount
}

// country is a CountryUnit.
type country struct{ code, phone, won string }

// tier is a PeriodUnit; -1 ends the last one.
type tier struct {
	from, to int64
	won      string
}

// billingRegions are those of the servers and one in which none stands. As the
// documents print it, the answer has neither requestId nor returnCode.
func billingRegions(c call) fault.Answer {
	regions := c.catalog.billingRegions()
	rows := make([]object, 0, len(regions))
	for _, region := range regions {
		rows = append(rows, object{{"regionNo", region.no}, {"regionCode", region.code}, {"regionName", region.name}})
	}
	return c.format.write(http.StatusOK, "getRegionListResponse", object{{"totalRows", len(rows)}, {"regionList", rows}})
}

// productPrices wants a region, and speaks of 503 without one.
func productPrices(c call) fault.Answer {
	region := c.params.Get("regionCode")
	known := slices.ContainsFunc(c.catalog.billingRegions(), func(r numbered) bool { return r.code == region })
	rate, listed := rates()[c.params.Get("payCurrencyCode")]
	switch {
	case region == "":
		return endpointError(c)
	case !known:
		return unknown(c, "Region")
	case !listed:
		return gateway(c.format, http.StatusBadRequest)
	}
	var rows []object
	for _, product := range c.catalog.products {
		if product.region == region && product.meets(c.params) {
			rows = append(rows, product.row(c, rate))
		}
	}
	return serve(c, "getProductPriceList", "productPriceList", always, rows, fault.Shape{ID: "productCode", Name: "productName"})
}

func (p product) meets(params params) bool {
	equal := func(name, value string) bool { return params.Get(name) == "" || params.Get(name) == value }
	return equal("productItemKindCode", p.kind) && equal("productCategoryCode", p.category) &&
		equal("productCode", p.code) && holds(p.name, params.Get("productName"))
}

// currency is what a price list is printed in. The rates are ours.
type currency struct {
	code, name string
	rate       decimal.Decimal
}

func rates() map[string]currency {
	won := currency{"KRW", "Korean Won", decimal.New(1, 0)}
	return map[string]currency{
		"": won, "KRW": won,
		"USD": {"USD", "US Dollar", decimal.New(75, -5)}, "JPY": {"JPY", "Japanese Yen", decimal.New(11, -2)},
	}
}

// row prints the members in the order of the documents; osInfomation is the
// provider's spelling.
func (p product) row(c call, currency currency) object {
	prices := make([]object, 0, len(p.prices))
	for _, price := range p.prices {
		prices = append(prices, price.row(c.catalog.regionNamed(p.region), currency))
	}
	return object{
		{"productItemKind", common(p.kind, p.kindName)}, {"productItemKindDetail", optional(p.detail)},
		{"productCode", p.code}, {"productName", p.name}, {"productDescription", p.name},
		{"softwareType", nothing()}, {"productCategory", optional(p.category)}, {"productType", optional(p.detail)},
		{"gpuCount", p.gpus}, {"cpuCount", p.cpus}, {"memorySize", p.memory}, {"baseBlockStorageSize", p.storage},
		{"dbKind", nothing()}, {"osInfomation", p.osInformation}, {"platformType", nothing()}, {"osType", optional(p.os)},
		{"platformCategoryCode", ""}, {"diskType", nothing()}, {"diskDetailType", nothing()}, {"generationCode", p.generation},
		{"priceList", prices},
	}
}

func optional(code string) object {
	if code == "" {
		return nothing()
	}
	return common(code, code)
}

func (p price) row(region numbered, currency currency) object {
	tiers := make([]object, 0, len(p.tiers))
	for _, tier := range p.tiers {
		tiers = append(tiers, object{{"startValue", tier.from}, {"endValue", tier.to}, {"price", currency.amount(tier.won)}})
	}
	return object{
		{"priceNo", p.no}, {"priceType", common(p.kind, kindName(p.kind))},
		{"region", object{{"regionNo", region.no}, {"regionCode", region.code}, {"regionName", region.name}}},
		{"chargingUnitType", optional(p.charging)}, {"ratingUnitType", common(p.rating, p.rating)},
		{"chargingUnitBasicValue", p.basic}, {"productRatingType", optional(p.productRating)}, {"unit", optional(p.unit)},
		{"price", currency.amount(p.won)}, {"promiseList", p.promises()}, {"conditionType", nothing()}, {"conditionPrice", 0},
		{"priceDescription", ""}, {"freeUnit", nothing()}, {"freeValue", 0}, {"meteringUnit", nothing()},
		{"startDate", "2021-04-01T00:00:00+0900"}, {"priceAttribute", nothing()}, {"priceVersionName", "PV1"},
		{"payCurrency", common(currency.code, currency.name)},
		{"periodUnitList", tiers}, {"countryUnitList", p.countryUnits(currency)}, {"packageUnitList", []object{}},
	}
}

func (p price) countryUnits(currency currency) []object {
	units := make([]object, 0, len(p.countries))
	for _, country := range p.countries {
		units = append(units, object{
			{"country", common(country.code, country.code)}, {"phoneCode", country.phone}, {"price", currency.amount(country.won)},
			{"ratingUnitType", common("POINT", "POINT")}, {"countryPeriodUnitList", []object{}},
		})
	}
	return units
}

func kindName(kind string) string {
	return map[string]string{"FXSUM": "Monthly flat rate", "MTRAT": "Metered rate", "FREE": "Free"}[kind]
}

func (p price) promises() []object {
	if p.promise == "" {
		return []object{}
	}
	return []object{{
		{"promiseNo", p.promise}, {"promiseProductType", common("FXY1", "Flat rate (1 year)")},
		{"discountProcessMethod", nothing()}, {"discountAmount", 0}, {"renew", false},
	}}
}

// amount is won in the currency, as a double would be printed.
func (c currency) amount(won string) json.Number {
	return json.Number(decimal.RequireFromString(won).Mul(c.rate).String())
}
