package ncp

import (
	"slices"

	"syncer/simulate/world"
)

// catalog is everything the provider lists at one moment.
type catalog struct {
	regions  []regionRow
	images   []image
	specs    []spec
	products []product

	withdrawnImages   []image // not listed now, kept to be listed again
	withdrawnProducts []product
}

const (
	mebibyte = 1 << 20
	gibibyte = 1 << 30
)

func newWorld(config Config) *world.World[catalog] {
	first := func() catalog {
		catalog := documented()
		catalog.images = append(catalog.images, generatedImages(config.Seed, config.Products/10)...)
		catalog.products = append(catalog.products, generatedProducts(config.Seed, config.Products)...)
		return catalog
	}
	changes := append(script(), weekly(config.Seed, config.Products)...)
	if !config.Calm {
		changes = append(changes, slips()...)
	}
	return world.New(first, changes)
}

// The documents' own image, and two that stand in live answers.
const (
	sampleImage = "***5847"
	ubuntuImage = "23214590"
	rockyImage  = "25495367"
)

// documented is the documents' own samples, row for row, and prices that have
// been seen.
func documented() catalog {
	return catalog{
		regions: []regionRow{{"KR", "Korea"}},
		images: []image{
			{
				region: "KR", no: sampleImage, name: "test-***", product: "SW.VSVR.OS.LNX64.CNTOS.0703.B050",
				hypervisor: "XEN", os: "CENTOS", category: "LINUX", phase: "IN_SERVICE", status: "CREAT", statusName: "created",
				created: "2020-08-24T10:34:27+0900", volume: volume{kind: "HDD", kindName: "HDD", size: 50 * gibibyte},
			},
			kvmImage("KR", ubuntuImage, "ubuntu-22.04-base", "UBUNTU", "kernel version : 5.15.0-140-generic", "SW.VSVR.OS.LNX64.UBNTU.SVR22.G003", "2024-03-21T18:22:55+0900", 23214591),
			kvmImage("KR", rockyImage, "rocky-8.10-base", "ROCKY", "kernel version : 4.18.0-553", "SW.VSVR.OS.LNX64.ROCKY.0810.G003", "2024-07-02T11:05:10+0900", 25495368),
		},
		specs:    []spec{documentedSpec("KR")},
		products: documentedProducts(),
	}
}

func kvmImage(region, no, name, os, description, product, created string, snapshot int64) image {
	return image{
		region: region, no: no, name: name, description: description, product: product,
		hypervisor: "KVM", os: os, category: "LINUX", status: "CREAT", statusName: "created", created: created,
		volume: volume{kind: "CB1", kindName: "Common BlockStorage 1", size: 10 * gibibyte, snapshot: snapshot, iops: 100, throughput: 100 * mebibyte},
	}
}

func documentedSpec(region string) spec {
	return spec{
		region: region, code: "c2-g3", description: "vCPU 2EA, Memory 4GB", product: "SVR.VSVR.HICPU.C002.M004.G003",
		hypervisor: "KVM", generation: "G3", cpus: 2, memory: 4 * gibibyte,
		storages: 20, iops: 5250, throughput: 81, network: 16 * gibibyte, interfaces: 3,
	}
}

// documentedProducts are the sample of getPriceList (14738) and what a third
// party has seen of KR's list in July 2026: two prices of one server, storage
// at fractions of a won, Windows as a product of its own with a bare metal
// twin, and a server that is no longer sold, at 0.
func documentedProducts() []product {
	windows := product{region: "KR", kind: "SW", kindName: "Software", category: "COMPUTE", os: "WND", osInformation: "Windows Server 2022 (64-bit) English Edition"}
	virtual, bare := windows, windows
	virtual.code, virtual.name, virtual.generation = "SW.VSVR.OS.WND64.WND.SVR2022EN.G003", "Windows Server 2022", "G3"
	virtual.prices = []price{metered("20031", "USAGE_TIME", "28")}
	bare.code, bare.name = "SW.VSVR.BM.OS.WND64.WND.SVR2022EN", "Windows Server 2022 (BareMetal)"
	bare.prices = []price{perCPU("20041", "8", "28"), perCPU("20042", "48", "168")}
	return []product{
		server("KR", "SVR.VSVR.BM.C048.M512.LOCAL.SSD.B15564.G001", "Dual Intel Xeon Gold 6248R(3.0GHz), 48 cores, 512GB RAM, 8 x 1.9TB SSD", "BM", 48, 512, promised("14738", "1450000", "1813")),
		server("KR", "SPSVRSTAND000006", "[Standard] 8vCPU, 16GB Mem", "STAND", 8, 16, metered("20001", "USAGE_TIME", "317"), monthly("20002", "228000")),
		server("KR", "SPSVRSTAND000056A", "[Standard] 2vCPU, 4GB Mem", "STAND", 2, 4, metered("20003", "USAGE_TIME", "0"), monthly("20004", "0")),
		{region: "KR", kind: "BST", kindName: "Block Storage", category: "STORAGE", code: "SPBSTBSTAD000006", name: "Block Storage(SSD)", prices: []price{
			rated("20011", "BST", "STRG_1G_HH", "0.16"), rated("20012", "BST_IOPS_CHARGE", "USAGE_HH", "0"),
		}},
		{region: "KR", kind: "NAS", kindName: "NAS", category: "STORAGE", code: "SPNASNAS00000001", name: "NAS", prices: []price{
			rated("20021", "NSSZ", "STRG_1G_HH", "0.1"), rated("20022", "NSSMS", "REQ_CNT", "0"),
		}},
		{region: "KR", kind: "CDN", kindName: "CDN", category: "CONTENT", code: "SPCDNTRAFFIC0001", name: "Traffic", prices: []price{
			tiered("20051", "TRFC_1G", tier{0, 10240, "120"}, tier{10240, 51200, "110"}, tier{51200, -1, "95.5"}),
			byCountry("20052", "REQ_CNT", country{"KR", "82", "9"}, country{"JP", "81", "75"}, country{"US", "1", "12.5"}),
		}},
		virtual, bare,
	}
}

func server(region, code, name, detail string, cpus, gibibytes int64, prices ...price) product {
	return product{
		region: region, kind: "VSVR", kindName: "Server (VPC)", detail: detail, category: "COMPUTE", code: code, name: name,
		cpus: cpus, memory: gibibytes * gibibyte, generation: "G2", prices: prices,
	}
}

func metered(no, unit, won string) price {
	return price{no: no, kind: "MTRAT", rating: "POINT", unit: unit, charging: "TIME", basic: "0", won: won}
}

func monthly(no, won string) price {
	return price{no: no, kind: "FXSUM", rating: "POINT", unit: "USAGE_TIME", charging: "TIME", basic: "0", won: won}
}

func promised(no, won, promise string) price {
	price := monthly(no, won)
	price.promise = promise
	return price
}

func rated(no, rating, unit, won string) price {
	price := metered(no, unit, won)
	price.productRating = rating
	return price
}

func perCPU(no, cpus, won string) price {
	price := metered(no, "USAGE_TIME", won)
	price.charging, price.basic = "TMCU", cpus
	return price
}

func tiered(no, unit string, tiers ...tier) price {
	price := metered(no, unit, "0")
	price.rating, price.tiers = "SECT", tiers
	return price
}

func byCountry(no, unit string, countries ...country) price {
	price := metered(no, unit, "0")
	price.rating, price.countries = "CNTRY", countries
	return price
}

// numbered is a region as the price list prints it.
type numbered struct {
	regionRow
	no int
}

// regionNamed numbers regions as the price list does: KR is 1, SGN is 7.
func (c *catalog) regionNamed(code string) numbered {
	at := slices.IndexFunc(c.regions, func(r regionRow) bool { return r.code == code })
	if at < 0 {
		return numbered{}
	}
	return numbered{c.regions[at], map[string]int{"KR": 1, "SGN": 7, "JPN": 8}[code]}
}

// billingRegions are the regions and, as in the documents, HK, which lists no
// product here.
func (c *catalog) billingRegions() []numbered {
	all := make([]numbered, 0, len(c.regions)+1)
	for _, region := range c.regions {
		all = append(all, c.regionNamed(region.code))
	}
	return append(all, numbered{regionRow{"HK", "HongKong"}, 3})
}
