package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/diff"
	"syncer/snapshot"
	"syncer/sqlcgen"
	"syncer/store/history"
	"syncer/store/record"
)

// Delta is what a snapshot would change against the committed snapshot before
// it, as that was.
type Delta struct {
	First           bool     // there is no snapshot before
	Baseline        int      // entries of the snapshot before
	Entries         int      // entries of this snapshot
	Added           []string // keys, in byte order, as are the next two
	Changed         []string
	Removed         []string
	SettingsChanged bool
	// BaselinePrices counts the prices of the snapshot before; 0 unless a
	// price changed.
	BaselinePrices int
	Repriced       []Repricing
	// Unpriced are the keys that stay and lose a price.
	Unpriced []string
	// Redenominated counts prices whose currency or unit changed.
	Redenominated int
}

// Repricing is one price whose amount changed.
type Repricing struct {
	Key      string
	Price    catalog.PriceIdentity
	From, To decimal.Decimal // list_unit_price in the price's currency
}

// Empty reports that the snapshot is what the one before was.
func (d Delta) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// endOfTime is after every moment.
func endOfTime() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// Preview returns what a snapshot would change if it were taken now; nothing
// is written.
func (s *Store) Preview(ctx context.Context, list catalog.List, snapshot *snapshot.Snapshot) (Delta, error) {
	row, err := s.q.ListFind(ctx, s.pool, sqlcgen.ListFindParams{Source: list.ID.Source, List: list.ID.Name})
	if errors.Is(err, pgx.ErrNoRows) {
		return compare(ctx, history.Tables{}, record.List{List: list}, place{}, snapshot)
	}
	if err != nil {
		return Delta{}, fmt.Errorf("%s: find list: %w", list.ID, err)
	}
	known := record.List{List: list, RowID: row.ID}
	found, err := locate(ctx, s.q, s.pool, known, endOfTime())
	if err != nil {
		return Delta{}, err
	}
	return compare(ctx, history.Of(s.q, s.pool, known.RowID, list.Kind), known, found, snapshot)
}

// compare finds what differs between the committed snapshot before, as it was,
// and this one; it reads the prices of the entries that changed.
func compare(ctx context.Context, tables history.Tables, list record.List, found place, snapshot *snapshot.Snapshot) (Delta, error) {
	delta := Delta{Entries: snapshot.Len(), First: found.before == nil}
	var before []history.KeyDigest
	if !delta.First {
		var err error
		if before, err = tables.Digests(ctx, found.before.TakenAt, found.after == nil); err != nil {
			return Delta{}, err
		}
	}
	keys, err := diff.Compare(digestsOf(before), snapshot.Digests())
	if err != nil {
		return Delta{}, err
	}
	delta.Added, delta.Changed, delta.Removed = keys.Added, keys.Changed, keys.Removed
	if delta.First {
		return delta, nil
	}
	settings, err := settingsJSON(list.List)
	if err != nil {
		return Delta{}, err
	}
	delta.Baseline, delta.SettingsChanged = int(found.before.Entries), !sameJSON(found.before.Settings, settings)
	if len(delta.Changed) == 0 {
		return delta, nil
	}
	prices, err := tables.PricesAt(ctx, found.before.TakenAt, delta.Changed)
	if err != nil {
		return Delta{}, err
	}
	changed := func(key string) bool { _, is := slices.BinarySearch(delta.Changed, key); return is }
	for entry, err := range snapshot.Entries(changed) {
		if err != nil {
			return Delta{}, err
		}
		delta.comparePrices(&entry, prices[entry.Key])
	}
	slices.SortFunc(delta.Repriced, func(a, b Repricing) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(fmt.Sprint(a.Price), fmt.Sprint(b.Price)))
	})
	slices.Sort(delta.Unpriced)
	delta.BaselinePrices, err = tables.CountPricesAt(ctx, found.before.TakenAt)
	return delta, err
}

func digestsOf(rows []history.KeyDigest) iter.Seq2[string, catalog.Digest] {
	return func(yield func(string, catalog.Digest) bool) {
		for _, row := range rows {
			if !yield(row.Key, catalog.Digest(row.Digest)) {
				return
			}
		}
	}
}

// comparePrices compares the prices of one changed entry. A fee falls by itself
// day by day: that is no change of what a provider publishes.
func (d *Delta) comparePrices(entry *catalog.Entry, before map[catalog.PriceIdentity]decimal.Decimal) {
	now := make(map[catalog.PriceIdentity]decimal.Decimal, len(entry.Prices))
	begun := make(map[catalog.PriceIdentity]int, len(entry.Prices))
	for i := range entry.Prices {
		id := entry.Prices[i].Identity()
		now[id] = entry.Prices[i].ListUnitPrice
		if _, stays := before[id]; !stays {
			begun[undenominated(id)]++
		}
	}
	lost := false
	for id, amount := range before {
		next, stays := now[id]
		switch {
		case stays && id.Kind == catalog.PriceFee:
		case stays && !next.Equal(amount):
			d.Repriced = append(d.Repriced, Repricing{Key: entry.Key, Price: id, From: amount, To: next})
		case !stays && begun[undenominated(id)] > 0:
			begun[undenominated(id)]--
			d.Redenominated++
		case !stays:
			lost = true
		}
	}
	if lost {
		d.Unpriced = append(d.Unpriced, entry.Key)
	}
}

// undenominated is what stays of a price when its currency or unit changes.
func undenominated(id catalog.PriceIdentity) catalog.PriceIdentity {
	id.Currency, id.Unit = "", ""
	return id
}
