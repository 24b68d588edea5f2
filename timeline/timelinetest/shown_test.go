package timelinetest

import (
	"time"

	"pgregory.net/rapid"

	"syncer/catalog"
)

// priceKey names a price of an entry.
type priceKey struct {
	key   string
	price catalog.PriceIdentity
}

func covers(from time.Time, to *time.Time, at time.Time) bool {
	return !at.Before(from) && (to == nil || at.Before(*to))
}

// shownAt reads versions as of a moment; two of one key are a failure.
func shownAt(t *rapid.T, history History, at time.Time) map[string]catalog.Digest {
	shown := make(map[string]catalog.Digest)
	for _, v := range history.Versions {
		if !covers(v.From, v.To, at) {
			continue
		}
		if _, twice := shown[v.Key]; twice {
			t.Fatalf("%s: versions overlap at %s", v.Key, at)
		}
		shown[v.Key] = v.Digest
	}
	return shown
}

// pricesAt reads prices as of a moment; two of one identity are a failure.
func pricesAt(t *rapid.T, history History, at time.Time) map[priceKey]catalog.Digest {
	shown := make(map[priceKey]catalog.Digest)
	for _, p := range history.Prices {
		if !covers(p.From, p.To, at) {
			continue
		}
		id := priceKey{p.Key, p.Price}
		if _, twice := shown[id]; twice {
			t.Fatalf("%v: prices overlap at %s", id, at)
		}
		shown[id] = p.Amount
	}
	return shown
}

func digests(entries map[string]catalog.Entry) map[string]catalog.Digest {
	all := make(map[string]catalog.Digest)
	for key, entry := range entries {
		all[key] = entry.Digest()
	}
	return all
}

func amountsOf(entries map[string]catalog.Entry) map[priceKey]catalog.Digest {
	all := make(map[priceKey]catalog.Digest)
	for key, entry := range entries {
		for i := range entry.Prices {
			all[priceKey{key, entry.Prices[i].Identity()}] = entry.Prices[i].AmountDigest()
		}
	}
	return all
}

// before is the entry as the newest snapshot before a moment that holds it
// has it; nil where none does.
func before(world World, key string, at time.Time) *catalog.Entry {
	var newest time.Time
	var found *catalog.Entry
	for _, snapshot := range world.Snapshots {
		if entry, holds := snapshot.Entries[key]; holds && snapshot.At.Before(at) && !snapshot.At.Before(newest) {
			newest, found = snapshot.At, &entry
		}
	}
	return found
}
