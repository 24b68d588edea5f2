package store

import (
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
	// Unpriced are the keys that stay and lose a price, Repriced the prices that
	// change their amount, both in the byte order of keys.
	Unpriced []string
	Repriced []Repricing
	// Compared is what the guard judges: what is lost or moves between this
	// snapshot and others.
	Compared []Compared
	// Reasons are the guard's, where it holds the snapshot.
	Reasons []string `json:",omitempty"`
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
// and this one, and what the guard judges. Where nothing differs, nothing more is
// read.
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
	if !delta.First {
		settings, err := settingsJSON(list.List)
		if err != nil {
			return Delta{}, err
		}
		delta.Baseline, delta.SettingsChanged = int(found.before.Entries), !sameJSON(found.before.Settings, settings)
	}
	if delta.Empty() {
		return delta, nil
	}
	c := comparison{tables: tables, place: found, snapshot: snapshot}
	err = c.measure(ctx, &delta, keys)
	// What was set aside did not change, and is not gone; what it comes to is known
	// when it is written.
	delta.Changed = slices.DeleteFunc(slices.Clone(delta.Changed), func(key string) bool { return snapshot.Silent(key) != 0 })
	delta.Removed = slices.DeleteFunc(slices.Clone(delta.Removed), snapshot.Sees)
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
