package scp

import (
	"fmt"
	"math/rand/v2"
	"time"

	"syncer/simulate/world"
)

// generate joins n contracts and n prices to the documented ones.
func generate(c *catalog, seed int64, n int) {
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	for i := range n {
		c.contracts = append(c.contracts, generatedContract(random, i))
		c.prices = append(c.prices, generatedPrice(random, i))
	}
}

func generatedContract(random *rand.Rand, i int) contractRow {
	years := 1 + 2*random.IntN(2)
	start := world.Start().AddDate(0, 0, -random.IntN(300))
	row := newContract(fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64()), fmt.Sprintf("C0026%05d", i+1), "OPEN_SOURCE", "s1v1m2",
		fmt.Sprintf("%d-year", years), fmt.Sprintf("vm-%d", i+1), start.Format(time.DateOnly), start.AddDate(years, 0, -1).Format(time.DateOnly))
	row.created, row.modified = start, start
	return row
}

func generatedPrice(random *rand.Rand, i int) priceRow {
	vcpu := 1 << random.IntN(6)
	server := fmt.Sprintf("s1v%dm%d", vcpu, vcpu<<(1+random.IntN(3)))
	attributes := map[string]string{"region": "kr-west1", "server_type": server, "series": fmt.Sprintf("g%d", i+1)}
	return newPrice("VM-HOUR", "KRW", "HOUR", attributes, flat(fmt.Sprintf("%d.%03d", 29*vcpu+random.IntN(90), random.IntN(1000))))
}

// weekly is what happens to the generated prices: each week one in fifty is
// another, up to 10 % up or down.
func weekly(seed int64, n int) []change {
	if n == 0 {
		return nil
	}
	var changes []change
	for week := 1; week < world.Weeks; week++ {
		changes = append(changes, after(7*week, "prices", "generated prices",
			fmt.Sprintf("about %d generated prices change", max(1, n/50)),
			func(c *catalog, _ time.Time) { repriceGenerated(c, seed, week, n) }))
	}
	return changes
}

func repriceGenerated(c *catalog, seed int64, week, n int) {
	random := rand.New(rand.NewPCG(uint64(seed), uint64(1+week)))
	at := make(map[string]int, len(c.prices))
	for i, row := range c.prices {
		at[row.Attributes["series"]] = i
	}
	for range max(1, n/50) {
		row := &c.prices[at[fmt.Sprintf("g%d", 1+random.IntN(n))]]
		var won, thousandths int
		if _, err := fmt.Sscanf(row.Prices[0].UnitPrice, "%d.%d", &won, &thousandths); err != nil {
			continue // cannot be: generated prices have this form
		}
		amount := (won*1000 + thousandths) * (90 + random.IntN(21)) / 100
		row.Prices = flat(fmt.Sprintf("%d.%03d", amount/1000, amount%1000))
	}
}
