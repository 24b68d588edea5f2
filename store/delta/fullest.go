package delta

import (
	"context"
	"slices"
	"time"

	"syncer/diff"
	"syncer/store/history"
)

// slideSpan is how far back what slides away is looked for.
const slideSpan = 7 * 24 * time.Hour

// withFullest compares what the snapshot loses, class by class, with the
// committed snapshot that had the most of it in the seven days that end at the
// last one: a list from which little goes each time is seen to go. It does not
// reach back past what a person accepted.
func (c *comparison) withFullest(ctx context.Context, delta *Delta, shares []diff.Share) error {
	var loses []diff.Class
	for _, share := range shares {
		if share.Class.Slides() {
			loses = append(loses, share.Class)
		}
	}
	if len(loses) == 0 {
		return nil
	}
	moments, err := c.fullest(ctx, loses)
	if err != nil {
		return err
	}
	for _, moment := range moments {
		fullest := stored{c.Ahead, c.tables, moment}
		digests, err := c.tables.Digests(ctx, moment, false)
		if err != nil {
			return err
		}
		keys, err := diff.Compare(digestsOf(digests), c.snapshot.Digests())
		if err != nil {
			return err
		}
		if slices.Equal(loses, []diff.Class{diff.Gone}) {
			keys.Changed = nil // of no use for that
		}
		ours, err := c.readKeys(keys.Changed)
		if err != nil {
			return err
		}
		_, found, err := c.between(ctx, fullest, here{c, ours}, len(digests), c.unseen(keys))
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(share diff.Share) bool { return !slices.Contains(loses, share.Class) })
		delta.Compared = append(delta.Compared, Compared{WithFullest, moment, found})
	}
	return nil
}

// fullest finds the snapshots that had the most of what classes count, each once,
// where it is not the one before. Of equal ones the first counts, to which the
// slide is longest.
func (c *comparison) fullest(ctx context.Context, loses []diff.Class) ([]time.Time, error) {
	last := c.place.Before.TakenAt
	week, err := c.tables.Committed(ctx, last.Add(-slideSpan), last)
	if err != nil || len(week) == 0 {
		return nil, err
	}
	for i := range slices.Backward(week) {
		if week[i].Accepted {
			week = week[i:]
			break
		}
	}
	since := week[0].TakenAt
	var moved []history.Moved
	if slices.Contains(loses, diff.PriceLost) || slices.Contains(loses, diff.Zero) {
		if moved, err = c.tables.PricesMoved(ctx, since, last); err != nil {
			return nil, err
		}
	}
	if slices.Contains(loses, diff.Emptied) {
		fields, err := c.tables.FieldsMoved(ctx, since, last)
		if err != nil {
			return nil, err
		}
		moved = append(moved, fields...)
		slices.SortStableFunc(moved, func(a, b history.Moved) int { return a.At.Compare(b.At) })
	}
	var moments []time.Time
	for _, class := range loses {
		if moment := mostOf(class, week, moved); !moment.Equal(last) && !slices.ContainsFunc(moments, moment.Equal) {
			moments = append(moments, moment)
		}
	}
	return moments, nil
}

// mostOf is the moment of the first snapshot that had the most of what a class
// counts. How much there was at first plays no part.
func mostOf(class diff.Class, week []history.Committed, moved []history.Moved) time.Time {
	var most, now, next int
	best := week[0].TakenAt
	for i, snapshot := range week {
		for ; next < len(moved) && !moved[next].At.After(snapshot.TakenAt); next++ {
			switch class {
			case diff.PriceLost:
				now += moved[next].Prices
			case diff.Zero:
				now += moved[next].Charged
			case diff.Emptied:
				now += moved[next].Fields
			}
		}
		if class == diff.Gone {
			now = snapshot.Entries
		}
		if i == 0 || now > most {
			best, most = snapshot.TakenAt, now
		}
	}
	return best
}
