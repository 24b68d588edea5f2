package huawei

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/simulate/world"
)

// catalog is everything that is listed at one moment.
type catalog struct {
	products  []productRow
	zones     []zoneRow
	prices    map[string]decimal.Decimal // yuan an hour or a month, by product id
	withdrawn []productRow               // not listed now, kept to be listed again
}

// The words of charge_mode.
const (
	onDemand      = "0"
	yearlyMonthly = "1"
)

// sample is the product of the documents' own answer.
const sample = "workspace.appstream.general.2xlarge.2"

func newWorld(config Config) *world.World[catalog] {
	first := func() catalog {
		catalog := documented()
		for _, row := range generated(config) {
			catalog.products = append(catalog.products, row)
			catalog.prices[row.ProductID] = listPrice(row)
		}
		return catalog
	}
	return world.New(first, append(script(), weekly(config)...))
}

// documented is the sample of the page ListProduct. Its zones are those that
// the sample names: no document shows a sample of theirs, nor of prices.
func documented() catalog {
	row := appstream(sample, "s2.xlarge.2", 4, 8192, onDemand, "s2.xlarge.2 云应用通用型|4核|8GB内存")
	row.Status = "abandon"
	row.CondOperationAZ = "cn-north-7c(abandon),cn-north-7b(abandon),cn-north-7a(sellout)"
	first := newZone("cn-north-7a", "可用区1", "AZ1")
	first.Default = true
	return catalog{
		products: []productRow{row},
		zones:    []zoneRow{first, newZone("cn-north-7b", "可用区2", "AZ2"), newZone("cn-north-7c", "可用区3", "AZ3")},
		prices:   map[string]decimal.Decimal{sample: decimal.RequireFromString("2.35")},
	}
}

func newZone(zone, chinese, english string) zoneRow {
	return zoneRow{
		Zone: zone, DisplayName: chinese, I18n: map[string]string{"zh_CN": chinese, "en_US": english},
		SoldOut: soldOut{Products: []string{}}, ProductIDs: []string{}, Visible: true,
	}
}

func appstream(id, flavor string, cpus, megabytes int, mode, descriptions string) productRow {
	return productRow{
		ProductID: id, FlavorID: flavor, Type: "BASE", Architecture: "x86",
		CPU: strconv.Itoa(cpus), Memory: strconv.Itoa(megabytes), Descriptions: descriptions, ChargeMode: mode,
		ResourceType: "hws.resource.type.workspace.appstream", CloudServiceType: "hws.service.type.vdi",
		VolumeProductType: "workspace", Sessions: 10, DomainIDs: []string{}, PackageType: "general",
	}
}

// generatedID begins the ids of generated products.
const generatedID = "workspace.appstream.world."

// generated is more products: most on sale everywhere, some sold out in a zone.
func generated(config Config) []productRow {
	random := rand.New(rand.NewPCG(uint64(config.Seed), 23))
	rows := make([]productRow, 0, config.Products)
	for i := range config.Products {
		cpus := 2 << random.IntN(5)
		memory := cpus * 1024 << random.IntN(4)
		row := appstream(generatedID+strconv.Itoa(i+1), fmt.Sprintf("w%d.%d.%d", i%9+1, cpus, memory/1024),
			cpus, memory, strconv.Itoa(random.IntN(2)), fmt.Sprintf("云应用|%d核|%dGB内存", cpus, memory/1024))
		if random.IntN(10) == 0 {
			row.CondOperationAZ = "cn-north-7b(sellout)"
		}
		rows = append(rows, row)
	}
	return rows
}

// listPrice is of the sizes: some hundredths of a yuan an hour, with more
// decimals than a coarse enquiry shows, or some yuan a month.
func listPrice(row productRow) decimal.Decimal {
	memory, _ := strconv.ParseInt(row.Memory, 10, 64)
	if row.ChargeMode == yearlyMonthly {
		return decimal.New(memory, 0).Div(decimal.NewFromInt(32)).Truncate(2)
	}
	return decimal.New(memory*1907, -8)
}

// weekly changes one in fifty of the generated products: its price, and
// whether it is sold out in a zone.
func weekly(config Config) []change {
	if config.Products == 0 {
		return nil
	}
	var changes []change
	for week := 1; week < world.Weeks; week++ {
		changes = append(changes, change{
			After: days(7 * week), List: "products", Key: "generated products",
			Text: fmt.Sprintf("about %d generated products change price and zones", max(1, config.Products/50)),
			Apply: func(c *catalog, _ time.Time) {
				random := rand.New(rand.NewPCG(uint64(config.Seed), uint64(29+week)))
				for range max(1, config.Products/50) {
					c.turn(generatedID+strconv.Itoa(1+random.IntN(config.Products)), int64(92+random.IntN(17)))
				}
			},
		})
	}
	return changes
}

// turn sells a product out in a zone or sells it there again, at so many
// percent of its price.
func (c *catalog) turn(id string, percent int64) {
	i := c.product(id)
	if i < 0 {
		return
	}
	c.prices[id] = c.prices[id].Mul(decimal.New(percent, -2)).Truncate(8)
	if row := &c.products[i]; strings.Contains(row.CondOperationAZ, "sellout") {
		row.CondOperationAZ = ""
	} else {
		row.CondOperationAZ = "cn-north-7b(sellout)"
	}
}

func (c *catalog) product(id string) int {
	return slices.IndexFunc(c.products, func(row productRow) bool { return row.ProductID == id })
}
