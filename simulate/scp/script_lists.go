package scp

import (
	"fmt"
	"slices"
	"time"
)

// onService is a change of one service that is there.
func onService(day int, list, id, key, text string, apply func(*serviceRow)) change {
	return after(day, list, key, text, func(c *catalog, _ time.Time) {
		at := slices.IndexFunc(c.services, func(row serviceRow) bool { return row.id == id })
		if at >= 0 {
			apply(&c.services[at])
		}
	})
}

func open(day int, row serviceRow) change {
	return after(day, "service-types", row.id, row.name+" can be had under contract", func(c *catalog, _ time.Time) {
		c.services = append(c.services, row)
	})
}

func rename(day int, id, name string) change {
	return onService(day, "service-types", id, id, id+" is now called "+name, func(row *serviceRow) { row.name = name })
}

// sell also sets what an hour of the server costs under contract.
func sell(day int, service string, server serverRow, hour money) change {
	text := fmt.Sprintf("%s has server type %s", service, server.name)
	sold := onService(day, "server-types", service, server.name, text, func(row *serviceRow) {
		row.servers = append(slices.Clip(row.servers), server)
	})
	apply := sold.Apply
	sold.Apply = func(c *catalog, at time.Time) {
		apply(c, at)
		c.rates[server.name] = hour
	}
	return sold
}

func system(day int, service string, os osRow) change {
	return onService(day, "os-types", service, os.ID, service+" runs "+os.Name, func(row *serviceRow) {
		row.systems = append(slices.Clip(row.systems), os)
	})
}

func term(day int, service string, code codeRow) change {
	return onService(day, "contract-types", service, code.Code, service+" can be had for "+code.Name, func(row *serviceRow) {
		row.contracts = append(slices.Clip(row.contracts), code)
	})
}

func extendable(day int, service string, code codeRow) change {
	return onService(day, "contract-types", service, code.Code, service+" can be extended by "+code.Name, func(row *serviceRow) {
		row.extensions = append(slices.Clip(row.extensions), code)
	})
}

func publish(day int, row priceRow) change {
	return after(day, "prices", row.BillingItemID, row.BillingItemID+" is new", func(c *catalog, _ time.Time) {
		c.prices = append(c.prices, row)
	})
}

func withdraw(day int, item string) change {
	return after(day, "prices", item, item+" is no longer priced", func(c *catalog, _ time.Time) {
		c.prices = slices.DeleteFunc(c.prices, func(row priceRow) bool { return row.BillingItemID == item })
	})
}

func reprice(day int, item string, steps []tierRow) change {
	text := fmt.Sprintf("%s now costs %s won", item, steps[0].UnitPrice)
	return after(day, "prices", item, text, func(c *catalog, _ time.Time) {
		for i := range c.prices {
			if c.prices[i].BillingItemID == item {
				c.prices[i].Prices = steps
			}
		}
	})
}
