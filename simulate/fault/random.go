package fault

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
)

// Transient returns what may strike a provider at random: it passes by itself,
// and no answer it spoils can be taken for a good one.
func Transient(provider string) []Kind {
	var kinds []Kind
	for _, kind := range []Kind{HTTP500, HTTP429, Truncate, Reset, Gzip, Slow, Expire} {
		if spec, ok := find(kind); ok && spec.allows(provider) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// drawn reports whether a kind stands for others, of which chance draws one.
func (k Kind) drawn() bool { return k == Random || k == Unruly }

// drawable is what a kind may draw at a provider.
func (k Kind) drawable(provider string) []Fault {
	if k == Unruly {
		return unruly()
	}
	var all []Fault
	for _, kind := range Transient(provider) {
		spec, _ := find(kind) // Transient has found it
		all = append(all, Fault{Kind: kind, Value: spec.Default})
	}
	return all
}

// unruly is what no reader may take for a good answer, and what it has to
// refuse a walk for unless another look at the list shows better.
func unruly() []Fault {
	return []Fault{
		{Kind: Truncate, Value: "half"}, {Kind: HTML200}, {Kind: CodeError}, {Kind: HTTP403},
		{Kind: Redirect, Value: "http://redirect.invalid"}, {Kind: PageCap, Value: "3"}, {Kind: Repeat},
		{Kind: Shift, Value: "delete"}, {Kind: Shift, Value: "insert"}, {Kind: WrongTotal, Value: "+5"},
		{Kind: WrongTotal, Value: "-1"}, {Kind: WrongTotal, Value: "text"}, {Kind: Conflict}, {Kind: Duplicate, Value: "once"}, {Kind: EmptyID}, {Kind: HTTP400},
	}
}

// roll throws the dice for one request. They depend on the seed, on what is
// asked for and on how often it was, but not on what is asked for in between:
// lists that are read at once meet the same faults every time.
func (a *armed) roll(provider, list string, page int) (Fault, bool) {
	if a.asked == nil {
		a.asked = map[string]int{}
	}
	what := fmt.Sprintf("%s/%s/%d", provider, list, page)
	if a.Kind == Unruly { // by dice of its own: else it would strike where Random does
		what = string(Unruly) + "/" + what
	}
	a.asked[what]++
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s/%d", what, a.asked[what])
	dice := rand.New(rand.NewPCG(uint64(a.Seed), hash.Sum64()))
	rate, _ := strconv.ParseFloat(a.Value, 64) // check has read it
	if dice.Float64() >= rate {
		return Fault{}, false
	}
	drawable := a.Kind.drawable(provider)
	chosen := drawable[dice.IntN(len(drawable))]
	chosen.Provider = provider
	return chosen, true
}
