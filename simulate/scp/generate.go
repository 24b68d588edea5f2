package scp

import (
	"fmt"
	"math/rand/v2"
	"time"

	"syncer/simulate/world"
)

// generatedTypes are the server types of generated contracts: several, so that
// one that changes its price is not most of the list.
func generatedTypes() []serverRow {
	var types []serverRow
	for _, vcpu := range []int{8, 16, 32} {
		for _, ratio := range []int{2, 4, 8} {
			types = append(types, serverRow{fmt.Sprintf("s1v%dm%d", vcpu, vcpu*ratio), "s1", "", vcpu, vcpu * ratio})
		}
	}
	return types
}

// generate joins contracts and prices to the documented ones.
func generate(c *catalog, config Config) {
	random := rand.New(rand.NewPCG(uint64(config.Seed), 1))
	for _, server := range generatedTypes() {
		c.services[0].servers = append(c.services[0].servers, server)
		c.rates[server.name] = money{int64(server.core*29500 + server.memory*4100), int64(server.core*2 + server.memory/4)}
	}
	for i := range config.Contracts {
		c.contracts = append(c.contracts, generatedContract(random, i))
	}
	for i := range config.Products {
		c.prices = append(c.prices, generatedPrice(random, i))
	}
}

func generatedContract(random *rand.Rand, i int) contractRow {
	years := 1 + 2*random.IntN(2)
	start := world.Start().AddDate(0, 0, -random.IntN(250)) // none ends within the script
	types := generatedTypes()
	row := newContract(fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64()), fmt.Sprintf("C0026%05d", i+1), "OPEN_SOURCE", types[random.IntN(len(types))].name,
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

// weekly is what happens to the generated rows: each week one in fifty prices
// is another, up to 10 % up or down, and a day later, on which the script changes
// no hour, so is that of one server type.
func weekly(seed int64, n int) []change {
	if n == 0 {
		return nil
	}
	var changes []change
	for week := 1; week < world.Weeks; week++ {
		changes = append(changes, after(7*week, "prices", "generated prices",
			fmt.Sprintf("about %d generated prices change", max(1, n/50)),
			func(c *catalog, _ time.Time) { repriceGenerated(c, seed, week, n) }))
		server := generatedTypes()[week%len(generatedTypes())].name
		changes = append(changes, after(7*week+1, "planned-computes", server, fmt.Sprintf("an hour of %s costs another price under contract", server),
			func(c *catalog, _ time.Time) { rerate(c, server, int64(90+(week*7)%20)) }))
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

func rerate(c *catalog, server string, percent int64) {
	rate := c.rates[server]
	c.rates[server] = money{rate.milliwon * percent / 100, rate.cents * percent / 100}
}
