package huawei

import (
	"syncer/simulate/world"
)

type change = world.Change[catalog]

// The products of the script.
const (
	small     = "workspace.appstream.general.xlarge.4"
	large     = "workspace.appstream.general.4xlarge.4"
	monthly   = "workspace.appstream.general.xlarge.2.period"
	graphics  = "workspace.appstream.gpu.2xlarge.4"
	dedicated = "workspace.appstream.dedicated.host.c7"
)

// script is what happens in the twelve weeks.
func script() []change {
	return []change{
		appear(1, appstream(small, "s6.xlarge.4", 4, 16384, onDemand, "云应用通用型|4核|16GB内存"), "3.12"),
		appear(2, appstream(monthly, "s6.xlarge.2", 4, 8192, yearlyMonthly, "云应用通用型|4核|8GB内存|包月"), "486"),
		appear(3, appstream(large, "s6.4xlarge.4", 16, 65536, onDemand, "云应用通用型|16核|64GB内存"), "12.480001"),
		inZones(7, small, "cn-north-7a(sellout)", "is sold out in cn-north-7a"),
		reprice(9, small, "2.98"),
		inZones(12, small, "", "is sold in cn-north-7a again"),
		openZone(14, zoneOf(newZone("cn-north-7d", "可用区4", "AZ4"), large)),
		status(16, small, "normal", "states that it is on sale, which it was"),
		appear(20, gpu(), "21.7"),
		status(21, large, "abandon", "is withdrawn"),
		inZones(21, large, "cn-north-7a(normal), cn-north-7d(obt)", "stays on sale in cn-north-7a, as a test in cn-north-7d"),
		reprice(23, small, "3.3"),
		vanish(26, monthly, "leaves the list for one day"),
		relist(27, monthly, "is back after one day"),
		vanish(30, large, "leaves the list for three weeks"),
		soldOutIn(33, "cn-north-7b", small),
		status(34, graphics, "normal", "is no test any more"),
		rename(39, small, "云应用通用型|4核|16GB内存|新一代"),
		soldOutIn(40, "cn-north-7b"),
		reprice(42, monthly, "459"),
		status(44, small, "", "no longer states that it is on sale, which it is"),
		expire(46, monthly, "2026-06-30T16:00:00Z"),
		relist(51, large, "is back"),
		status(55, graphics, "sellout", "is sold out"),
		appear(58, host(), ""),
		status(62, graphics, "normal", "is on sale again"),
		reprice(66, monthly, "499"),
		status(69, large, "mothballed", "has a status that no document lists"),
		forDomains(72, graphics, "3d1f0c7fa6a84f6a8b1c5f0e2d4b6a80", "0d8e2fa1b7c94a5fb0e6d1c2a3f4b590"),
		vanish(77, sample, "is gone for good"),
	}
}
