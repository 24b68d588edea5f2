package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
	"syncer/store/postgres"
	"syncer/timeline"
)

// known is what the database holds about the keys of one chunk, as far as the
// snapshot can change it.
type known struct {
	moments       []time.Time
	windows       map[int64]window
	histories     map[int64]timeline.History[catalog.Digest]
	contents      map[int64]map[catalog.Digest]content
	events        map[int64][]sqlcgen.ProductStatusChange
	priceIDs      map[priceKey]int64
	pricesByEntry map[int64][]int64
	pages         map[pageKey]int32
	prices        map[int64][]timeline.Version[catalog.Digest]
	amounts       map[amountKey]sqlcgen.PriceHistoryCopyParams
	skus          map[int64]sqlcgen.Price // by price id
	versions      map[int64][]version     // as stored, by entry
	unreadable    map[int64]error         // by entry that has a version whose content cannot be read
}

// pageKey is an entry and the moment of a snapshot, in microseconds.
type pageKey struct{ entry, at int64 }

type priceKey struct {
	entry    int64
	identity catalog.PriceIdentity
}

type amountKey struct {
	price  int64
	digest catalog.Digest
}

// window is where a key's history begins to matter: rows that end at since or
// later, events after after.
type window struct{ since, after time.Time }

func newKnown() *known {
	return &known{
		windows: make(map[int64]window), histories: make(map[int64]timeline.History[catalog.Digest]),
		contents: make(map[int64]map[catalog.Digest]content), events: make(map[int64][]sqlcgen.ProductStatusChange),
		priceIDs: make(map[priceKey]int64), pricesByEntry: make(map[int64][]int64), pages: make(map[pageKey]int32),
		prices:  make(map[int64][]timeline.Version[catalog.Digest]),
		amounts: make(map[amountKey]sqlcgen.PriceHistoryCopyParams),
		skus:    make(map[int64]sqlcgen.Price), versions: make(map[int64][]version), unreadable: make(map[int64]error),
	}
}

func (u *update) load(ctx context.Context, subjects []subject) (*known, error) {
	k := newKnown()
	var ids []int64
	for _, one := range subjects {
		if !one.fresh {
			ids = append(ids, one.id)
		}
	}
	oldest := u.run.TakenAt
	if len(ids) > 0 {
		var err error
		if oldest, err = u.loadStored(ctx, k, ids); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(slices.Collect(maps.Values(k.unreadable))...); err != nil {
		return nil, err // what follows from it would be wrong
	}
	if err := u.loadMoments(ctx, k, oldest); err != nil {
		return nil, err
	}
	return k, u.identifyPrices(ctx, k, subjects)
}

// loadStored reads the stored rows and returns the moment the oldest loaded
// absence began.
func (u *update) loadStored(ctx context.Context, k *known, ids []int64) (time.Time, error) {
	oldest, err := u.loadAbsences(ctx, k, ids)
	if err != nil {
		return oldest, err
	}
	since, after := make([]time.Time, len(ids)), make([]time.Time, len(ids))
	for i, id := range ids {
		since[i] = k.windows[id].since
		after[i] = k.windows[id].after.Add(time.Microsecond)
	}
	for _, load := range []func() error{
		func() error { return u.loadPrices(ctx, k, ids, since) },
		func() error { return u.loadVersions(ctx, k, ids, since) },
		func() error { return u.loadEvents(ctx, k, ids, after) },
	} {
		if err := load(); err != nil {
			return oldest, err
		}
	}
	return oldest, nil
}

func (u *update) loadAbsences(ctx context.Context, k *known, ids []int64) (time.Time, error) {
	var before time.Time
	base := window{}
	if u.place.before != nil {
		before = u.place.before.TakenAt
		base = window{since: before.Add(time.Microsecond), after: before}
	}
	for _, id := range ids {
		k.windows[id] = base
	}
	rows, err := u.q.AbsenceLoad(ctx, u.tx, sqlcgen.AbsenceLoadParams{ListID: u.run.List.id, EntryIds: ids, Since: &before})
	if err != nil {
		return before, fmt.Errorf("load absences: %w", err)
	}
	oldest := u.run.TakenAt
	for _, row := range rows {
		absence := timeline.Absence{From: row.AbsentFrom.UTC(), To: postgres.Time(row.AbsentTo), ConfirmedAt: postgres.Time(row.ConfirmedAt)}
		history := k.histories[row.EntryID]
		history.Absences = append(history.Absences, absence)
		k.histories[row.EntryID] = history
		if u.place.before != nil && !absence.From.After(before) {
			k.windows[row.EntryID] = window{since: absence.From, after: absence.From}
		}
		if absence.From.Before(oldest) {
			oldest = absence.From
		}
	}
	return oldest, nil
}

func (u *update) loadVersions(ctx context.Context, k *known, ids []int64, since []time.Time) error {
	rows, err := u.shelf.load(ctx, u.tx, u.run.List.id, ids, since)
	if err != nil {
		return fmt.Errorf("load versions: %w", err)
	}
	for _, row := range rows {
		k.addVersion(row)
	}
	return nil
}

func (k *known) addVersion(row version) {
	history := k.histories[row.entry]
	history.Versions = append(history.Versions, timeline.Version[catalog.Digest]{From: row.from, To: row.to, Content: row.columns.digest})
	k.histories[row.entry], k.versions[row.entry] = history, append(k.versions[row.entry], row)
	shown, err := contentOfRow(row)
	if err != nil {
		k.unreadable[row.entry] = fmt.Errorf("entry %d: %w", row.entry, err)
		return
	}
	shown.prices = k.amountsAt(row.entry, row.from)
	if k.contents[row.entry] == nil {
		k.contents[row.entry] = make(map[catalog.Digest]content)
	}
	k.contents[row.entry][row.columns.digest] = shown
	if row.page != nil {
		k.pages[pageKey{row.entry, row.from.UnixMicro()}] = *row.page
	}
}

// amountsAt are an entry's prices at a moment, from the rows loaded.
func (k *known) amountsAt(entry int64, at time.Time) map[int64]catalog.Digest {
	amounts := make(map[int64]catalog.Digest)
	for _, id := range k.pricesByEntry[entry] {
		for _, row := range k.prices[id] {
			if !row.From.After(at) && (row.To.IsZero() || row.To.After(at)) {
				amounts[id] = row.Content
			}
		}
	}
	return amounts
}

func (u *update) loadPrices(ctx context.Context, k *known, ids []int64, since []time.Time) error {
	identities, err := u.shelf.prices(ctx, u.tx, u.run.List.id, ids)
	if err != nil {
		return fmt.Errorf("load prices: %w", err)
	}
	for _, one := range identities {
		k.priceIDs[priceKey{one.entry, identityOfRow(one.row)}], k.skus[one.row.ID] = one.row.ID, one.row
	}
	rows, err := u.shelf.amounts(ctx, u.tx, u.run.List.id, ids, since)
	if err != nil {
		return fmt.Errorf("load price history: %w", err)
	}
	for _, one := range rows {
		k.addPrice(one.entry, one.row)
	}
	return nil
}

func (k *known) addPrice(entry int64, row sqlcgen.PriceHistory) {
	amount, digest := amountOfRow(row)
	if _, seen := k.prices[row.PriceID]; !seen {
		k.pricesByEntry[entry] = append(k.pricesByEntry[entry], row.PriceID)
	}
	k.prices[row.PriceID] = append(k.prices[row.PriceID], timeline.Version[catalog.Digest]{
		From: row.ValidFrom.UTC(), To: postgres.Time(row.ValidTo), Content: digest,
	})
	k.amounts[amountKey{row.PriceID, digest}] = amount
}

func (u *update) loadEvents(ctx context.Context, k *known, ids []int64, after []time.Time) error {
	if u.run.List.Kind != catalog.Products {
		return nil
	}
	rows, err := u.q.StatusChangeLoad(ctx, u.tx, sqlcgen.StatusChangeLoadParams{ListID: u.run.List.id, ProductIds: ids, Since: after})
	if err != nil {
		return fmt.Errorf("load status changes: %w", err)
	}
	for _, row := range rows {
		k.events[row.ProductID] = append(k.events[row.ProductID], row)
	}
	return nil
}

// loadMoments reads the committed moments since the oldest absence and puts
// the snapshot's own among them.
func (u *update) loadMoments(ctx context.Context, k *known, oldest time.Time) error {
	rows, err := u.q.SnapshotMoments(ctx, u.tx, sqlcgen.SnapshotMomentsParams{ListID: u.run.List.id, Since: oldest})
	if err != nil {
		return fmt.Errorf("load moments: %w", err)
	}
	for _, row := range rows {
		k.moments = append(k.moments, row.UTC())
	}
	i, _ := slices.BinarySearchFunc(k.moments, u.run.TakenAt, time.Time.Compare)
	k.moments = slices.Insert(k.moments, i, u.run.TakenAt)
	return nil
}
