package ncp

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"syncer/simulate/world"
)

// generatedImages is n more images of KR.
func generatedImages(seed int64, n int) []image {
	random := rand.New(rand.NewPCG(uint64(seed), 12))
	systems := []string{"UBUNTU", "ROCKY", "CENTOS", "NAVIX"}
	rows := make([]image, 0, n)
	for i := range n {
		os := systems[random.IntN(len(systems))]
		number := 30000000 + 10*int64(i) + int64(random.IntN(10))
		created := world.Start().Add(-world.Day * time.Duration(1+random.IntN(1000))).Format("2006-01-02T15:04:05-0700")
		rows = append(rows, kvmImage("KR", strconv.FormatInt(number, 10), fmt.Sprintf("generated-%d", i+1), os, "", "SW.VSVR.OS.LNX64."+os+".G003", created, number+1000000))
	}
	return rows
}

// generatedProducts is n more servers of KR, each with a price an hour and one
// a month.
func generatedProducts(seed int64, n int) []product {
	random := rand.New(rand.NewPCG(uint64(seed), 13))
	rows := make([]product, 0, n)
	for i := range n {
		cpus := int64(1) << random.IntN(6)
		gibibytes := cpus << random.IntN(4)
		hour := 20*cpus + 9*gibibytes + int64(random.IntN(9))
		no := 500000 + 2*i
		rows = append(rows, server("KR", fmt.Sprintf("SPSVRGENER%06d", i+1), fmt.Sprintf("[Generated] %dvCPU, %dGB Mem", cpus, gibibytes), "STAND", cpus, gibibytes,
			metered(strconv.Itoa(no), "USAGE_TIME", strconv.FormatInt(hour, 10)), monthly(strconv.Itoa(no+1), strconv.FormatInt(hour*720, 10))))
	}
	return rows
}

// weekly is what happens to the generated products: each week one in fifty has
// another price, up to 10 % up or down.
func weekly(seed int64, n int) []change {
	if n == 0 {
		return nil
	}
	var changes []change
	for week := 1; week < world.Weeks; week++ {
		changes = append(changes, change{
			After: days(7 * week), List: "product-prices", Key: "generated products",
			Text:  fmt.Sprintf("about %d generated products change their price", max(1, n/50)),
			Apply: func(c *catalog, _ time.Time) { c.repriceGenerated(seed, week, n) },
		})
	}
	return changes
}

func (c *catalog) repriceGenerated(seed int64, week, n int) {
	random := rand.New(rand.NewPCG(uint64(seed), uint64(13+week)))
	for range max(1, n/50) {
		code := fmt.Sprintf("SPSVRGENER%06d", random.IntN(n)+1)
		percent := decimal.New(int64(90+random.IntN(10)), -2)
		c.onProduct("KR", code, func(p *product) {
			prices := make([]price, len(p.prices))
			for i, price := range p.prices {
				price.won = decimal.RequireFromString(price.won).Mul(percent).String()
				prices[i] = price
			}
			p.prices = prices
		})
	}
}
