package iwinv

import (
	"syncer/simulate/world"
)

type change = world.Change[catalog]

// script is what happens at iwinv in the twelve weeks. No line touches more
// than two flavors, as a provider would.
func script() []change {
	return []change{
		reprice(5, "vgna_1_n", 5900, 220),
		appear(9, newFlavor("gna_4.8_n", "dedicated", machine("GENERAL", 4, 8192, 100, "2.5"), []string{"os_linux", "os_windows"}, amounts(54900, 2040))),
		openZone(12, "kr2-z02", "KR2 Zone 02"),
		extend(13, "hpa_2.4_n", "kr2-z02"),
		reprice(14, "hpa_2.4_n", 32900, 1220),
		vanish(16, "hpa_1.2_n", "leaves the list for one day"),
		relist(17, "hpa_1.2_n", "is back after one day"),
		state(21, "soi_2.8_s", "unavailable"),
		imageState(24, "img-fedora-40", "deleted"),
		state(28, "soi_2.8_s", "available"),
		reprice(30, "vgna_1_n", 5700, 210),
		vanish(35, "gna_1.2_n", "leaves the list for three weeks"),
		appear(37, gpuFlavor("gpu_t4x1", "NVIDIA T4", 1, amounts(389000, 14400))),
		appear(37, gpuFlavor("gpu_t4x2", map[string]any{"name": "NVIDIA T4", "count": 2}, 2, amounts(748000, 27700))),
		reprice(40, "hpa_1.2_n", 18200, 680),
		rename(44, "vgna_2_n", "vgna_2_n (2026)"),
		enlarge(46, "ssd", 4000),
		vanish(49, "gna_2.4_n", "is no longer sold"),
		relist(56, "gna_1.2_n", "is sold again"),
		appearImage(58, newImage("img-debian-13", "Debian 13", "debian", "13", "os_linux")),
		reprice(63, "vgna_2_n", 12500, 470),
		reprice(70, "vgna_1_n", 6200, 230),
		reprice(77, "gna_1.2_n", 13900, 520),
	}
}

// slips are what goes wrong in the twelve weeks: an absurd price that is put right
// after two days, one that looks alike and stays, and a wrong one that nobody
// would doubt.
func slips() []change {
	return []change{
		reprice(25, "hpa_2.4_n", 329_000_000, 12_200_000),
		reprice(27, "hpa_2.4_n", 32900, 1220),
		reprice(31, "gna_2.4_n", 55600, 2060),
		reprice(32, "gna_2.4_n", 27800, 1030),
		reprice(42, "soi_2.8_s", 4200, 155),
	}
}
