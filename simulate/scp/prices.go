package scp

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"syncer/simulate/fault"
)

// priceRow is one row of the pricing service's catalogue.
type priceRow struct {
	Attributes       map[string]string `json:"attributes"`
	BillingItemID    string            `json:"billing_item_id"`
	CurrencyCode     string            `json:"currency_code"`
	Offering         string            `json:"offering"`
	PriceModel       string            `json:"price_model"`
	PriceUnit        string            `json:"price_unit"`
	Prices           []tierRow         `json:"prices"`
	ProrationRule    string            `json:"proration_rule"`
	RoundingPosition int               `json:"rounding_position"`
	RoundingRule     string            `json:"rounding_rule"`
}

// tierRow: a null end is infinity.
type tierRow struct {
	BasePrice  string  `json:"base_price"`
	RangeStart *string `json:"range_start"`
	RangeEnd   *string `json:"range_end"`
	UnitPrice  string  `json:"unit_price"`
}

func flat(unitPrice string) []tierRow { return []tierRow{{BasePrice: "0", UnitPrice: unitPrice}} }

// tiers is a price up to and one beyond a quantity.
func tiers(border, below, beyond string) []tierRow {
	zero := "0"
	return []tierRow{
		{BasePrice: "0", RangeStart: &zero, RangeEnd: &border, UnitPrice: below},
		{BasePrice: "0", RangeStart: &border, UnitPrice: beyond},
	}
}

func newPrice(item, currency, unit string, attributes map[string]string, steps []tierRow) priceRow {
	model := "FLAT"
	if len(steps) > 1 {
		model = "TIERED"
	}
	return priceRow{
		Attributes: attributes, BillingItemID: item, CurrencyCode: currency, Offering: "PP", PriceModel: model, PriceUnit: unit,
		Prices: steps, ProrationRule: "NONE", RoundingPosition: 0, RoundingRule: "HALF_UP",
	}
}

func firstPrices() []priceRow {
	vm := map[string]string{"region": "kr-west1", "server_type": "s1v1m2"}
	return []priceRow{
		newPrice("VM-HOUR", "KRW", "HOUR", vm, flat("59.000")),
		newPrice("VM-HOUR", "USD", "HOUR", vm, flat("0.05")),
		newPrice("VM-HOUR", "KRW", "HOUR", map[string]string{"region": "kr-west1", "server_type": "s1v2m4"}, flat("118.000")),
		newPrice("PUBLIC-IP-HOUR", "KRW", "HOUR", map[string]string{}, flat("5.500")),
		newPrice("OBJECT-STORAGE-GB", "KRW", "GB", map[string]string{}, tiers("51200", "26.000", "24.000")),
	}
}

const (
	defaultSize   = 20
	mostPriceRows = 1000 // a bound of ours
)

// pricesPage counts from 1 what the service counts from 0.
func pricesPage(query url.Values) int { return number(query, "page", 0) + 1 }

func prices(c call) fault.Answer {
	query := c.URL.Query()
	size := number(query, "size", defaultSize)
	if offering := query.Get("offering"); c.asked < 1 || size < 1 || size > mostPriceRows || offering != "" && !slices.Contains(offeringWords(), offering) {
		return invalid("['Input should be valid']")
	}
	var rows []priceRow
	for _, row := range c.catalog.prices {
		if matches(query, "billing_item_id", row.BillingItemID) && matches(query, "offering", row.Offering) {
			rows = append(rows, row)
		}
	}
	picks, size := c.active.Picks(len(rows), c.asked), c.active.PageSize(size)
	page := cut(picks, c.active.Page(c.asked), size)
	return listed("prices", render(c.active, page, rows, fault.Shape{ID: "billing_item_id", Name: "price_model"}), c.priceCounts(picks, size))
}

func (c call) priceCounts(picks []fault.Pick, size int) string {
	count := ""
	if total := c.active.Total(picks); total != nil {
		count = fmt.Sprintf(`,"count":%s`, total)
	}
	return fmt.Sprintf(`%s,"page":%d,"size":%d,"sort":"","total_pages":%d`, count, c.asked-1, size, pages(len(picks), size))
}

func matches(query url.Values, name, value string) bool {
	return query.Get(name) == "" || query.Get(name) == value
}

func offeringWords() []string { return []string{"PS", "PP", "PG"} }

func offerings(call) fault.Answer { return success(offeringWords()) }

func billingItems(c call) fault.Answer {
	var items []json.RawMessage
	seen := map[string]bool{}
	for _, row := range c.catalog.prices {
		if !seen[row.BillingItemID] {
			seen[row.BillingItemID] = true
			items = append(items, fmt.Appendf(nil, "%q", row.BillingItemID))
		}
	}
	return fault.Answer{Status: 200, Type: jsonType, Body: fault.Rows(items)}
}
