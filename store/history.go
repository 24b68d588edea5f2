package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/store/postgres"
	"syncer/timeline"
)

// keysAtOnce bounds how many entries are in memory, and in one COPY.
const keysAtOnce = 10_000

// absencesTouched lists keys that the snapshot lacks and whose absence it
// prolongs before it was confirmed.
func (u *update) absencesTouched() []string {
	var keys []string
	for _, key := range u.place.absent {
		if _, present := u.snapshot.DigestOf(key); !present {
			keys = append(keys, key)
		}
	}
	return keys
}

// history brings the histories of all touched keys up to the larger set of
// snapshots, in chunks.
func (u *update) history(ctx context.Context, delta Delta, touched []string) error {
	present := make(map[string]bool, len(delta.Added)+len(delta.Changed))
	for _, key := range slices.Concat(delta.Added, delta.Changed) {
		present[key] = true
	}
	for chunk, err := range u.chunks(ctx, present) {
		if err != nil {
			return err
		}
		if err := u.chunk(ctx, chunk); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return u.lacking(ctx, slices.Concat(delta.Removed, touched))
}

func (u *update) lacking(ctx context.Context, keys []string) error {
	slices.Sort(keys)
	for some := range slices.Chunk(slices.Compact(keys), keysAtOnce) {
		chunk := make([]subject, len(some))
		for i, key := range some {
			chunk[i] = subject{key: key}
		}
		if err := u.chunk(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (u *update) chunk(ctx context.Context, subjects []subject) error {
	if len(subjects) == 0 {
		return nil
	}
	if err := u.identify(ctx, subjects); err != nil {
		return err
	}
	known, err := u.load(ctx, subjects)
	if err != nil {
		return err
	}
	out := changes{shelf: u.shelf, newest: u.newest(), list: u.run.List.id, run: u.run.id}
	for i := range subjects {
		u.retell(known, &subjects[i], &out)
	}
	u.collect(&out)
	return out.write(ctx, u.q, u.tx)
}

// newest is the snapshot's moment if no committed one comes after it.
func (u *update) newest() time.Time {
	if u.place.after != nil {
		return time.Time{}
	}
	return u.run.TakenAt
}

// retell derives the history of one key with the snapshot in it and notes what
// has to be written.
func (u *update) retell(known *known, one *subject, out *changes) {
	contents := known.contents[one.id]
	if contents == nil {
		contents = make(map[catalog.Digest]content)
	}
	var now *catalog.Digest
	if one.shown != nil {
		one.shown.prices = known.pricesOf(one)
		digest := one.shown.columns.digest
		contents[digest], now = *one.shown, &digest
		known.pages[pageKey{one.id, u.run.TakenAt.UnixMicro()}] = postgres.Count(u.snapshot.PageOf(one.key))
	}
	wanted := timeline.Insert(known.histories[one.id], known.moments, u.run.TakenAt, now, u.run.List.Rule)
	u.settle(known, one.id, wanted, contents, out)
	if !one.fresh {
		out.check(one.id)
	}
}

// settle notes what brings the stored history of an entry to the wanted one.
func (u *update) settle(known *known, id int64, wanted timeline.History[catalog.Digest], contents map[catalog.Digest]content, out *changes) {
	stored := known.histories[id]
	out.versions(id, timeline.Reconcile(stored.Versions, wanted.Versions, out.newest), contents, known.pages)
	out.absences(id, timeline.ReconcileAbsences(stored.Absences, wanted.Absences, out.newest))
	if u.run.List.Kind == catalog.Products {
		out.events(id, known.events[id], timeline.Events(wanted, known.windows[id].after, func(d catalog.Digest) timeline.Status {
			return contents[d].status
		}))
	}
	known.retellPrices(id, wanted.Versions, contents, out)
}

// retellPrices projects the versions of an entry on its prices: a price's
// history is where touching versions show the same amount.
func (k *known) retellPrices(entry int64, versions []timeline.Version[catalog.Digest], contents map[catalog.Digest]content, out *changes) {
	wanted := make(map[int64][]timeline.Version[catalog.Digest])
	for i, version := range versions {
		for price, amount := range contents[version.Content].prices {
			row := timeline.Version[catalog.Digest]{From: version.From, To: version.To, Content: amount}
			if i == 0 {
				row.From = k.anchor(price, row)
			}
			wanted[price] = extend(wanted[price], row)
		}
	}
	ids := slices.Sorted(maps.Keys(wanted))
	for _, id := range k.pricesByEntry[entry] {
		if _, also := wanted[id]; !also {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		out.prices(id, timeline.Reconcile(k.prices[id], wanted[id], out.newest), k.amounts)
	}
}

// anchor returns where the stored row of a price begins that shows the same
// amount at the window's left edge: it may reach back further than the entry's
// version.
func (k *known) anchor(price int64, row timeline.Version[catalog.Digest]) time.Time {
	for _, stored := range k.prices[price] {
		covers := !stored.From.After(row.From) && (stored.To.IsZero() || stored.To.After(row.From))
		if covers && stored.Content == row.Content {
			return stored.From
		}
	}
	return row.From
}

func extend(rows []timeline.Version[catalog.Digest], row timeline.Version[catalog.Digest]) []timeline.Version[catalog.Digest] {
	if n := len(rows); n > 0 && rows[n-1].Content == row.Content && rows[n-1].To.Equal(row.From) {
		rows[n-1].To = row.To
		return rows
	}
	return append(rows, row)
}
