package huawei

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"syncer/simulate/world"
)

func days(n int) time.Duration { return time.Duration(n) * world.Day }

func gpu() productRow {
	row := appstream(graphics, "g6.2xlarge.4", 8, 32768, onDemand, "云应用GPU型|8核|32GB内存|T4")
	row.Type, row.IsGPU, row.GPUDesc, row.SupportGPUType = "ADVANCED", true, "NVIDIA T4", "T4"
	row.SystemDiskType, row.SystemDiskSize, row.Status, row.SeriesType = "SAS", "80", "obt", "c7"
	with := false
	row.ContainDataDisk = &with
	return row
}

// host is a dedicated host, which BSS does not price.
func host() productRow {
	row := appstream(dedicated, "c7.host", 64, 262144, yearlyMonthly, "云应用专属主机|c7")
	row.PackageType, row.SeriesType, row.Sessions = "dedicated", "c7", 0
	row.SubProductList = []string{small, large}
	return row
}

// onProduct is a change of one product that is listed.
func onProduct(day int, id, text string, apply func(*catalog, *productRow)) change {
	return change{After: days(day), List: "products", Key: id, Text: id + " " + text, Apply: func(c *catalog, _ time.Time) {
		if i := c.product(id); i >= 0 {
			apply(c, &c.products[i])
		}
	}}
}

// appear lists a product; without a price BSS does not know it.
func appear(day int, row productRow, price string) change {
	return change{After: days(day), List: "products", Key: row.ProductID, Text: row.ProductID + " is new", Apply: func(c *catalog, _ time.Time) {
		c.products = append(c.products, row)
		if price != "" {
			c.prices[row.ProductID] = decimal.RequireFromString(price)
		}
	}}
}

func reprice(day int, id, yuan string) change {
	return onProduct(day, id, "now costs "+yuan+" yuan", func(c *catalog, _ *productRow) {
		c.prices[id] = decimal.RequireFromString(yuan)
	})
}

func status(day int, id, word, text string) change {
	return onProduct(day, id, text, func(_ *catalog, row *productRow) { row.Status = word })
}

func inZones(day int, id, words, text string) change {
	return onProduct(day, id, text, func(_ *catalog, row *productRow) { row.CondOperationAZ = words })
}

func rename(day int, id, name string) change {
	return onProduct(day, id, "is now called "+name, func(_ *catalog, row *productRow) { row.Descriptions = name })
}

func expire(day int, id, date string) change {
	return onProduct(day, id, "will be withdrawn after "+date, func(_ *catalog, row *productRow) { row.ExpireTime = date })
}

func forDomains(day int, id string, domains ...string) change {
	return onProduct(day, id, fmt.Sprintf("is for %d domains only", len(domains)), func(_ *catalog, row *productRow) { row.DomainIDs = domains })
}

func vanish(day int, id, text string) change {
	return onProduct(day, id, text, func(c *catalog, row *productRow) {
		c.withdrawn = append(c.withdrawn, *row)
		i := c.product(id)
		c.products = slices.Delete(c.products, i, i+1)
	})
}

func relist(day int, id, text string) change {
	return change{After: days(day), List: "products", Key: id, Text: id + " " + text, Apply: func(c *catalog, _ time.Time) {
		if i := slices.IndexFunc(c.withdrawn, func(row productRow) bool { return row.ProductID == id }); i >= 0 {
			c.products = append(c.products, c.withdrawn[i])
			c.withdrawn = slices.Delete(c.withdrawn, i, i+1)
		}
	}}
}

func openZone(day int, row zoneRow) change {
	return change{After: days(day), List: "availability-zones", Key: row.Zone, Text: row.Zone + " is open", Apply: func(c *catalog, _ time.Time) {
		c.zones = append(c.zones, row)
	}}
}

// zoneOf sells only some products in a zone.
func zoneOf(row zoneRow, products ...string) zoneRow {
	row.ProductIDs = products
	return row
}

func soldOutIn(day int, zone string, products ...string) change {
	text := fmt.Sprintf("%d products are sold out in %s", len(products), zone)
	return change{After: days(day), List: "availability-zones", Key: zone, Text: text, Apply: func(c *catalog, _ time.Time) {
		for i := range c.zones {
			if c.zones[i].Zone == zone {
				c.zones[i].SoldOut = soldOut{Products: append([]string{}, products...)}
			}
		}
	}}
}
