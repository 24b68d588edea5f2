package timelinetest

import (
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"syncer/catalog"
)

// firstMoment is where every random world begins; no date is special.
const firstMoment = "2026-01-05T06:00:00Z"

// Worlds draws small worlds of products: 1 to 4 keys and 1 to 8 snapshots in time order,
// every content drawn from few variants, so that entries change and change
// back, vanish and return, and stay equal. Moments are a microsecond (the
// step of Postgres) to three days apart, often exactly on the limits of the
// confirmation setting.
func Worlds() *rapid.Generator[World] { return worldsOf(catalog.Products) }

// ContractWorlds draws such worlds of contracts.
func ContractWorlds() *rapid.Generator[World] { return worldsOf(catalog.Contracts) }

func worldsOf(kind catalog.EntryKind) *rapid.Generator[World] {
	return rapid.Custom(func(t *rapid.T) World {
		world := rapid.SampledFrom(settings()).Draw(t, "setting")
		keys := []string{"B", "a", "a/1", "한"}[:rapid.IntRange(1, 4).Draw(t, "keys")]
		variants := rapid.SliceOfN(Entries(kind), 1, 3).Draw(t, "variants")
		at := must(time.Parse(time.RFC3339, firstMoment))
		for range rapid.IntRange(1, 8).Draw(t, "snapshots") {
			world.Snapshots = append(world.Snapshots, Snapshot{At: at, Entries: drawEntries(t, keys, variants)})
			at = at.Add(rapid.SampledFrom(gaps()).Draw(t, "gap"))
		}
		return world
	})
}

// Orders draws orders of n things, as their indexes.
func Orders(n int) *rapid.Generator[[]int] {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return rapid.Permutation(order)
}

func settings() []World {
	return []World{
		{ConfirmSnapshots: 1},
		{ConfirmSnapshots: 2},
		{ConfirmSnapshots: 2, ConfirmFor: 72 * time.Hour},
		{ConfirmSnapshots: 3, ConfirmFor: 24 * time.Hour},
		{ConfirmSnapshots: 1, ConfirmFor: 24 * time.Hour},
	}
}

// gaps add up to the limits of the settings, and miss them by a microsecond.
func gaps() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{
		time.Hour, day, 3 * day, 12 * time.Hour, 2 * day, 36 * time.Hour,
		time.Microsecond, day - time.Microsecond, 3*day - time.Microsecond, day + 17*time.Minute,
	}
}

// drawEntries gives each key one of the variants, or leaves it out.
func drawEntries(t *rapid.T, keys []string, variants []catalog.Entry) map[string]catalog.Entry {
	entries := make(map[string]catalog.Entry)
	for _, key := range keys {
		if k := rapid.IntRange(-1, len(variants)-1).Draw(t, key); k >= 0 {
			entries[key] = named(variants[k], key)
		}
	}
	return entries
}

// named is a variant as the entry of a key: its prices are the key's own.
func named(variant catalog.Entry, key string) catalog.Entry {
	variant.Key = key
	variant.Prices = append([]catalog.Price(nil), variant.Prices...)
	for i := range variant.Prices {
		variant.Prices[i].SKUPriceID = key + "/" + variant.Prices[i].Variant
	}
	return variant
}

// amounts holds one number in two spellings, which are no change.
func amounts() []decimal.Decimal {
	return []decimal.Decimal{
		decimal.RequireFromString("100"), decimal.RequireFromString("100.00"), decimal.RequireFromString("0.019"),
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err) // the texts are constants above
	}
	return value
}
