package delta

import (
	"context"
	"iter"
	"slices"
	"time"

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
	SetAside        int // rows of this snapshot that were set aside
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

// Place is where a snapshot falls among the committed ones.
type Place struct {
	Moment time.Time
	Before *sqlcgen.Snapshot // the one next before it; nil: none
	After  *time.Time        // that of the one next after it; nil: it is the newest
}

// Ahead is what is read of a snapshot, and of the list, before the list's lock is
// taken: which keys differ, and what stands under them on the pages. It holds as long
// as nobody writes to the list.
type Ahead struct {
	place      Place
	list       record.List
	snapshot   *snapshot.Snapshot
	keys, next diff.Delta // that differ from the snapshot before, and in the one after
	after      bool       // there is one after that is near
	size       int        // of the snapshot before
	ours       shown
}

// Read finds the keys in which a snapshot differs from the committed ones around it,
// and decodes what they show.
func Read(ctx context.Context, tables history.Tables, list record.List, place Place, snapshot *snapshot.Snapshot) (*Ahead, error) {
	a := &Ahead{place: place, list: list, snapshot: snapshot}
	var before []history.KeyDigest
	if place.Before != nil {
		var err error
		if before, err = tables.Digests(ctx, place.Before.TakenAt, place.After == nil); err != nil {
			return nil, err
		}
		a.size = int(place.Before.Entries)
	}
	var err error
	if a.keys, err = diff.Compare(digestsOf(before), snapshot.Digests()); err != nil || a.isSame() {
		return a, err
	}
	if place.After != nil && a.counts(*place.After) {
		a.after = true
		digests, err := tables.Digests(ctx, *place.After, false)
		if err != nil {
			return nil, err
		}
		if a.next, err = diff.Compare(snapshot.Digests(), digestsOf(digests)); err != nil {
			return nil, err
		}
	}
	a.ours, err = a.read()
	return a, err
}

// Shown are the keys that the snapshot shows anew or otherwise.
func (a *Ahead) Shown() []string { return slices.Concat(a.keys.Added, a.keys.Changed) }

// isSame reports that the snapshot is what the one before was.
func (a *Ahead) isSame() bool {
	return len(a.keys.Added)+len(a.keys.Changed)+len(a.keys.Removed) == 0
}

// Delta finds what differs between the committed snapshot before, as it was, and this
// one, and what the guard judges. Where nothing differs, nothing more is read.
func (a *Ahead) Delta(ctx context.Context, tables history.Tables) (Delta, error) {
	delta := Delta{
		Entries: a.snapshot.Len(), First: a.place.Before == nil, Added: a.keys.Added, Changed: a.keys.Changed, Removed: a.keys.Removed,
		SetAside: a.snapshot.RowsSetAside(),
	}
	if !delta.First {
		settings, err := record.SettingsJSON(a.list.List)
		if err != nil {
			return Delta{}, err
		}
		delta.Baseline, delta.SettingsChanged = a.size, !record.SameSettings(a.place.Before.Settings, settings)
	}
	if delta.Empty() {
		return delta, nil
	}
	c := comparison{tables: tables, Ahead: a}
	err := c.measure(ctx, &delta)
	// What was set aside did not change, and is not gone; what it comes to is known
	// when it is written.
	delta.Changed = slices.DeleteFunc(slices.Clone(delta.Changed), func(key string) bool { return a.snapshot.Silent(key) != 0 })
	delta.Removed = slices.DeleteFunc(slices.Clone(delta.Removed), a.snapshot.Sees)
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
