package store

import (
	"context"
	"iter"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// subject is one key whose history the snapshot touches.
type subject struct {
	key    string
	id     int64
	fresh  bool     // never seen before
	shown  *content // nil when the snapshot lacks the key
	prices []pricing
}

// pricing is a price of an entry, ready for the tables.
type pricing struct {
	identity    catalog.PriceIdentity
	tierMinimum *decimal.Decimal
	digest      catalog.Digest // of the amount
	amount      sqlcgen.PriceHistoryCopyParams
}

// prepare does for one entry all that needs no database.
func prepare(entry *catalog.Entry, digest catalog.Digest) (subject, error) {
	shown, err := contentOf(entry, digest)
	if err != nil {
		return subject{}, err
	}
	one := subject{key: entry.Key, shown: &shown, prices: make([]pricing, len(entry.Prices))}
	for i := range entry.Prices {
		price := &entry.Prices[i]
		one.prices[i] = pricing{identityOf(price), price.TierMinimum, price.AmountDigest(), amountOf(price)}
	}
	return one, nil
}

// prepared is a chunk of subjects, or why there is none.
type prepared struct {
	subjects []subject
	err      error
}

// chunks decodes and prepares the wanted entries beside the caller, one chunk
// ahead: a first load then waits for the slower of Go and Postgres, not for
// both. The work ends with the context or the loop.
func (u *update) chunks(ctx context.Context, wanted map[string]bool) iter.Seq2[[]subject, error] {
	return func(yield func([]subject, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ready := make(chan prepared)
		go u.prepareAll(ctx, wanted, ready)
		for chunk := range ready {
			if !yield(chunk.subjects, chunk.err) || chunk.err != nil {
				cancel()
				for range ready { // the preparer notices and ends
				}
				return
			}
		}
	}
}

func (u *update) prepareAll(ctx context.Context, wanted map[string]bool, ready chan<- prepared) {
	defer close(ready)
	send := func(chunk prepared) bool {
		select {
		case ready <- chunk:
			return chunk.err == nil
		case <-ctx.Done():
			return false
		}
	}
	var chunk []subject
	for entry, err := range u.snapshot.Entries(func(key string) bool { return wanted[key] }) {
		var one subject
		if err == nil {
			digest, _ := u.snapshot.DigestOf(entry.Key) // the entry came from this snapshot
			one, err = prepare(&entry, digest)
		}
		if err != nil {
			send(prepared{err: err})
			return
		}
		if chunk = append(chunk, one); len(chunk) == keysAtOnce {
			if !send(prepared{subjects: chunk}) {
				return
			}
			chunk = nil
		}
	}
	send(prepared{subjects: chunk})
}
