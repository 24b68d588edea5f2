package history

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"syncer/catalog"
	"syncer/snapshot"
)

// Subject is one key whose history a snapshot touches.
type Subject struct {
	Key    string
	ID     int64
	Shown  *Content // nil when the snapshot lacks the key
	prices []pricing
	fresh  bool // never seen before
}

// Lacking are subjects of keys that a snapshot lacks.
func Lacking(keys []string) []Subject {
	all := make([]Subject, len(keys))
	for i, key := range keys {
		all[i] = Subject{Key: key}
	}
	return all
}

// Prepare does for one entry, whose digest is known, all that needs no database.
func Prepare(entry *catalog.Entry, digest catalog.Digest) Subject {
	subject := Subject{Key: entry.Key, Shown: &Content{Entry: storable(entry), Digest: digest}, prices: make([]pricing, len(entry.Prices))}
	for i := range entry.Prices {
		price := storablePrice(&entry.Prices[i])
		subject.prices[i] = pricing{price.Identity(), price, price.AmountDigest()}
	}
	return subject
}

// Prepared are the subjects of a snapshot's wanted entries in chunks of at most
// KeysAtOnce, decoded and prepared one chunk ahead of the caller: a first load
// then waits for the slower of Go and Postgres, not for both. The work ends with
// the context or the loop.
func Prepared(ctx context.Context, shown *snapshot.Snapshot, wanted map[string]bool) iter.Seq2[[]Subject, error] {
	return func(yield func([]Subject, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		ready := make(chan chunk)
		go prepareAll(ctx, shown, wanted, ready)
		defer func() {
			cancel()
			for range ready { // the preparer notices and ends
			}
		}()
		for chunk := range ready {
			if !yield(chunk.subjects, chunk.err) || chunk.err != nil {
				return
			}
		}
	}
}

// chunk is some subjects, or why there are none.
type chunk struct {
	subjects []Subject
	err      error
}

func prepareAll(ctx context.Context, shown *snapshot.Snapshot, wanted map[string]bool, ready chan<- chunk) {
	defer close(ready)
	send := func(c chunk) bool {
		select {
		case ready <- c:
			return c.err == nil
		case <-ctx.Done():
			return false
		}
	}
	var subjects []Subject
	for entry, err := range shown.Entries(func(key string) bool { return wanted[key] }) {
		if err != nil {
			send(chunk{err: err})
			return
		}
		digest, _ := shown.DigestOf(entry.Key) // the entry came from this snapshot
		if subjects = append(subjects, Prepare(&entry, digest)); len(subjects) == KeysAtOnce {
			if !send(chunk{subjects: subjects}) {
				return
			}
			subjects = nil
		}
	}
	send(chunk{subjects: subjects})
}

// identify gives every subject its id, making entries of keys that were never
// seen. first says that no snapshot is committed yet, so that no key was.
func (t Tables) identify(ctx context.Context, subjects []Subject, first bool) error {
	keys := make([]string, len(subjects))
	for i := range subjects {
		keys[i] = subjects[i].Key
	}
	var known map[string]int64
	if !first {
		var err error
		if known, err = t.entries.find(ctx, keys); err != nil {
			return fmt.Errorf("find entries: %w", err)
		}
	}
	var fresh []*Subject
	keys = keys[:0]
	for i := range subjects {
		subject := &subjects[i]
		id, found := known[subject.Key]
		if subject.ID, subject.fresh = id, !found; !found {
			fresh, keys = append(fresh, subject), append(keys, subject.Key)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	created, err := t.entries.create(ctx, keys)
	if err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	for i, subject := range fresh {
		subject.ID = created[i]
	}
	return nil
}

// Find returns the ids of the keys that were ever seen.
func (t Tables) Find(ctx context.Context, keys []string) (map[string]int64, error) {
	found, err := t.entries.find(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("find entries: %w", err)
	}
	return found, nil
}

// Entries returns every entry that was ever seen, in the byte order of keys.
func (t Tables) Entries(ctx context.Context) ([]Named, error) {
	entries, err := t.entries.all(ctx)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	return entries, nil
}

// Create makes entries of keys that were never seen.
func (t Tables) Create(ctx context.Context, keys []string) ([]Named, error) {
	created, err := t.entries.create(ctx, slices.Clone(keys))
	if err != nil {
		return nil, fmt.Errorf("write entries: %w", err)
	}
	entries := make([]Named, len(keys))
	for i, key := range keys {
		entries[i] = Named{created[i], key}
	}
	return entries, nil
}
