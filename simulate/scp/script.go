package scp

import (
	"fmt"
	"time"

	"syncer/simulate/world"
)

type change = world.Change[catalog]

const sample = "5f3688a192094ddeb0c94166a3e88935"

// The contracts that appear.
const (
	web   = "0b0c6a3cf8f94a0f9a1c0d5f6f6f1a01"
	batch = "1d2e7b4df9a05b1fab2d1e6a7a7a2b02"
	shop  = "2e3f8c5ea0b16c2abc3e2f7b8b8b3c03"
)

// script is what happens at the platform in the twelve weeks.
func script() []change {
	return []change{
		rate(4, "s1v1m2", 41250, 3),
		sell(5, "VIRTUAL_SERVER", serverRow{"s1v2m4", "s1", "", 2, 4}, money{82500, 6}),
		sell(5, "VIRTUAL_SERVER", serverRow{"s1v4m8", "s1", "", 4, 8}, money{165000, 12}),
		reprice(6, "PUBLIC-IP-HOUR", flat("6.000")),
		appear(7, newContract(web, "C002700001", "OPEN_SOURCE", "s1v2m4", "1-year", "web-1", "2026-01-12", "2027-01-11")),
		system(8, "VIRTUAL_SERVER", osRow{"RHEL", "Red Hat Enterprise Linux", "rhel"}),
		term(9, "VIRTUAL_SERVER", codeRow{"03", "3-year"}),
		appear(11, newContract(batch, "C002700002", "RHEL", "s1v4m8", "3-year", "batch-1", "2026-01-16", "2029-01-15")),
		open(12, serviceRow{id: "DATABASE", name: "Database", systems: []osRow{{"OPEN_SOURCE", "Open Source", "opensource"}},
			servers: []serverRow{{"db1v2m4", "db1", "", 2, 4}}, contracts: []codeRow{{"01", "1-year"}, {"03", "3-year"}}}),
		appear(14, newContract(shop, "C002700003", "OPEN_SOURCE", "s1v1m2", "1-year", "shop-1", "2026-01-19", "2027-01-18")),
		reprice(16, "OBJECT-STORAGE-GB", tiers("51200", "27.500", "24.000")),
		state(18, sample, "EXPIRED"),
		extend(21, web, "1-year", "2027-01-12", "2028-01-11"),
		rename(23, "VIRTUAL_SERVER", "Virtual Server (VM)"),
		reprice(26, "OBJECT-STORAGE-GB", tiers("102400", "27.500", "22.000")),
		moveTo(28, batch, "s1v2m4"),
		remove(30, sample),
		rate(33, "s1v2m4", 79000, 6),
		reprice(35, "PUBLIC-IP-HOUR", flat("5.200")),
		state(38, shop, "CANCELLED"),
		remove(40, shop),
		vanish(42, sample),
		cover(45, web, resource{name: "web-2", perDay: 24}),
		vanish(49, shop),
		publish(52, newPrice("GPU-HOUR", "KRW", "HOUR", map[string]string{"region": "kr-west1", "server_type": "g1v16a1"}, flat("3190.000"))),
		rate(56, "s1v2m4", 81000, 6),
		sell(58, "VIRTUAL_SERVER", serverRow{"g1v16a1", "g1", "A100", 16, 240}, money{2310000, 170}),
		extendable(60, "DATABASE", codeRow{"01", "1-year"}),
		withdraw(66, "PUBLIC-IP-HOUR"),
		rate(70, "s1v2m4", 84000, 6),
	}
}

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
