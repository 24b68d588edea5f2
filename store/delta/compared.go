package delta

import (
	"context"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/diff"
	"syncer/store/history"
	"syncer/timeline"
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
	*Ahead
	tables history.Tables
}

// measure notes in the delta, whose keys are known and not none, what is lost or
// moves. A late snapshot is compared with both neighbours that are near.
func (c *comparison) measure(ctx context.Context, delta *Delta) error {
	if before := c.place.Before; before != nil && c.counts(before.TakenAt) {
		found, shares, err := c.between(ctx, stored{c.Ahead, c.tables, before.TakenAt}, c.here(), delta.Baseline, c.unseen(c.keys))
		if err != nil {
			return err
		}
		delta.Unpriced, delta.Repriced = found.Unpriced, repricings(found.Repriced)
		delta.Compared = append(delta.Compared, Compared{WithBefore, before.TakenAt, shares})
		if err := c.withFullest(ctx, delta, shares); err != nil {
			return err
		}
	}
	if !c.after {
		return nil
	}
	_, shares, err := c.between(ctx, c.here(), stored{c.Ahead, c.tables, *c.place.After}, c.snapshot.Len(), c.next)
	delta.Compared = append(delta.Compared, Compared{WithAfter, *c.place.After, shares})
	return err
}

// counts reports that a neighbour says something about the snapshot: that of a
// late one only where it is near.
func (a *Ahead) counts(neighbour time.Time) bool {
	return a.place.After == nil || a.place.Moment.Sub(neighbour).Abs() <= farAway
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
	entries(ctx context.Context, keys []string) (map[string]entry, error)
	// had is how many of them have what is asked for.
	had(ctx context.Context, needs diff.Needs) (diff.Counts, error)
}

// between compares two snapshots of which the keys that differ are known, and the
// number of entries of the earlier: only what differs is read, and how much there
// was of what is lost or moves.
func (c *comparison) between(ctx context.Context, earlier, later contents, size int, keys diff.Delta) (diff.Comparison, []diff.Share, error) {
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
			from, to := before[key], after[key]
			if from.Entry == nil || to.Entry == nil {
				continue
			}
			found.Changed(from.Entry, to.Entry)
			if c.list.Doubt.Snapshots > 0 && !from.PricesUnread && !to.PricesUnread && timeline.Doubtful(from.offer, to.offer, to.At) {
				found.Doubted(from.Entry, to.Entry)
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
			if gone[key].Entry != nil {
				found.Leave(gone[key].Entry)
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
	*Ahead
	tables history.Tables
	at     time.Time
}

func (s stored) entries(ctx context.Context, keys []string) (map[string]entry, error) {
	all := make(map[string]entry, len(keys))
	for read, err := range s.tables.EntriesAt(ctx, s.at, keys) {
		if err != nil {
			return nil, err
		}
		all[read.Key] = s.entryOf(&read, s.at)
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
type shown map[string]entry

// read reads what differs from the snapshot before, and, of a late one, from the one
// next after it.
func (a *Ahead) read() (shown, error) {
	wanted := slices.Concat(a.keys.Added, a.keys.Changed)
	if a.place.After == nil {
		wanted = a.keys.Changed
	} else {
		wanted = slices.Concat(wanted, a.next.Changed, a.next.Removed)
		slices.Sort(wanted)
	}
	return a.readKeys(wanted)
}

// readKeys reads the entries of some keys, which are in their byte order.
func (a *Ahead) readKeys(keys []string) (shown, error) {
	s := make(shown, len(keys))
	wanted := func(key string) bool { _, is := slices.BinarySearch(keys, key); return is }
	for read, err := range a.snapshot.Entries(wanted) {
		if err != nil {
			return nil, err
		}
		// The snapshot may not speak for all of it.
		all, silent := a.entryOf(&read, a.place.Moment), a.snapshot.Silent(read.Key)
		all.FieldsUnread, all.PricesUnread = silent.Has(catalog.FieldsPart), silent.Has(catalog.PricesPart)
		s[read.Key] = all
	}
	return s, nil
}

// here is the snapshot in hand.
func (c *comparison) here() here { return here{c, c.ours} }

type here struct {
	c *comparison
	shown
}

func (h here) entries(context.Context, []string) (map[string]entry, error) {
	return h.shown, nil
}

// had is what a late snapshot had in all: it follows from what the one before it had
// and the keys that differ from that; every one, where there is none before.
func (h here) had(ctx context.Context, _ diff.Needs) (diff.Counts, error) {
	counts, c := diff.Counts{}, h.c
	if c.place.Before != nil {
		before, left := stored{c.Ahead, c.tables, c.place.Before.TakenAt}, diff.Counts{}
		var err error
		if counts, err = before.had(ctx, diff.Needs{Prices: true, Fields: true}); err != nil {
			return nil, err
		}
		ended, err := before.entries(ctx, slices.Concat(c.keys.Changed, c.keys.Removed))
		if err != nil {
			return nil, err
		}
		for _, entry := range ended {
			left.Add(entry.Entry)
		}
		counts.Subtract(left)
	}
	for _, key := range slices.Concat(c.keys.Added, c.keys.Changed) {
		if entry := h.shown[key]; entry.Entry != nil {
			counts.Add(entry.Entry)
		}
	}
	return counts, nil
}

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
