package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"syncer/sqlcgen"
	"syncer/store/postgres"
)

// productShelf holds the entries of product lists.
type productShelf struct{ q *sqlcgen.Queries }

func (s productShelf) find(ctx context.Context, db sqlcgen.DBTX, list int64, keys []string) (map[string]int64, error) {
	rows, err := s.q.ProductFind(ctx, db, sqlcgen.ProductFindParams{ListID: list, Keys: keys})
	ids := make(map[string]int64, len(rows))
	for _, row := range rows {
		ids[row.Key] = row.ID
	}
	return ids, err
}

func (s productShelf) all(ctx context.Context, db sqlcgen.DBTX, list int64) ([]named, error) {
	rows, err := s.q.ProductKeys(ctx, db, list)
	entries := make([]named, len(rows))
	for i, row := range rows {
		entries[i] = named{row.ID, row.Key}
	}
	return entries, err
}

func (s productShelf) create(ctx context.Context, db sqlcgen.DBTX, list int64, keys []string) ([]int64, error) {
	ids, err := s.q.ProductIDs(ctx, db, postgres.Count(len(keys)))
	if err != nil {
		return nil, err
	}
	rows := make([]sqlcgen.ProductCopyParams, len(keys))
	for i, key := range keys {
		rows[i] = sqlcgen.ProductCopyParams{ListID: list, ID: ids[i], Key: key}
	}
	_, err = s.q.ProductCopy(ctx, db, rows)
	return ids, err
}

func (s productShelf) digests(ctx context.Context, db sqlcgen.DBTX, list int64, found place) ([]keyed, error) {
	if found.after == nil {
		return s.current(ctx, db, list)
	}
	rows, err := s.q.ProductDigestsAt(ctx, db, sqlcgen.ProductDigestsAtParams{ListID: list, At: found.before.TakenAt})
	all := make([]keyed, len(rows))
	for i, row := range rows {
		all[i] = keyed{row.Key, row.Digest}
	}
	return all, err
}

func (s productShelf) current(ctx context.Context, db sqlcgen.DBTX, list int64) ([]keyed, error) {
	rows, err := s.q.ProductDigestsCurrent(ctx, db, list)
	all := make([]keyed, len(rows))
	for i, row := range rows {
		all[i] = keyed{row.Key, row.Digest}
	}
	slices.SortFunc(all, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	return all, err
}

func (s productShelf) load(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, since []time.Time) ([]version, error) {
	rows, err := s.q.ProductVersionsLoad(ctx, db, sqlcgen.ProductVersionsLoadParams{ListID: list, ProductIds: ids, Since: since})
	all := make([]version, len(rows))
	for i, row := range rows {
		all[i] = productVersion(row)
	}
	return all, err
}

func (s productShelf) ever(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) ([]entered[version], error) {
	rows, err := s.q.ProductVersionsEver(ctx, db, sqlcgen.ProductVersionsEverParams{ListID: list, ProductIds: ids})
	all := make([]entered[version], len(rows))
	for i, row := range rows {
		all[i] = entered[version]{productVersion(row), row.RecordedBy, postgres.ID(row.SupersededBy)}
	}
	return all, err
}

func productVersion(row sqlcgen.ProductVersion) version {
	return version{
		entry: row.ProductID, page: row.PageNumber, from: row.ValidFrom.UTC(), to: postgres.Time(row.ValidTo),
		columns: columns{
			name: row.Name, status: row.Status, lifecycle: row.Lifecycle, region: row.RegionID,
			attributes: row.Attributes, zones: row.ZoneStatuses,
			vcpu: row.Vcpu, memory: row.MemoryMib, disk: row.DiskGib, gpu: row.GpuCount, digest: [16]byte(row.Digest),
		},
	}
}

func (s productShelf) close(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, at time.Time) error {
	return s.q.ProductVersionClose(ctx, db, sqlcgen.ProductVersionCloseParams{ListID: list, ProductIds: ids, ValidTo: &at})
}

func (s productShelf) supersede(ctx context.Context, db sqlcgen.DBTX, list, run int64, ids []int64, froms []time.Time) error {
	return s.q.ProductVersionSupersede(ctx, db, sqlcgen.ProductVersionSupersedeParams{ListID: list, RunID: &run, ProductIds: ids, ValidFroms: froms})
}

func (s productShelf) insert(ctx context.Context, db sqlcgen.DBTX, list, run int64, rows []version) error {
	all := make([]sqlcgen.ProductVersionCopyParams, len(rows))
	for i := range rows {
		row := &rows[i]
		all[i] = sqlcgen.ProductVersionCopyParams{
			ListID: list, ProductID: row.entry, Name: row.columns.name, Status: row.columns.status,
			Lifecycle: row.columns.lifecycle, RegionID: row.columns.region, Attributes: row.columns.attributes,
			ZoneStatuses: row.columns.zones, Vcpu: row.columns.vcpu, MemoryMib: row.columns.memory,
			DiskGib: row.columns.disk, GpuCount: row.columns.gpu, Digest: row.columns.digest[:], PageNumber: row.page,
			ValidFrom: row.from, ValidTo: postgres.NullTime(row.to), RecordedBy: run,
		}
	}
	_, err := s.q.ProductVersionCopy(ctx, db, all)
	return err
}

func (s productShelf) overlaps(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) (bool, error) {
	return s.q.ProductVersionOverlaps(ctx, db, sqlcgen.ProductVersionOverlapsParams{ListID: list, ProductIds: ids})
}

func (s productShelf) prices(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64) ([]owned[sqlcgen.Price], error) {
	rows, err := s.q.PriceFind(ctx, db, sqlcgen.PriceFindParams{ListID: list, ProductIds: ids})
	all := make([]owned[sqlcgen.Price], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.Price]{*row.ProductID, row}
	}
	return all, err
}

func (s productShelf) amounts(ctx context.Context, db sqlcgen.DBTX, list int64, ids []int64, since []time.Time) ([]owned[sqlcgen.PriceHistory], error) {
	rows, err := s.q.PriceHistoryLoad(ctx, db, sqlcgen.PriceHistoryLoadParams{ListID: list, ProductIds: ids, Since: since})
	all := make([]owned[sqlcgen.PriceHistory], len(rows))
	for i, row := range rows {
		all[i] = owned[sqlcgen.PriceHistory]{row.ProductID, row.PriceHistory}
	}
	return all, err
}

func (s productShelf) pricesAt(ctx context.Context, db sqlcgen.DBTX, list int64, at time.Time, keys []string) ([]pricedKey, error) {
	rows, err := s.q.PricesAt(ctx, db, sqlcgen.PricesAtParams{ListID: list, At: at, Keys: keys})
	all := make([]pricedKey, len(rows))
	for i, row := range rows {
		all[i] = pricedKey{row.Key, row.Price, row.ListUnitPrice}
	}
	return all, err
}

func (productShelf) ownPrice(row *sqlcgen.PriceCopyParams, id int64) { row.ProductID = &id }

func (productShelf) ownAbsence(row *sqlcgen.AbsenceCopyParams, id int64) { row.ProductID = &id }
