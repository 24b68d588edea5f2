package store

import (
	"context"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/diff"
	"syncer/snapshot"
	"syncer/store/history"
)

// Compared is what is lost or moves between a snapshot and another of its list,
// on the way from the earlier to the later.
type Compared struct {
	With   With
	At     time.Time    // when the other was taken, UTC
	Shares []diff.Share // of each thing of which something is lost or moves
}

// With says which other snapshot it is.
type With string

// The committed snapshots with which one is compared.
const (
	// WithBefore is the one next before it.
	WithBefore With = "before"
	// WithAfter is the one next after it, where it comes late.
	WithAfter With = "after"
	// WithFullest is the one of the last days that had the most of something which
	// this one loses, so that what slides away little by little is seen.
	WithFullest With = "fullest"
)

// farAway is how far from a late snapshot another says nothing about it.
const farAway = 30 * 24 * time.Hour

// comparison measures one snapshot.
type comparison struct {
	tables   history.Tables
	place    place
	snapshot *snapshot.Snapshot
}

// measure notes in the delta, whose keys are known and not none, what is lost or
// moves. A late snapshot is compared with both neighbours that are near.
func (c *comparison) measure(ctx context.Context, delta *Delta, keys diff.Delta) error {
	after, next, err := c.next(ctx)
	if err != nil {
		return err
	}
	ours, err := c.read(keys, next)
	if err != nil {
		return err
	}
	if before := c.place.before; before != nil && c.counts(before.TakenAt) {
		found, shares, err := between(ctx, stored{c.tables, before.TakenAt}, ours, delta.Baseline, c.unseen(keys))
		if err != nil {
			return err
		}
		delta.Unpriced, delta.Repriced = found.Unpriced, repricings(found.Repriced)
		delta.Compared = append(delta.Compared, Compared{WithBefore, before.TakenAt, shares})
		if err := c.withFullest(ctx, delta, shares); err != nil {
			return err
		}
	}
	if after == nil {
		return nil
	}
	_, shares, err := between(ctx, ours, after, c.snapshot.Len(), next)
	delta.Compared = append(delta.Compared, Compared{WithAfter, after.at, shares})
	return err
}

// next is the snapshot after a late one, where it is near, and the keys that differ
// in it; nil for none.
func (c *comparison) next(ctx context.Context) (*stored, diff.Delta, error) {
	if c.place.after == nil || !c.counts(*c.place.after) {
		return nil, diff.Delta{}, nil
	}
	after := &stored{c.tables, *c.place.after}
	digests, err := c.tables.Digests(ctx, after.at, false)
	if err != nil {
		return nil, diff.Delta{}, err
	}
	keys, err := diff.Compare(c.snapshot.Digests(), digestsOf(digests))
	return after, keys, err
}

// counts reports that a neighbour says something about the snapshot: that of a
// late one only where it is near.
func (c *comparison) counts(neighbour time.Time) bool {
	return c.place.after == nil || c.place.moment.Sub(neighbour).Abs() <= farAway
}

// unseen leaves, of the keys that differ from an earlier snapshot, those that are
// gone: what is set aside by name was seen, and each row without a name may be one
// that is missed.
func (c *comparison) unseen(keys diff.Delta) diff.Delta {
	keys.Removed = slices.DeleteFunc(slices.Clone(keys.Removed), c.snapshot.Sees)
	keys.Removed = keys.Removed[min(c.snapshot.Nameless(), len(keys.Removed)):]
	return keys
}

// contents are the entries of a snapshot.
type contents interface {
	// entries are those of some keys, and perhaps others.
	entries(ctx context.Context, keys []string) (map[string]*diff.Entry, error)
	// had is how many of them have what is asked for.
	had(ctx context.Context, needs diff.Needs) (diff.Counts, error)
}

// between compares two snapshots of which the keys that differ are known, and the
// number of entries of the earlier: only what differs is read, and how much there
// was of what is lost or moves.
func between(ctx context.Context, earlier, later contents, size int, keys diff.Delta) (diff.Comparison, []diff.Share, error) {
	var found diff.Comparison
	found.Removed(keys.Removed)
	found.Added(keys.Added)
	for some := range slices.Chunk(keys.Changed, history.KeysAtOnce) {
		before, err := earlier.entries(ctx, some)
		if err != nil {
			return found, nil, err
		}
		after, err := later.entries(ctx, some)
		if err != nil {
			return found, nil, err
		}
		for _, key := range some {
			if before[key] != nil && after[key] != nil {
				found.Changed(before[key], after[key])
			}
		}
	}
	had := diff.Counts{}
	if needs := found.Needs(); needs.Prices || needs.Fields {
		gone, err := earlier.entries(ctx, keys.Removed)
		if err != nil {
			return found, nil, err
		}
		for _, key := range keys.Removed {
			if gone[key] != nil {
				found.Leave(gone[key])
			}
		}
		if had, err = earlier.had(ctx, needs); err != nil {
			return found, nil, err
		}
	}
	had[diff.Whole], had[diff.Unpriced] = size, size-had[diff.Priced]
	return found, found.Shares(had), nil
}

// stored is the committed snapshot of a moment, as history knows it.
type stored struct {
	tables history.Tables
	at     time.Time
}

func (s stored) entries(ctx context.Context, keys []string) (map[string]*diff.Entry, error) {
	all := make(map[string]*diff.Entry, len(keys))
	for entry, err := range s.tables.EntriesAt(ctx, s.at, keys) {
		if err != nil {
			return nil, err
		}
		all[entry.Key] = judged(&entry)
	}
	return all, nil
}

func (s stored) had(ctx context.Context, needs diff.Needs) (diff.Counts, error) {
	counts := diff.Counts{}
	if needs.Prices {
		of, err := s.tables.PricesAt(ctx, s.at)
		if err != nil {
			return nil, err
		}
		counts[diff.Priced], counts[diff.Prices], counts[diff.Charged], counts[diff.Taxed] = of.Priced, of.Prices, of.Charged, of.Taxed
	}
	if needs.Fields {
		of, err := s.tables.FieldsAt(ctx, s.at)
		if err != nil {
			return nil, err
		}
		for name, n := range of {
			counts[diff.Part(name)] = n
		}
	}
	return counts, nil
}

// shown is what is needed of the snapshot in hand, whose pages are decoded for it
// once.
type shown struct {
	wanted map[string]*diff.Entry
	count  func(ctx context.Context) (diff.Counts, error) // where it is the earlier one
}

// read reads what differs from the snapshot before, and, of a late one, from the one
// next after it. What a late one had in all follows from what the one before it had
// and the keys that differ from that: every one, where there is none before.
func (c *comparison) read(keys, next diff.Delta) (shown, error) {
	wanted, begun := keys.Changed, slices.Concat(keys.Added, keys.Changed)
	if c.place.after != nil {
		wanted = slices.Concat(begun, next.Changed, next.Removed)
		slices.Sort(wanted)
	}
	ours, err := readKeys(c.snapshot, wanted)
	ours.count = func(ctx context.Context) (diff.Counts, error) {
		counts := diff.Counts{}
		if c.place.before != nil {
			before, left := stored{c.tables, c.place.before.TakenAt}, diff.Counts{}
			if counts, err = before.had(ctx, diff.Needs{Prices: true, Fields: true}); err != nil {
				return nil, err
			}
			ended, err := before.entries(ctx, slices.Concat(keys.Changed, keys.Removed))
			if err != nil {
				return nil, err
			}
			for _, entry := range ended {
				left.Add(entry)
			}
			counts.Subtract(left)
		}
		for _, key := range begun {
			if entry := ours.wanted[key]; entry != nil {
				counts.Add(entry)
			}
		}
		return counts, nil
	}
	return ours, err
}

// readKeys reads the entries of some keys, which are in their byte order.
func readKeys(snapshot *snapshot.Snapshot, keys []string) (shown, error) {
	s := shown{wanted: make(map[string]*diff.Entry, len(keys))}
	wanted := func(key string) bool { _, is := slices.BinarySearch(keys, key); return is }
	for entry, err := range snapshot.Entries(wanted) {
		if err != nil {
			return shown{}, err
		}
		s.wanted[entry.Key] = spoken(snapshot, &entry)
	}
	return s, nil
}

func (s shown) entries(context.Context, []string) (map[string]*diff.Entry, error) {
	return s.wanted, nil
}

func (s shown) had(ctx context.Context, _ diff.Needs) (diff.Counts, error) { return s.count(ctx) }

func repricings(all []diff.Repricing) []Repricing {
	var repriced []Repricing
	for _, p := range all {
		repriced = append(repriced, Repricing{
			Key: p.Key, From: p.From, To: p.To, Price: catalog.PriceIdentity{
				SKUPriceID: p.Price.SKUPriceID, Kind: catalog.PriceKind(p.Price.Kind), Variant: p.Price.Variant, Unit: p.Price.Unit,
				Currency: p.Price.Currency, RegionID: p.Price.RegionID, TierMinimum: p.Price.TierMinimum,
			},
		})
	}
	return repriced
}
