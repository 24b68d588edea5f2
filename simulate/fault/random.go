package fault

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
)

// Transient is what may strike a provider at random: it passes by itself, and
// no answer it spoils can be taken for a good one.
func Transient(provider string) []Kind {
	var kinds []Kind
	for _, kind := range []Kind{HTTP500, HTTP429, Truncate, Reset, Gzip, Slow, Expire} {
		if known, ok := find(kind); ok && known.allows(provider) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// roll throws the dice for one request. They depend on the seed, on what is
// asked for and on how often it was, but not on what is asked for in between:
// lists that are read at once meet the same faults every time.
func (a *armed) roll(provider, list string, page int) (Fault, bool) {
	if a.asked == nil {
		a.asked = map[string]int{}
	}
	what := fmt.Sprintf("%s/%s/%d", provider, list, page)
	a.asked[what]++
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s/%d", what, a.asked[what])
	dice := rand.New(rand.NewPCG(uint64(a.Seed), hash.Sum64()))
	rate, _ := strconv.ParseFloat(a.Value, 64) // check has read it
	if dice.Float64() >= rate {
		return Fault{}, false
	}
	kinds := Transient(provider)
	known, _ := find(kinds[dice.IntN(len(kinds))])
	return Fault{Provider: provider, Kind: known.Kind, Value: known.Default}, true
}
