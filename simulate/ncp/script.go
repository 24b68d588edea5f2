package ncp

import (
	"syncer/simulate/world"
)

type change = world.Change[catalog]

// script is what happens at NAVER Cloud in the twelve weeks.
func script() []change {
	const fresh = "104630229"
	return []change{
		reprice(4, "SPSVRSTAND000006", "20001", "330"),
		reprice(4, "SPSVRSTAND000006", "20002", "237000"),
		appearImage(6, kvmImage("KR", fresh, "ubuntu-24.04-base", "UBUNTU", "kernel version : 6.8.0-31-generic", "SW.VSVR.OS.LNX64.UBNTU.SVR24.G003", "", 104630230)),
		setStatus(7, fresh, "CREAT", "created"),
		appearSpec(8, spec{
			region: "KR", code: "s2-g3", description: "vCPU 2EA, Memory 8GB", product: "SVR.VSVR.STAND.C002.M008.G003",
			hypervisor: "KVM", generation: "G3", cpus: 2, memory: 8 * gibibyte,
			storages: 20, iops: 5250, throughput: 81 * mebibyte, network: 1000000000, interfaces: 3,
		}),
		setPhase(12, sampleImage, "FADE_OUT"),
		openRegion(15, "SGN", "Singapore(New)"),
		vanishImage(18, rockyImage, "leaves the list for one day"),
		relistImage(19, rockyImage, "is back after one day"),
		reprice(22, "SPBSTBSTAD000006", "20011", "0.14"),
		setPhase(26, sampleImage, "RETIRED"),
		vanishImage(29, sampleImage, "leaves the list"),
		renameImage(33, ubuntuImage, "ubuntu-22.04-base (2026)"),
		appearProduct(36, server("KR", "SPSVRSTAND000007", "[Standard] 16vCPU, 32GB Mem", "STAND", 16, 32, metered("20061", "USAGE_TIME", "634"), monthly("20062", "456000"))),
		vanishProduct(40, "SPNASNAS00000001", "leaves the list for three weeks"),
		retier(50, "SPCDNTRAFFIC0001", tier{0, 10240, "125"}, tier{10240, 51200, "110"}, tier{51200, -1, "90"}),
		relistProduct(61, "SPNASNAS00000001", "is sold again"),
		promise(66, "SPSVRSTAND000006", "20002", "1901"),
		reprice(73, "SPSVRSTAND000006", "20001", "309.5"),
	}
}

// slips are what goes wrong in the twelve weeks: an image whose detail is refused
// for three days.
func slips() []change {
	return []change{
		refuseDetail(37, ubuntuImage),
		answerDetail(40, ubuntuImage),
	}
}
