package scp

import (
	"fmt"
	"slices"
	"time"

	"syncer/simulate/world"
)

// after is one line of the script; whatever happens, the samples are no longer
// alone.
func after(day int, list, key, text string, apply func(c *catalog, at time.Time)) change {
	return change{After: time.Duration(day) * world.Day, List: list, Key: key, Text: text, Apply: func(c *catalog, at time.Time) {
		c.untouched = false
		apply(c, at)
	}}
}

// newContract is a running contract that covers one server day and night.
func newContract(id, contractID, os, server, term, name, start, end string) contractRow {
	return contractRow{
		id: id, contractID: contractID, region: "kr-west1", service: "VIRTUAL_SERVER", os: os, server: server,
		term: term, first: start, start: start, end: end, state: "ACTIVE", name: name,
		srn:       "srn:e::26affb52e16944038a0cd2cc26060e1c:kr1-west1::compute:instance/INSTANCE-" + id[:22],
		createdBy: "user123", modifiedBy: "user123", resources: []resource{{name: name, perDay: 24}},
	}
}

func appear(day int, row contractRow) change {
	text := fmt.Sprintf("contract %s for %s begins", row.contractID, row.name)
	return after(day, "planned-computes", row.id, text, func(c *catalog, at time.Time) {
		row := row
		row.created, row.modified = at, at
		c.contracts = append(c.contracts, row)
	})
}

// onContract is a change of one contract that is there.
func onContract(day int, id, text string, apply func(*contractRow)) change {
	return after(day, "planned-computes", id, text, func(c *catalog, at time.Time) {
		if found := c.contract(id); found >= 0 {
			row := &c.contracts[found]
			row.modified, row.modifiedBy = at, "kim"
			apply(row)
		}
	})
}

func state(day int, id, word string) change {
	return onContract(day, id, fmt.Sprintf("contract %.8s is %s", id, word), func(row *contractRow) { row.state = word })
}

func remove(day int, id string) change {
	return onContract(day, id, fmt.Sprintf("contract %.8s is deleted and still listed", id), func(row *contractRow) { row.deleted = true })
}

func extend(day int, id, term, start, end string) change {
	text := fmt.Sprintf("contract %.8s is extended to %s", id, end)
	return onContract(day, id, text, func(row *contractRow) { row.nextTerm, row.nextStart, row.nextEnd = term, start, end })
}

func moveTo(day int, id, server string) change {
	text := fmt.Sprintf("contract %.8s is now for %s", id, server)
	return onContract(day, id, text, func(row *contractRow) { row.server = server })
}

func cover(day int, id string, more resource) change {
	text := fmt.Sprintf("contract %.8s covers %s too", id, more.name)
	return onContract(day, id, text, func(row *contractRow) {
		row.resources = append(append([]resource(nil), row.resources...), more)
	})
}

func vanish(day int, id string) change {
	return after(day, "planned-computes", id, fmt.Sprintf("contract %.8s is no longer listed", id), func(c *catalog, _ time.Time) {
		if at := c.contract(id); at >= 0 {
			c.contracts = append(c.contracts[:at], c.contracts[at+1:]...)
		}
	})
}

// rate is what an hour of a server type costs under contract, in thousandths
// of a won and in cents.
func rate(day int, server string, milliwon, cents int64) change {
	text := fmt.Sprintf("an hour of %s costs %d.%03d won under contract", server, milliwon/1000, milliwon%1000)
	return after(day, "planned-computes", server, text, func(c *catalog, _ time.Time) {
		c.rates[server] = money{milliwon, cents}
	})
}

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
