package scp

import (
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
