package ncp

import (
	"fmt"
	"slices"
	"time"

	"syncer/simulate/world"
)

func days(n int) time.Duration { return time.Duration(n) * world.Day }

// onProduct changes a product that is there.
func (c *catalog) onProduct(region, code string, apply func(*product)) {
	at := slices.IndexFunc(c.products, func(p product) bool { return p.region == region && p.code == code })
	if at >= 0 {
		apply(&c.products[at])
	}
}

// onPrice changes one price of KR without touching the catalog before it.
func onPrice(day int, code, no, text string, apply func(*price)) change {
	return change{After: days(day), List: "product-prices", Key: code, Text: text, Apply: func(c *catalog, _ time.Time) {
		c.onProduct("KR", code, func(p *product) {
			p.prices = slices.Clone(p.prices)
			for i := range p.prices {
				if p.prices[i].no == no {
					apply(&p.prices[i])
				}
			}
		})
	}}
}

func reprice(day int, code, no, won string) change {
	text := fmt.Sprintf("price %s of %s is %s won", no, code, won)
	return onPrice(day, code, no, text, func(p *price) { p.won = won })
}

func promise(day int, code, no, promise string) change {
	text := fmt.Sprintf("price %s of %s is held for a year (%s)", no, code, promise)
	return onPrice(day, code, no, text, func(p *price) { p.promise = promise })
}

func retier(day int, code string, tiers ...tier) change {
	return onPrice(day, code, "20051", "the tiers of "+code+" have other prices", func(p *price) { p.tiers = tiers })
}

func appearProduct(day int, row product) change {
	return change{After: days(day), List: "product-prices", Key: row.code, Text: row.code + " is new", Apply: func(c *catalog, _ time.Time) {
		c.products = append(c.products, row)
	}}
}

func vanishProduct(day int, code, text string) change {
	return change{After: days(day), List: "product-prices", Key: code, Text: code + " " + text, Apply: func(c *catalog, _ time.Time) {
		if at := slices.IndexFunc(c.products, func(p product) bool { return p.code == code }); at >= 0 {
			c.withdrawnProducts = append(c.withdrawnProducts, c.products[at])
			c.products = slices.Delete(c.products, at, at+1)
		}
	}}
}

func relistProduct(day int, code, text string) change {
	return change{After: days(day), List: "product-prices", Key: code, Text: code + " " + text, Apply: func(c *catalog, _ time.Time) {
		if at := slices.IndexFunc(c.withdrawnProducts, func(p product) bool { return p.code == code }); at >= 0 {
			c.products = append(c.products, c.withdrawnProducts[at])
			c.withdrawnProducts = slices.Delete(c.withdrawnProducts, at, at+1)
		}
	}}
}

// dateLayout is 2020-08-24T10:34:27+0900.
const dateLayout = "2006-01-02T15:04:05-0700"

// onImage changes an image that is there.
func onImage(day int, no, text string, apply func(*image)) change {
	return change{After: days(day), List: "server-images", Key: no, Text: text, Apply: func(c *catalog, _ time.Time) {
		if at := c.image(no); at >= 0 {
			apply(&c.images[at])
		}
	}}
}

func (c *catalog) image(no string) int {
	return slices.IndexFunc(c.images, func(i image) bool { return i.no == no })
}

func setPhase(day int, no, phase string) change {
	return onImage(day, no, fmt.Sprintf("image %s is %s", no, phase), func(i *image) { i.phase = phase })
}

func setStatus(day int, no, status, name string) change {
	return onImage(day, no, fmt.Sprintf("image %s is %s", no, status), func(i *image) { i.status, i.statusName = status, name })
}

func renameImage(day int, no, name string) change {
	return onImage(day, no, fmt.Sprintf("image %s is renamed %s", no, name), func(i *image) { i.name = name })
}

// refuseDetail has the image listed as before, and unknown to whoever asks for its
// detail.
func refuseDetail(day int, no string) change {
	return onImage(day, no, "the detail of image "+no+" is refused", func(i *image) { i.undetailed = true })
}

func answerDetail(day int, no string) change {
	return onImage(day, no, "the detail of image "+no+" is to be had again", func(i *image) { i.undetailed = false })
}

// appearImage begins as INIT, as an image does while it is made.
func appearImage(day int, row image) change {
	return change{After: days(day), List: "server-images", Key: row.no, Text: "image " + row.no + " is new", Apply: func(c *catalog, at time.Time) {
		row := row
		row.status, row.statusName, row.phase = "INIT", "initialized", "IN_SERVICE"
		row.created = at.In(time.FixedZone("KST", 9*60*60)).Format(dateLayout)
		c.images = append(c.images, row)
	}}
}

func vanishImage(day int, no, text string) change {
	return change{After: days(day), List: "server-images", Key: no, Text: "image " + no + " " + text, Apply: func(c *catalog, _ time.Time) {
		if at := c.image(no); at >= 0 {
			c.withdrawnImages = append(c.withdrawnImages, c.images[at])
			c.images = slices.Delete(c.images, at, at+1)
		}
	}}
}

func relistImage(day int, no, text string) change {
	return change{After: days(day), List: "server-images", Key: no, Text: "image " + no + " " + text, Apply: func(c *catalog, _ time.Time) {
		if at := slices.IndexFunc(c.withdrawnImages, func(i image) bool { return i.no == no }); at >= 0 {
			c.images = append(c.images, c.withdrawnImages[at])
			c.withdrawnImages = slices.Delete(c.withdrawnImages, at, at+1)
		}
	}}
}

func appearSpec(day int, row spec) change {
	return change{After: days(day), List: "server-specs", Key: row.code, Text: "spec " + row.code + " is new", Apply: func(c *catalog, _ time.Time) {
		c.specs = append(c.specs, row)
	}}
}

// openRegion opens a region with an image of its own number, and with a spec
// and a product of the same codes as in KR, at another price.
func openRegion(day int, code, name string) change {
	return change{After: days(day), List: "regions", Key: code, Text: "region " + code + " opens", Apply: func(c *catalog, _ time.Time) {
		c.regions = append(c.regions, regionRow{code, name})
		c.images = append(c.images, kvmImage(code, "104700001", "ubuntu-22.04-base", "UBUNTU", "", "SW.VSVR.OS.LNX64.UBNTU.SVR22.G003", "2026-01-12T09:00:00+0900", 104700002))
		c.specs = append(c.specs, documentedSpec(code))
		c.products = append(c.products, server(code, "SPSVRSTAND000006", "[Standard] 8vCPU, 16GB Mem", "STAND", 8, 16,
			metered("30001", "USAGE_TIME", "349"), monthly("30002", "251000")))
	}}
}
