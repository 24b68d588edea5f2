package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/diff"
	"syncer/snapshot"
	"syncer/sqlcgen"
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

func (u *update) sameDelta() Delta {
	return Delta{Baseline: int(u.place.before.Entries), Entries: u.snapshot.Len()}
}

func (u *update) delta(ctx context.Context) (Delta, error) {
	return compare(ctx, u.q, u.tx, u.run.List, u.place, u.snapshot)
}

// Preview returns what a snapshot would change if it were taken now; nothing
// is written.
func (s *Store) Preview(ctx context.Context, list catalog.List, snapshot *snapshot.Snapshot) (Delta, error) {
	row, err := s.q.ListFind(ctx, s.pool, sqlcgen.ListFindParams{Source: list.ID.Source, List: list.ID.Name})
	if errors.Is(err, pgx.ErrNoRows) {
		return compare(ctx, s.q, s.pool, List{List: list}, place{}, snapshot)
	}
	if err != nil {
		return Delta{}, fmt.Errorf("%s: find list: %w", list.ID, err)
	}
	known := List{List: list, id: row.ID}
	found, err := locate(ctx, s.q, s.pool, known, endOfTime())
	if err != nil {
		return Delta{}, err
	}
	return compare(ctx, s.q, s.pool, known, found, snapshot)
}

func compare(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, found place, snapshot *snapshot.Snapshot) (Delta, error) {
	delta := Delta{Entries: snapshot.Len(), First: found.before == nil}
	before, err := baseline(ctx, q, db, list, found)
	if err != nil {
		return Delta{}, err
	}
	keys, err := diff.Compare(before, snapshot.Digests())
	if err != nil {
		return Delta{}, err
	}
	delta.Added, delta.Changed, delta.Removed = keys.Added, keys.Changed, keys.Removed
	if found.before == nil {
		return delta, nil
	}
	delta.Baseline = int(found.before.Entries)
	settings, err := settingsJSON(list.List)
	if err != nil {
		return Delta{}, err
	}
	delta.SettingsChanged = !sameJSON(found.before.Settings, settings)
	return delta, repriced(ctx, q, db, list, found, snapshot, &delta)
}

// baseline streams key and digest of the snapshot before, as it was.
func baseline(ctx context.Context, q *sqlcgen.Queries, db sqlcgen.DBTX, list List, found place) (iter.Seq2[string, catalog.Digest], error) {
	if found.before == nil {
		return func(func(string, catalog.Digest) bool) {}, nil
	}
	rows, err := shelfOf(list.Kind, q).digests(ctx, db, list.id, found)
	if err != nil {
		return nil, fmt.Errorf("read digests: %w", err)
	}
	return func(yield func(string, catalog.Digest) bool) {
		for _, row := range rows {
			if !yield(row.key, catalog.Digest(row.digest)) {
				return
			}
		}
	}, nil
}
