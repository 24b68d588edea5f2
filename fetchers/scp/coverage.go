package scp

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/fetchers/internal/web"
)

// span is the time that figures are for.
type span struct{ from, to time.Time }

// figure names one number of a span.
type figure struct{ name, resource, unit string }

// figures add up: a name is not always that of one resource only.
type figures map[figure]decimal.Decimal

func (f figures) add(name, resource string, amounts []money) {
	for _, m := range amounts {
		at := figure{name, resource, m.currency}
		f[at] = f[at].Add(m.amount)
	}
}

func (f figures) usage(s span) []catalog.Usage {
	order := slices.SortedFunc(maps.Keys(f), func(a, b figure) int {
		return cmp.Or(cmp.Compare(a.resource, b.resource), cmp.Compare(a.name, b.name), cmp.Compare(a.unit, b.unit))
	})
	usage := make([]catalog.Usage, 0, len(order))
	for _, at := range order {
		usage = append(usage, catalog.Usage{Name: at.name, Resource: at.resource, From: s.from, To: s.to, Quantity: f[at], Unit: at.unit})
	}
	return usage
}

// coverage is what one answer of /instances says: figures of the whole group,
// and what each contract covers.
type coverage struct {
	lack      *lack // of all that it would say; nil for nothing
	span      span
	group     figures
	contracts map[string]covered // by contract_id
}

// covered are the resources of one contract.
type covered struct {
	lack    *lack
	prices  map[string]unitPrice // by resource_name
	figures figures
}

// unitPrice is the price that the latest row of a resource states.
type unitPrice struct {
	requested string
	amounts   []money
}

// readCoverage reads a PlannedComputeResourceListResponse. Figures of the
// group have the group as their resource: each contract of the group gets them,
// so they must not be added up over contracts. What cannot be read of a contract's
// rows concerns that contract; what cannot be told to be of one concerns all.
func readCoverage(document *web.Document, name string, asked group, s span) coverage {
	read := coverage{span: s, group: figures{}, contracts: make(map[string]covered)}
	var rows []web.Value
	read.lack = unreadable(name, document.Try(func() {
		answer := envelope(document)
		if server := answer.Get("server_type"); server.Given() && server.Text() != asked.server {
			server.Fail("asked for %s, got %s", asked.server, server.Text())
		}
		answer.Ignore("service", "os", "server_type_description") // echoes of the question
		if orders := answer.Get("order_count").OptionalNumber(); orders != nil {
			read.group.add("order_count", asked.String(), []money{{"", *orders}})
		}
		if amount := answer.Get("amount"); amount.Given() {
			total := amount.Object()
			for _, name := range []string{"no_contract_used", "used", "non_applied", "total"} {
				read.group.add(name, asked.String(), amounts(total.Get(name), web.Value.OptionalNumber))
			}
			total.Done()
		}
		rows = answer.Get("coverages").Rows()
		answer.Done()
	}))
	for _, value := range rows {
		read.take(document, name, value)
	}
	return read
}

// take reads one row, into the contract that it is of.
func (c *coverage) take(document *web.Document, name string, value web.Value) {
	var row web.Object
	var contract string
	err := document.Try(func() {
		row = value.Object()
		contract = textOf(row.Get("contract_id"))
	})
	if err != nil {
		if c.lack == nil {
			c.lack = unreadable(name, err)
		}
		return
	}
	if _, known := c.contracts[contract]; !known {
		c.contracts[contract] = covered{prices: make(map[string]unitPrice), figures: figures{}}
	}
	into := c.contracts[contract]
	err = document.Try(func() { into.row(row) })
	switch {
	case err != nil && contract == "": // of use outside of any contract
		document.Warn("%v", err)
	case err != nil && into.lack == nil:
		into.lack = unreadable(name, err)
		c.contracts[contract] = into
	}
}

// row reads a ResourceUsedAmountDTO. used_time is documented in hours. A row
// without a contract was used outside of any.
func (c covered) row(row web.Object) {
	requestedAt := row.Get("request_at")
	requestedAt.OptionalText() // the latest price is told by it: what is no text fails
	resource, requested := textOf(row.Get("resource_name")), text(dateText(requestedAt))
	if hours := row.Get("used_time").OptionalNumber(); hours != nil {
		c.figures.add("used_time", resource, []money{{"hour", *hours}})
	}
	for _, name := range []string{"used_amount", "non_applied_amount"} {
		c.figures.add(name, resource, amounts(row.Get(name), web.Value.OptionalNumber))
	}
	c.price(row.Get("unit_price"), resource, requested)
	row.Done()
}

// price keeps the latest price of a resource. Two prices between which nothing
// decides are an error, for neither may win in silence.
func (c covered) price(value web.Value, resource, requested string) {
	stated := unitPrice{requested, amounts(value, web.Value.OptionalAmount)}
	known, again := c.prices[resource]
	switch {
	case len(stated.amounts) == 0:
		return
	case stated.amounts[0].currency == "":
		value.Fail("want an amount by currency, got %s alone", stated.amounts[0].amount)
	case !again || requested > known.requested:
		c.prices[resource] = stated
	case requested == known.requested && !slices.EqualFunc(stated.amounts, known.amounts, money.equal):
		value.Fail("resource %q has two prices at %q", resource, requested)
	}
}

func (m money) equal(other money) bool {
	return m.currency == other.currency && m.amount.Equal(other.amount)
}

// attach gives the entry of a contract_id the prices of its resources, by the hour in which
// their use is counted, and the figures.
func (c *coverage) attach(entry *catalog.Entry, id string) {
	if c.lack != nil { // then its figures may be anything
		return
	}
	entry.Usage = append(entry.Usage, c.group.usage(c.span)...)
	own, found := c.contracts[id]
	if !found || id == "" || own.lack != nil {
		return
	}
	entry.Usage = append(entry.Usage, own.figures.usage(c.span)...)
	for _, resource := range slices.Sorted(maps.Keys(own.prices)) {
		for _, m := range own.prices[resource].amounts {
			entry.Prices = append(entry.Prices, catalog.Price{
				SKUPriceID: entry.Key + "/" + resource, Kind: catalog.PriceContract, Variant: resource,
				Unit: "hour", Currency: m.currency, ListUnitPrice: m.amount, TaxBasis: catalog.TaxUnknown,
			})
		}
	}
}
