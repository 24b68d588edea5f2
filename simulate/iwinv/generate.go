package iwinv

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"syncer/simulate/world"
)

// generated is n more flavors with plausible machines and prices.
func generated(seed int64, n int) []flavorRow {
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	rows := make([]flavorRow, 0, n)
	for i := range n {
		rows = append(rows, generatedFlavor(random, i))
	}
	return rows
}

func generatedFlavor(random *rand.Rand, i int) flavorRow {
	families := []struct {
		name, kind string
		network    json.Number
		rate       int // won a month for a vcpu with 2 GB
	}{{"gna", "GENERAL", "2.5", 13700}, {"hpa", "HIGH", "10", 17300}, {"mxa", "MAXIO", "10", 19100}, {"sba", "STABILITY", "5", 15900}}
	family := families[random.IntN(len(families))]
	vcpu := 1 << random.IntN(6)
	memory := vcpu * 1024 << random.IntN(4)
	disk := 50 * (1 + random.IntN(8))
	id := fmt.Sprintf("%s_%d.%d_g%d", family.name, vcpu, memory/1024, i+1)
	month := (vcpu*family.rate/2 + memory/1024*family.rate/4 + disk*40) / 100 * 100
	return newFlavor(id, "dedicated", machine(family.kind, vcpu, memory, disk, family.network), []string{"os_linux", "os_windows"}, amounts(month, daily(month)))
}

// daily is the partial price: a twenty-seventh of a month, in tens of won, as
// in the documented rows.
func daily(month int) int { return month / 27 / 10 * 10 }

// weekly is what happens to the generated flavors: each week one in fifty has
// another price, up to 10 % up or down.
func weekly(seed int64, n int) []change {
	if n == 0 {
		return nil
	}
	var changes []change
	for week := 1; week < world.Weeks; week++ {
		changes = append(changes, change{
			After: days(7 * week), List: "flavors", Key: "generated flavors",
			Text:  fmt.Sprintf("about %d generated flavors change their price", max(1, n/50)),
			Apply: func(c *catalog, _ time.Time) { repriceGenerated(c, seed, week, n) },
		})
	}
	return changes
}

func repriceGenerated(c *catalog, seed int64, week, n int) {
	random := rand.New(rand.NewPCG(uint64(seed), uint64(1+week)))
	at := make(map[string]int, len(c.flavors))
	for i, row := range c.flavors {
		at[row.FlavorID] = i
	}
	rows := generated(seed, n)
	for range max(1, n/50) {
		row := &c.flavors[at[rows[random.IntN(n)].FlavorID]]
		month := row.Price.Full.KRW.Price * (90 + random.IntN(21)) / 100 / 100 * 100
		row.Price = amounts(month, daily(month))
	}
}
