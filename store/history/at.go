package history

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"syncer/catalog"
	"syncer/sqlcgen"
)

// EntriesAt yields the entries of some keys, in no order, as the committed
// snapshot of a moment held them, without usage: with the prices that it showed,
// believed or not, for now and for later, and with what last spoke of parts that it
// set aside. An entry
// whose row cannot be read is an error that names it.
func (t Tables) EntriesAt(ctx context.Context, moment time.Time, keys []string) iter.Seq2[catalog.Entry, error] {
	return func(yield func(catalog.Entry, error) bool) {
		if len(keys) == 0 {
			return
		}
		doubts, err := t.doubtsAt(ctx, moment)
		if err != nil {
			yield(catalog.Entry{}, err)
			return
		}
		announced, err := t.announcedAt(ctx, moment)
		if err != nil {
			yield(catalog.Entry{}, err)
			return
		}
		for some := range slices.Chunk(keys, KeysAtOnce) {
			versions, err := t.entries.versionsAt(ctx, moment, some)
			if err != nil {
				yield(catalog.Entry{}, fmt.Errorf("read entries: %w", err))
				return
			}
			ids := make([]int64, 0, len(versions))
			for i := range versions {
				ids = append(ids, versions[i].ID)
			}
			prices, err := t.pricesAt(ctx, moment, ids)
			if err != nil {
				yield(catalog.Entry{}, err)
				return
			}
			for i := range versions {
				version := &versions[i]
				entry, err := version.whole(version.Entry.Key, prices[version.ID])
				entry.Prices, entry.Announced = asShown(prices[version.ID], doubts[version.ID]), announced[version.ID]
				if !yield(entry, err) {
					return
				}
			}
		}
	}
}

// doubted is a price that is believed, and what was shown in its place; nil: none.
type doubted struct {
	price catalog.PriceIdentity
	shown *catalog.Price
}

// doubtsAt are the prices that the snapshot of a moment showed and that cannot be
// believed yet, by entry.
func (t Tables) doubtsAt(ctx context.Context, moment time.Time) (map[int64][]doubted, error) {
	rows, err := t.q.DoubtsAt(ctx, t.db, sqlcgen.DoubtsAtParams{ListID: t.list, At: moment})
	if err != nil {
		return nil, fmt.Errorf("read doubts: %w", err)
	}
	doubts := make(map[int64][]doubted)
	for _, row := range rows {
		identity, err := identityIn(row.Price)
		if err != nil {
			return nil, err
		}
		var all []shownJSON
		if err := json.Unmarshal(row.Shown, &all); err != nil {
			return nil, fmt.Errorf("doubt of price %d: shown: %w", row.Price.ID, err)
		}
		var last shownJSON
		for _, shown := range all { // in time order
			if !shown.From.After(moment) {
				last = shown
			}
		}
		price, err := priceFrom(last.Price)
		if err != nil {
			return nil, fmt.Errorf("doubt of price %d: shown: %w", row.Price.ID, err)
		}
		doubts[row.EntryID] = append(doubts[row.EntryID], doubted{identity.Identity(), price})
	}
	return doubts, nil
}

// ShownDigests are those that the committed snapshot of a moment had of entries that it
// held, where Digests has what history believes of them.
func (t Tables) ShownDigests(ctx context.Context, moment time.Time, rows []KeyDigest) ([]KeyDigest, error) {
	doubts, err := t.doubtsAt(ctx, moment)
	if err != nil || len(doubts) == 0 {
		return rows, err
	}
	keys := make([]string, len(rows))
	for i := range rows {
		keys[i] = rows[i].Key
	}
	ids, err := t.Find(ctx, keys)
	if err != nil {
		return nil, err
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return doubts[ids[key]] == nil })
	shown := make(map[string]catalog.Digest, len(keys))
	for entry, err := range t.EntriesAt(ctx, moment, keys) {
		if err != nil {
			return nil, err
		}
		shown[entry.Key] = entry.Digest()
	}
	rows = slices.Clone(rows)
	for i := range rows {
		if digest, doubted := shown[rows[i].Key]; doubted {
			rows[i].Digest = digest[:]
		}
	}
	return rows, nil
}

// SetsAside reports whether the snapshot of a moment sets anything aside, or is noted
// to hide what it lacks.
func (t Tables) SetsAside(ctx context.Context, moment time.Time) (bool, error) {
	n, err := t.q.SetAsideCounted(ctx, t.db, sqlcgen.SetAsideCountedParams{ListID: t.list, TakenAt: moment})
	if err != nil {
		return false, fmt.Errorf("count what is set aside: %w", err)
	}
	return n > 0, nil
}

// announcedAt are the prices that the snapshot of a moment showed for later, by
// entry.
func (t Tables) announcedAt(ctx context.Context, moment time.Time) (map[int64][]catalog.Price, error) {
	rows, err := t.q.AnnouncedAt(ctx, t.db, sqlcgen.AnnouncedAtParams{ListID: t.list, At: moment})
	if err != nil {
		return nil, fmt.Errorf("read announced prices: %w", err)
	}
	announced := make(map[int64][]catalog.Price)
	for _, row := range rows {
		var texts map[string]*string
		if err := json.Unmarshal(row.Announced, &texts); err != nil {
			return nil, fmt.Errorf("announced price: %w", err)
		}
		price, err := priceFrom(texts)
		if err != nil {
			return nil, fmt.Errorf("announced price: %w", err)
		}
		if price != nil {
			announced[row.EntryID] = append(announced[row.EntryID], *price)
		}
	}
	return announced, nil
}

// asShown puts what was shown in the place of what is believed.
func asShown(prices []catalog.Price, doubts []doubted) []catalog.Price {
	for _, doubt := range doubts {
		prices = slices.DeleteFunc(slices.Clone(prices), func(price catalog.Price) bool {
			id := price.Identity()
			return id == doubt.price || doubt.shown != nil && id == doubt.shown.Identity()
		})
		if doubt.shown != nil {
			prices = append(prices, *doubt.shown)
		}
	}
	return prices
}

// pricesAt are whole prices of entries as history has them, by entry.
func (t Tables) pricesAt(ctx context.Context, moment time.Time, ids []int64) (map[int64][]catalog.Price, error) {
	rows, err := t.q.PricesAt(ctx, t.db, sqlcgen.PricesAtParams{ListID: t.list, At: moment, EntryIds: ids})
	if err != nil {
		return nil, fmt.Errorf("read prices: %w", err)
	}
	prices := make(map[int64][]catalog.Price, len(ids))
	for _, row := range rows {
		identity, err := identityIn(row.Price)
		if err != nil {
			return nil, err
		}
		price, err := priceIn(row.PriceHistory)
		if err != nil {
			return nil, err
		}
		prices[row.EntryID] = append(prices[row.EntryID], Whole(identity, price.Amount))
	}
	return prices, nil
}

// versionsAt are the versions of the keys at a moment, with their keys.
func (t productTables) versionsAt(ctx context.Context, at time.Time, keys []string) ([]Version, error) {
	rows, err := t.q.ProductsAt(ctx, t.db, sqlcgen.ProductsAtParams{ListID: t.list, At: at, Keys: keys})
	all := make([]Version, len(rows))
	for i, row := range rows {
		all[i] = productVersion(row.ProductVersion)
		all[i].Entry.Key = row.Key
	}
	return all, err
}

func (t contractTables) versionsAt(ctx context.Context, at time.Time, keys []string) ([]Version, error) {
	rows, err := t.q.ContractsAt(ctx, t.db, sqlcgen.ContractsAtParams{ListID: t.list, At: at, Keys: keys})
	all := make([]Version, len(rows))
	for i, row := range rows {
		all[i] = contractVersion(row.ContractVersion)
		all[i].Entry.Key = row.Key
	}
	return all, err
}

// FieldsAt is how many entries of the committed snapshot of a moment stated a
// field, by the field's name.
func (t Tables) FieldsAt(ctx context.Context, moment time.Time) (map[string]int, error) {
	counts, err := t.entries.fieldsAt(ctx, moment)
	if err != nil {
		return nil, fmt.Errorf("count fields: %w", err)
	}
	return counts, nil
}

func (t productTables) fieldsAt(ctx context.Context, at time.Time) (map[string]int, error) {
	row, err := t.q.ProductCountsAt(ctx, t.db, sqlcgen.ProductCountsAtParams{ListID: t.list, At: at})
	return map[string]int{
		"name": int(row.Name), "status": int(row.Status), "lifecycle": int(row.Lifecycle), "attributes": int(row.Attributes),
		"zone_statuses": int(row.ZoneStatuses), "vcpu": int(row.Vcpu), "memory_mib": int(row.MemoryMib), "disk_gib": int(row.DiskGib),
		"gpu_count": int(row.GpuCount),
	}, err
}

func (t contractTables) fieldsAt(ctx context.Context, at time.Time) (map[string]int, error) {
	row, err := t.q.ContractCountsAt(ctx, t.db, sqlcgen.ContractCountsAtParams{ListID: t.list, At: at})
	return map[string]int{"name": int(row.Name), "status": int(row.Status), "attributes": int(row.Attributes)}, err
}

// PriceCounts are numbers of prices but for those of kind fee.
type PriceCounts struct {
	Priced  int // entries that have one
	Prices  int
	Charged int // prices above 0
	Taxed   int // prices that state their tax, or the amount with it
}

// add counts the prices of one more entry, or of one less.
func (c *PriceCounts) add(prices []catalog.Price, by int) {
	before := c.Prices
	for i := range prices {
		price := &prices[i]
		if price.Kind == catalog.PriceFee {
			continue
		}
		c.Prices += by
		if price.ListUnitPrice.IsPositive() {
			c.Charged += by
		}
		if price.TaxAmount != nil || price.PriceWithTax != nil {
			c.Taxed += by
		}
	}
	if c.Prices != before {
		c.Priced += by
	}
}

// PricesAt counts the prices that the committed snapshot of a moment showed,
// believed or not.
func (t Tables) PricesAt(ctx context.Context, moment time.Time) (PriceCounts, error) {
	row, err := t.q.PriceCountsAt(ctx, t.db, sqlcgen.PriceCountsAtParams{ListID: t.list, At: moment})
	if err != nil {
		return PriceCounts{}, fmt.Errorf("count prices: %w", err)
	}
	counts := PriceCounts{int(row.Priced), int(row.Prices), int(row.Charged), int(row.Taxed)}
	doubts, err := t.doubtsAt(ctx, moment)
	if err != nil || len(doubts) == 0 {
		return counts, err
	}
	believed, err := t.pricesAt(ctx, moment, slices.Collect(maps.Keys(doubts)))
	if err != nil {
		return counts, err
	}
	for id, doubted := range doubts {
		counts.add(believed[id], -1)
		counts.add(asShown(believed[id], doubted), 1)
	}
	return counts, nil
}

// Moved is by how many something became more, or fewer, at a moment.
type Moved struct {
	At                      time.Time
	Prices, Charged, Fields int
}

// PricesMoved returns when the prices of a list, and those above 0, became more or
// fewer after one moment and up to another, in time order.
func (t Tables) PricesMoved(ctx context.Context, since, until time.Time) ([]Moved, error) {
	rows, err := t.q.PricesMoved(ctx, t.db, sqlcgen.PricesMovedParams{ListID: t.list, Since: since, Until: until})
	if err != nil {
		return nil, fmt.Errorf("count prices: %w", err)
	}
	all := make([]Moved, len(rows))
	for i, row := range rows {
		all[i] = Moved{At: row.Moment.UTC(), Prices: int(row.Prices), Charged: int(row.Charged)}
	}
	return all, nil
}

// FieldsMoved returns when the fields that entries state became more or fewer,
// in entries that stayed.
func (t Tables) FieldsMoved(ctx context.Context, since, until time.Time) ([]Moved, error) {
	all, err := t.entries.fieldsMoved(ctx, since, until)
	if err != nil {
		return nil, fmt.Errorf("count fields: %w", err)
	}
	return all, nil
}

func (t productTables) fieldsMoved(ctx context.Context, since, until time.Time) ([]Moved, error) {
	rows, err := t.q.ProductFieldsMoved(ctx, t.db, sqlcgen.ProductFieldsMovedParams{ListID: t.list, Since: since, Until: until})
	all := make([]Moved, len(rows))
	for i, row := range rows {
		all[i] = Moved{At: row.Moment.UTC(), Fields: int(row.Fields)}
	}
	return all, err
}

func (t contractTables) fieldsMoved(ctx context.Context, since, until time.Time) ([]Moved, error) {
	rows, err := t.q.ContractFieldsMoved(ctx, t.db, sqlcgen.ContractFieldsMovedParams{ListID: t.list, Since: since, Until: until})
	all := make([]Moved, len(rows))
	for i, row := range rows {
		all[i] = Moved{At: row.Moment.UTC(), Fields: int(row.Fields)}
	}
	return all, err
}

// Committed is a committed snapshot.
type Committed struct {
	TakenAt  time.Time // UTC
	Entries  int
	Accepted bool // by a person
}

// Committed returns the committed snapshots after one moment and up to another, in
// time order.
func (t Tables) Committed(ctx context.Context, since, until time.Time) ([]Committed, error) {
	rows, err := t.q.SnapshotsCommitted(ctx, t.db, sqlcgen.SnapshotsCommittedParams{ListID: t.list, Since: since, Until: until})
	if err != nil {
		return nil, fmt.Errorf("read snapshots: %w", err)
	}
	all := make([]Committed, len(rows))
	for i, row := range rows {
		all[i] = Committed{row.TakenAt.UTC(), int(row.Entries), row.Accepted}
	}
	return all, nil
}
